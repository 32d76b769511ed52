"""Kills commands at one instant of their life after another, and sees what they leave behind.

    python tests/bench/crash_loop.py                 # every instant, until --minutes are over
    python tests/bench/crash_loop.py --quick         # a sample of each kind, half a minute
    python tests/bench/crash_loop.py --only sync:file --step 5

SIGKILL strikes at the k-th answer of the server, the k-th statement of DuckDB, the k-th dealing
with a file (DuckDB's own writes too, torn in two at each odd k), for k = 1, 2, … until the command
ends by itself, and at random moments. Or the disk refuses the k-th dealing and all that follow: it
is full, read-only, broken. In between, the account on loopback changes.
"""

from __future__ import annotations

import argparse
import errno
import filecmp
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from crash_account import Account
from crash_nursery import Nursery
from table import show

from gigstack_sync.errors import ExitCode

KILLED = -9
RANDOM_TRIES = 60
MOST_PROBLEMS = 50
REFUSALS = ("ENOSPC", "EDQUOT", "EROFS", "EIO", "ENOMEM", "EMFILE")


@dataclass
class Loop:
    """One command at one kind of instant: tries, and what was wrong after them."""

    case: str
    instant: str
    kills: int = 0
    last: int = 0
    is_finished: bool = False
    problems: list[str] = field(default_factory=list)
    rebuilt: int = 0
    """Mirrors that a write torn in two had damaged: set aside, told, made from the copy."""
    seconds: float = 0.0

    def row(self) -> dict[str, object]:
        """A line of the table."""
        return {
            "case": "kill -9",
            "subject": f"{self.case} at each {self.instant}",
            "kills": self.kills,
            "last k": self.last,
            "to a clean end": "yes" if self.is_finished else "no",
            "rebuilt": self.rebuilt,
            "problems": len(self.problems),
            "seconds": round(self.seconds, 1),
        }


@dataclass
class Bench:
    """An account, a nursery, and the clock that bounds them."""

    account: Account
    nursery: Nursery
    ends: float
    step: int
    is_quick: bool
    chance: random.Random
    rebuilt: int = 0
    longest: int = 1
    """Milliseconds that the command takes which nobody kills."""

    def instants(self, instant: str) -> Iterator[int]:
        """The ks to try, in order."""
        if instant == "moment":
            for _ in range(3 if self.is_quick else RANDOM_TRIES):
                yield self.chance.randint(1, self.longest)
            return
        k = 1
        while True:
            yield k
            k = k * 3 + 1 if self.is_quick else k + self.step

    def run(self, loop: Loop, attempt: Callable[[str, int], list[str] | None]) -> None:
        """Attempt at each instant until the command survives or time is up."""
        began, self.rebuilt = time.monotonic(), 0
        if loop.instant == "moment":
            attempt("never", 0)
        for k in self.instants(loop.instant):
            if time.monotonic() > self.ends:
                break
            found = attempt(loop.instant, k)
            loop.last = k
            if found is not None and len(loop.problems) > MOST_PROBLEMS:
                break
            if found is None:
                loop.is_finished = True
                if loop.instant != "moment":
                    break
                continue
            loop.kills += 1
            loop.problems += [f"{loop.case}:{loop.instant} k={k}: {text}" for text in found]
        else:
            loop.is_finished = True
        loop.rebuilt = self.rebuilt
        loop.seconds = time.monotonic() - began

    def struck(self, instant: str, k: int, *argv: str) -> int:
        """Run a command that dies at this instant; its exit code."""
        began = time.monotonic()
        if instant in REFUSALS:
            return self.nursery.run(*argv, at="file", k=k, error=getattr(errno, instant))
        code = self.nursery.run(*argv, at="time" if instant == "moment" else instant, k=k)
        if instant == "never":
            self.longest = max(1, int(1_000 * (time.monotonic() - began)))
        return code

    def sync(self, instant: str, k: int) -> list[str] | None:
        """A run over a mirror that is there already."""
        self.account.edit(self.chance)
        before = self.account.state_of(self.account.places.published)
        return self._killed_sync(instant, k, before)

    def first_sync(self, instant: str, k: int) -> list[str] | None:
        """A run into an empty folder."""
        shutil.rmtree(self.account.places.published.parent)
        self.account.edit(self.chance)
        return self._killed_sync(instant, k, None)

    def _killed_sync(self, instant: str, k: int, before: object) -> list[str] | None:
        code = self.struck(instant, k, "sync")
        if code == 0:
            return None
        wanted = ExitCode.STORAGE if instant in REFUSALS else KILLED
        if code != wanted:
            return [f"ended with {code}: {self.nursery.said()}", *self._recovered()]
        may_rebuild = instant == "file" and k % 2 == 1
        return [*self._torn(before), *self._recovered(may_rebuild=may_rebuild)]

    def _torn(self, before: object) -> list[str]:
        """The published file is as it was, or all that the mirror has."""
        account = self.account
        if not account.places.published.exists():
            return [] if before is None else ["the published file is gone"]
        try:
            now = account.state_of(account.places.published)
            if now != before and now != account.state_of(account.places.mirror):
                return ["the published file is a state that never was"]
        except duckdb.Error as error:
            return [f"the published file cannot be read: {error}"]
        return []

    def _recovered(self, *, may_rebuild: bool = False) -> list[str]:
        """The next run ends with 0 and with all that the server has."""
        code = self.nursery.run("sync")
        found = [f"next run ended with {code}: {self.nursery.said()}"] if code else []
        if may_rebuild and "It was set aside as" in self.nursery.said():
            self.rebuilt += 1
            self.account.forget_damaged()
        elif not code and self.nursery.said():
            found.append(f"next run had to say: {self.nursery.said()}")
        found += self.account.differences()[:5] + self.account.leftovers()
        if self.nursery.run("check"):
            found.append(f"check: {self.nursery.said()}")
        return found

    def _strange_end(self, instant: str, code: int) -> list[str]:
        wanted = ExitCode.STORAGE if instant in REFUSALS else KILLED
        return [] if code in (0, wanted) else [f"ended with {code}: {self.nursery.said()}"]

    def publish(self, instant: str, k: int) -> list[str] | None:
        """Publishing alone, from the spare."""
        account = self.account
        published = account.places.published
        account.enlarge(self.chance)
        before = published.read_bytes()
        code = self.struck(instant, k, "publish", str(published))
        after = published.read_bytes()
        found = self._strange_end(instant, code)
        if after not in (before, account.places.mirror.read_bytes()):
            found.append("the published file is neither the old one nor the new one")
        again = self.nursery.run("publish", str(published))
        if again or not filecmp.cmp(published, account.places.mirror, shallow=False):
            found.append(f"the next publish ({again}) is not the mirror: {self.nursery.said()}")
        found += account.leftovers()
        return None if code == 0 and not found else found

    def export(self, instant: str, k: int) -> list[str] | None:
        """An export to a file that is there already."""
        folder = self.account.folder / "exports"
        folder.mkdir(exist_ok=True)
        target = folder / "invoices.csv"
        command = ("export", "invoices", "--columns", "full", "--out", str(target))
        self.nursery.run(*command)
        before = target.read_bytes()
        code = self.struck(instant, k, *command)
        found = self._strange_end(instant, code)
        if target.read_bytes() != before:
            found.append("the file is neither old nor new")
        if self.nursery.run(*command) or target.read_bytes() != before:
            found.append(f"the next export differs: {self.nursery.said()}")
        for left in [path for path in folder.iterdir() if path != target]:
            found.append(f"left behind: {left.name}")
            left.unlink()
        return None if code == 0 and not found else found


CASES = {
    "publish": ("file", "moment", "ENOSPC"),
    "export": ("statement", "file", "moment", "ENOSPC"),
    "sync": ("response", "statement", "file", "moment", *REFUSALS),
    "first_sync": ("response", "statement", "file", "moment", *REFUSALS),
}


def loops(bench: Bench, only: str) -> list[Loop]:
    """Run what was asked for."""
    made = []
    for case, instants in CASES.items():
        for instant in instants:
            if not f"{case}:{instant}".startswith(tuple(only.split(","))):
                continue
            if instant in ("file", *REFUSALS) and not bench.nursery.has_shim:
                print("No C compiler: what DuckDB does with files is not counted.", file=sys.stderr)
                continue
            loop = Loop(case, instant)
            made.append(loop)
            bench.run(loop, getattr(bench, case))
            print(loop.row(), *loop.problems[:10], sep="\n  ", file=sys.stderr, flush=True)
            if loop.problems:
                bench.account.begin_anew(bench.nursery)
    return made


def main() -> int:
    """The table on stdout, problems on stderr; 1 when there were any."""
    parser = argparse.ArgumentParser(description="Kill commands at every instant of their life.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--step", type=int, default=1, help="only each so manieth instant")
    parser.add_argument("--only", default="", metavar="CASE[:INSTANT],…")
    parser.add_argument("--invoices", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crash-")))
        account = stack.enter_context(Account(folder, asked.invoices))
        nursery = stack.enter_context(Nursery(folder, account.environment))
        account.begin_anew(nursery)
        ends = time.monotonic() + 60 * asked.minutes
        chance = random.Random(asked.seed)
        made = loops(Bench(account, nursery, ends, asked.step, asked.quick, chance), asked.only)
    show([loop.row() for loop in made])
    problems = [text for loop in made for text in loop.problems]
    print(*problems[:40], sep="\n", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

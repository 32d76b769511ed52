"""A thousand nights of cron against an account on loopback whose days go by.

    python tests/bench/soak.py                          # 1,000 runs, 30 minutes at the most
    python tests/bench/soak.py --runs 200 --minutes 5

Each run: some hours or a day pass, rows change, come and go; every so often the network fails, a
command is killed, everything is looked at again; a reader keeps the published file open. All runs
share one process, so what a run does not give back shows. Every 50 runs one line: sizes, memory,
descriptors, seconds. Ends with 1 when a figure grows beyond what the data grew by, or when the
mirror is not the server's in the end.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from crash_account import Account
from crash_nursery import Nursery
from measure import PAGE_BYTES, megabytes
from table import show

from gigstack_sync.api.client import Client
from gigstack_sync.api.retry import Policy
from gigstack_sync.api.transport import Transport
from gigstack_sync.errors import GigstackError
from gigstack_sync.sandbox.faults import Faults, plan_of
from gigstack_sync.sync.engine import Options
from gigstack_sync.sync.session import SyncSession

BLOCK = 50
FAULTS = (
    ["status=429,retry_after=0,chance=0.2"],
    ["status=503,chance=0.3"],
    ["reset,chance=0.2"],
    ["truncate,chance=0.2"],
    ["status=500"],
)
PATIENCE = Policy(deadline=5, tries=3, patience=2, backoff_base=0.01, backoff_cap=0.05)
SLACK = 1.3
"""What a figure may have grown by beyond the data before the trend counts as not flat."""


@dataclass
class Soak:
    """The account, its mirror, and what every block of runs came to."""

    account: Account
    nursery: Nursery
    chance: random.Random
    blocks: list[dict[str, object]] = field(default_factory=list)
    codes: dict[int, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    reader: duckdb.DuckDBPyConnection | None = None
    torn: int = 0

    def run(self, number: int) -> None:
        """One night: something happens, something may go wrong, a sync runs."""
        self.happen(number)
        if number % 10 == 3:
            self.account.server.set_faults(plan_of(list(self.chance.choice(FAULTS)), number))
        if number % 25 == 7:
            self.nursery.run("sync", at="time", k=self.chance.randint(50, 900))
        began = time.monotonic()
        code = self.sync(is_full=number % 40 == 11)
        self.seconds.append(time.monotonic() - began)
        self.codes[code] = self.codes.get(code, 0) + 1
        self.account.server.set_faults(Faults())
        self.account.server.reset_log()
        self.read(number)
        if number % BLOCK == 0:
            self.blocks.append(self.figures(number))
            show([self.blocks[-1]])
            sys.stdout.flush()

    def happen(self, number: int) -> None:
        """Edits in most nights; a day goes by every second one."""
        world = self.account.world
        if number % 2:
            world.live_days(1)
        if number % 3:
            self.account.edit(self.chance)
        elif number % 2 == 0:
            with world.lock:
                world.now += 3_600

    def sync(self, *, is_full: bool) -> int:
        """One sync in this process; its exit code."""
        transport = Transport(self.account.server.key, self.account.server.url, policy=PATIENCE)
        try:
            with Client(transport=transport) as client:
                session = SyncSession(self.account.places, client)
                return int(session.sync(Options(is_full=is_full)).exit_code)
        except GigstackError as error:
            print(error.message, file=sys.stderr)
            return int(error.exit_code)

    def read(self, number: int) -> None:
        """A reader that opened three runs ago still sees one whole state."""
        if number % 3 == 0:
            if self.reader is not None:
                self.torn += self.reader.execute(SUMS).fetchone() != self.seen
                self.reader.close()
            self.reader = duckdb.connect(str(self.account.places.published), read_only=True)
            self.seen = self.reader.execute(SUMS).fetchone()

    def figures(self, number: int) -> dict[str, object]:
        """The state of things after so many runs."""
        gc.collect()
        places = self.account.places
        folder = places.published.parent
        rows = self.account.rows()
        recent = sorted(self.seconds[-BLOCK:])
        return {
            "case": "soak",
            "runs": number,
            "rows": rows[0],
            "history": rows[1],
            "data MB": round(rows[2] / 1e6, 2),
            "mirror MB": megabytes(places.mirror),
            "published MB": megabytes(places.published),
            "WAL MB": megabytes(places.mirror.with_name(places.mirror.name + ".wal")),
            "files": sum(1 for path in folder.rglob("*") if path.is_file()),
            "RSS MB": round(resident_mb(), 1),
            "descriptors": len(os.listdir("/proc/self/fd")),
            "median s": round(statistics.median(recent), 3),
            "p90 s": round(recent[int(0.9 * len(recent))], 3),
        }

    def verdict(self) -> list[str]:
        """What is not flat, and what is not true."""
        found = [f"{self.torn} torn reads"] if self.torn else []
        if self.sync(is_full=True):
            found.append("the last run did not end with 0")
        found += self.account.differences()[:5] + self.account.leftovers()
        settled = self.blocks[len(self.blocks) // 4 :]
        if len(settled) < 3:
            return found
        first, last = settled[0], settled[-1]
        data = float(last["data MB"]) / float(first["data MB"])  # type: ignore[arg-type]
        for name, may_grow in GROWS.items():
            was, now = float(first[name]), float(last[name])  # type: ignore[arg-type]
            if now > was * SLACK * (data if may_grow else 1) + SPARE[name]:
                found.append(f"{name} grew from {was} to {now}, the data {data:.2f} times")
        return found


GROWS = {
    "mirror MB": True,
    "WAL MB": False,
    "files": False,
    "RSS MB": False,
    "descriptors": False,
    "median s": True,
}
SPARE = {"mirror MB": 2, "WAL MB": 1, "files": 3, "RSS MB": 40, "descriptors": 4, "median s": 0.5}
SUMS = "select count(*), sum(total), bit_xor(hash(id, payload)) from mirror.invoices_income"


def resident_mb() -> float:
    """Resident memory of this process, server and all."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / 1e6


def main() -> int:
    """Lines as they come, then the verdict; 1 when something grew or is not true."""
    parser = argparse.ArgumentParser(description="Many runs of sync; what grows?")
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--invoices", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    ends = time.monotonic() + 60 * asked.minutes
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        account = stack.enter_context(Account(folder, asked.invoices))
        nursery = stack.enter_context(Nursery(folder, account.environment))
        soak = Soak(account, nursery, random.Random(asked.seed))
        number = 0
        while number < asked.runs and time.monotonic() < ends:
            number += 1
            soak.run(number)
        if soak.reader is not None:
            soak.reader.close()
        found = soak.verdict()
        show(soak.blocks)
        print(f"{number} runs; exit codes {soak.codes}; torn reads {soak.torn}")
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""One seed from its founding to the day when mirror and server must be one."""

from __future__ import annotations

import json
import shutil
import tempfile
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import duckdb

from gigstack_sync.api.client import Client
from gigstack_sync.api.retry import Policy
from gigstack_sync.api.timing import Timing
from gigstack_sync.api.transport import Transport
from gigstack_sync.errors import GigstackError
from gigstack_sync.sandbox.faults import Faults
from gigstack_sync.store import mirror as store_mirror
from gigstack_sync.store.columns import load_texts
from gigstack_sync.store.mirror import open_mirror
from gigstack_sync.store.places import Places
from gigstack_sync.sync.engine import Engine, Options
from gigstack_sync.sync.report import RunReport
from gigstack_sync.sync.session import ClientSource, SyncSession
from gigstack_sync.sync.streams import chosen

from . import oracle
from .business import DAY, OWN, Business
from .clock import Clock
from .crash import Fragile, Fuse, Killed, fragile_files
from .network import Line
from .plan import Plan, Run, draw
from .pool import DrawnWalkers

ZONE = "America/Mexico_City"
MEMORY = "256MB"
RECOVERIES = 4
"""Runs without a fault by which all must be well."""


class Violation(AssertionError):
    """A promise was broken."""


@cache
def scratch() -> Path:
    """Where the files of simulations lie: in memory where the machine offers it."""
    room = Path("/dev/shm")
    return room if room.is_dir() else Path(tempfile.gettempdir())


@cache
def template() -> bytes:
    """A mirror without rows, to be copied: making one takes a second."""
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        places = Places(Path(folder) / "gigstack.duckdb")
        places.prepare()
        open_mirror(places, zone=ZONE, memory=MEMORY).close()
        return places.mirror.read_bytes()


@dataclass
class Simulation:
    """Server, network, clock, crashes, and the sync in the middle of it."""

    seed: int
    folder: Path
    trace: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.plan: Plan = draw(self.rng)
        self.clock = Clock(self.plan.start)
        self.fuse = Fuse()
        self.business = Business(self.rng, self.clock, self.plan.quirks, self.plan.streams)
        self.line = Line(self.rng, self.business, self.fuse)
        self.line.skew = self.plan.skew
        self.places = Places(self.folder / "home" / "gigstack.duckdb")
        self.places.prepare()
        self.places.mirror.write_bytes(template())
        self.mirror: Any = None
        self.seen: dict[str, oracle.Snapshot] = {}

    def run(self) -> None:
        """Live through the plan; Violation tells what broke and when."""
        for number, run in enumerate(self.plan.runs):
            self._spend(run.pause, run.deeds)
            self._suffer(run)
            self._attempt(run, str(number))
        self._recover()

    def close(self) -> None:
        if self.mirror is not None:
            self.mirror.con.close()

    def _spend(self, pause: float, deeds: int) -> None:
        for _ in range(deeds):
            self.clock.sleep(pause / (deeds + 1))
            self.business.happen()
        self.clock.sleep(pause / (deeds + 1))

    def _suffer(self, run: Run) -> None:
        self.business.desk.set_faults(Faults.of(*run.faults, seed=self.rng.getrandbits(32)))
        self.line.lies, self.line.unrest = run.lies, run.unrest

    def _attempt(self, run: Run, name: str) -> RunReport | None:
        """One run, whatever comes of it, and what must hold afterwards."""
        before, began = self.seen or self._look(), self.clock.at
        self.line.requests = 0
        self.line.struck.clear()
        for shelf in self.business.shelves.values():
            shelf.nulls = 0
            shelf.delivered.clear()
        report: RunReport | None = None
        if run.kill:
            self.fuse.arm(*run.kill, self.places.published.parent)
        try:
            report = self._sync(run)
        except Killed:
            self._die()
        except GigstackError as error:
            self.trace.append(f"{name}: {type(error).__name__} {error.message}")
        self.fuse.disarm()
        self._tell(name, run, report)
        self._check(run, report, before, began)
        return report

    def _tell(self, name: str, run: Run, report: RunReport | None) -> None:
        what = "killed or refused" if report is None else f"exit {int(report.exit_code)}"
        struck = dict(sorted(self.line.struck.items()))
        self.trace.append(f"{name}: {what}, {self.line.requests} requests, struck {struck}, {run}")
        for stream in report.streams if report else ():
            said = [*stream.errors, *stream.warnings, stream.unavailable]
            self.trace.append(
                f"   {stream.stream}: {stream.counts}, {stream.deleted} deleted, "
                f"{stream.put_off} put off, {[text for text in said if text]}"
            )

    def _client(self) -> Client:
        policy = Policy(connections=self.plan.walkers)
        timing = Timing(
            monotonic=self.clock.now,
            now=lambda: self.clock.at + self.plan.skew,
            sleep=self.clock.sleep,
            random=self.rng.random,
        )
        url = "http://127.0.0.1:1/v2"
        transport = Transport(self.business.key, url, policy=policy, timing=timing, wire=self.line)
        return Client(transport=transport)

    def _sync(self, run: Run) -> RunReport:
        options = Options(
            streams=chosen(self.plan.streams),
            is_full=run.is_full,
            budget=run.budget,
            walkers=self.plan.walkers,
            accepts_deletes=run.accepts,
        )
        pool = partial(DrawnWalkers, rng=self.rng)
        with self._client() as client:
            if self.plan.is_whole:
                return self._whole(client, options, pool)
            return self._engine(client, options, pool)

    def _whole(self, client: Client, options: Options, pool: Any) -> RunReport:
        session = SyncSession(
            self.places,
            client,
            zone=ZONE,
            memory=MEMORY,
            clock=lambda: self.clock.at + self.plan.skew,
            pool=pool,
        )
        with fragile_files(self.fuse):
            return session.sync(options)

    def _engine(self, client: Client, options: Options, pool: Any) -> RunReport:
        mirror = self._open()
        engine = Engine(mirror, ClientSource(client), options, clock=self._local_time, pool=pool)
        client.transport.gate.allows = engine.may_repeat
        return engine.run(OWN, [OWN])

    def _local_time(self) -> datetime:
        moment = datetime.fromtimestamp(self.clock.at + self.plan.skew, UTC)
        return moment.replace(tzinfo=None)

    def _open(self) -> Any:
        if self.mirror is None:
            self.mirror = open_mirror(self.places, zone=ZONE, memory=MEMORY)
        return self.mirror

    def _die(self) -> None:
        self.close()
        self.mirror = None
        self.fuse.bury()

    def _look(self) -> dict[str, oracle.Snapshot]:
        """The mirror as it lies there now."""
        if self.plan.is_whole:
            with duckdb.connect(str(self.places.mirror), read_only=True) as con:
                return {s: oracle.snapshot(con, s) for s in self.plan.streams}
        con = self._open().con
        return {s: oracle.snapshot(con, s) for s in self.plan.streams}

    def _check(
        self,
        run: Run,
        report: RunReport | None,
        before: dict[str, oracle.Snapshot],
        began: float,
    ) -> None:
        after = self.seen = self._look()
        found = list(self.line.impatience)
        if run.budget is not None and self.line.requests > run.budget:
            found.append(f"{self.line.requests} requests of {run.budget}")
        if self.line.requests > self._bound():
            found.append(f"{self.line.requests} requests, more than {self._bound()}")
        away = {s.stream for s in report.streams if s.unavailable} if report else set()
        for name, shelf in self.business.shelves.items():
            here = oracle.false_claims(shelf, after[name])
            here += oracle.wrong_tombstones(shelf, before[name], after[name], began)
            here += oracle.broken_history(after[name]) + oracle.invented(shelf, after[name])
            if report and report.exit_code == 0 and self.plan.walkers == 1:
                here += oracle.gone_back(shelf, after[name])
            if report and report.exit_code == 0 and name not in away:
                doubts = any(s.stream == name and s.warnings for s in report.streams)
                here += oracle.stale_looks(shelf, after[name], int(began), doubts=doubts)
                here += oracle.neglected(name, shelf, before[name], after[name], began)
                here += self._silent_losses(shelf, after[name])
            found += [f"{name}: {line}" for line in here]
        if self.plan.is_whole and report is not None:
            found += self._unpublished(after)
        if found:
            raise Violation("\n".join(found[:12]))

    def _bound(self) -> int:
        rows = sum(len(shelf.states) for shelf in self.business.shelves.values())
        streams = len(self.plan.streams)
        return 60 * streams + 64 + 40 * (rows + 3)

    @staticmethod
    def _silent_losses(shelf: Any, mirror: oracle.Snapshot) -> list[str]:
        if shelf.nulls and not mirror.quarantined:
            return ["entries that are no rows were dropped without a word"]
        partial_rows = [i for i, kept in mirror.rows.items() if kept.is_live and kept.is_partial]
        return [f"{row} lacks a part of its body" for row in partial_rows]

    def _unpublished(self, mirror: dict[str, oracle.Snapshot]) -> list[str]:
        if not self.places.published.exists():
            return ["nothing was published"]
        with duckdb.connect(str(self.places.published), read_only=True) as con:
            shown = {s: oracle.snapshot(con, s) for s in self.plan.streams}
        return [
            f"{name}: what is published is not what is mirrored"
            for name in self.plan.streams
            if (shown[name].rows, shown[name].history) != (mirror[name].rows, mirror[name].history)
        ]

    def _recover(self) -> None:
        """No faults any more: within some runs, and the promised time, all must be well."""
        calm = Run(pause=3_600.0, deeds=0)
        self._suffer(calm)
        for pause in (3_600.0, 31 * DAY):
            for number in range(RECOVERIES):
                self._spend(pause if not number else 3_600.0, 0)
                report = self._attempt(calm, f"calm {pause:.0f}/{number}")
                if report is not None and report.exit_code == 0:
                    break
                # what a person would do who reads why
                calm = replace(calm, accepts="--accept-deletes" in str(report and report.as_json()))
            else:
                raise Violation("no run is complete although nothing goes wrong any more")
        after = self._look()
        found = []
        for name, shelf in self.business.shelves.items():
            is_subset = self._is_subset(name)
            found += oracle.differences(shelf, after[name], name, full=is_subset)
        if found:
            raise Violation("\n".join(["in the end:", *found[:12]]))

    def _is_subset(self, name: str) -> bool:
        sql = "select is_subset from sync.streams where stream = ?"
        if self.plan.is_whole:
            with duckdb.connect(str(self.places.mirror), read_only=True) as con:
                row = con.execute(sql, [name]).fetchone()
        else:
            row = self._open().con.execute(sql, [name]).fetchone()
        return bool(row and row[0])


THIN = {
    "status": "payload->>'$.status'",
    "is_status_known": "payload->>'$.status' is not null",
    "uuid_fiscal": "payload->>'$.uuid'",
    "total": "try_cast(payload->>'$.total' as decimal(18, 6))",
    "last_balance": "try_cast(payload->>'$.last_balance' as decimal(18, 6))",
    "payment_method": "payload->>'$.payment_method'",
}
"""The columns that a run itself asks for: planning all of them takes most of its time."""


@cache
def thin_loads() -> dict[str, str]:
    """Load texts that type no more columns than a run needs."""
    return {stream: _thin(text) for stream, text in load_texts().items()}


def _thin(text: str) -> str:
    had = {name for name in THIN if f" as {name}" in text}
    columns = "".join(f", {sql} as {name}" for name, sql in THIN.items() if name in had)
    return f"select kept{columns} from batch"


@contextmanager
def small_scale(plan: Plan, fuse: Fuse) -> Any:
    """Pages of a few rows, so that a small world has many, and connections that may die."""
    sizes: dict[str, Any] = {
        "gigstack_sync.sync.perform.PAGE": plan.page,
        "gigstack_sync.sync.walk.PAGE": plan.page,
        "gigstack_sync.sync.walk.FIRST_SHARE": 1,
        "gigstack_sync.sync.wishes.PAGE": plan.page,
        "gigstack_sync.sync.wishes.ROOM": max(1, plan.page * 9 // 10),
        "gigstack_sync.sync.settle.MANY": plan.many,
        "gigstack_sync.sync.writer.ROWS_PER_COMMIT": plan.batch,
    }
    if not plan.is_whole:
        sizes["gigstack_sync.store.load.load_texts"] = thin_loads
    connect = store_mirror.connect

    def fragile(*arguments: Any, **named: Any) -> Any:
        return Fragile(connect(*arguments, **named), fuse)

    with ExitStack() as stack:
        for name, size in sizes.items():
            stack.enter_context(patch(name, size))
        stack.enter_context(patch.object(store_mirror, "connect", fragile))
        yield


def simulate(seed: int) -> list[str]:
    """Live through one seed; what happened, line by line. Violation or a defect when it fails."""
    folder = Path(tempfile.mkdtemp(prefix="gigstack-sim-", dir=scratch()))
    simulation = Simulation(seed, folder)
    try:
        with small_scale(simulation.plan, simulation.fuse):
            try:
                simulation.run()
            except BaseException as error:
                error.add_note("\n".join(simulation.trace))
                raise
            finally:
                simulation.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return simulation.trace


def fingerprint(trace: list[str]) -> str:
    """Eight digits by which two lives can be told apart."""
    return f"{zlib.crc32(json.dumps(trace).encode()):08x}"

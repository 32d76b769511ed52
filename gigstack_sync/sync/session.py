"""A whole `gigstack sync`: lock, open, run, publish, and leave word of how it went."""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gigstack_sync.errors import StorageError
from gigstack_sync.store.connection import Damaged, set_aside
from gigstack_sync.store.ledger import Ledger
from gigstack_sync.store.lock import SyncLock
from gigstack_sync.store.mirror import Mirror, open_mirror
from gigstack_sync.store.places import Places, write_atomically
from gigstack_sync.store.publish import clear_leftovers, publish
from gigstack_sync.sync.account import Account, identify, team_ids
from gigstack_sync.sync.engine import Engine, Observer, Options, Silent, naive_utc
from gigstack_sync.sync.freshness import stale
from gigstack_sync.sync.walkers import Walkers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gigstack_sync.api.client import Client
    from gigstack_sync.api.envelope import RawPage
    from gigstack_sync.sync.report import RunReport

log = logging.getLogger("gigstack_sync.sync")

ALL_TEAMS = "*"
"""In place of a team: every team the key reaches."""


@dataclass(slots=True)
class ClientSource:
    """The API client as the engine wants it."""

    client: Client

    def page(self, path: str, params: Mapping[str, str]) -> RawPage:
        """One page of a list."""
        return self.client.page(path, params)

    def row(self, path: str, params: Mapping[str, str]) -> bytes:
        """One record as received."""
        return self.client.row(path, params)

    def server_time(self) -> float:
        """The last Date the server sent, else this machine's clock."""
        return self.client.traffic.server_time or self.client.transport.timing.now()

    @property
    def requests(self) -> int:
        """Requests made so far, retries included."""
        return self.client.traffic.requests


@dataclass(slots=True)
class SyncSession:
    """What a sync needs besides its options."""

    places: Places
    client: Client
    zone: str = "America/Mexico_City"
    memory: str = "256MB"
    team: str | None = None
    """A team other than the key's own, or ALL_TEAMS."""
    observer: Observer = field(default_factory=Silent)
    stop: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], float] = time.time
    """This machine's, epoch seconds."""
    pool: Callable[..., Walkers] = Walkers

    def sync(self, options: Options) -> RunReport:
        """Run once. Raises SyncRunning, AuthError, StorageError before anything is fetched."""
        self.places.prepare()
        with SyncLock(self.places.lock):
            clear_leftovers(self.places)
            began = self.clock()
            try:
                report = self._run(options)
            except Damaged as error:
                raise self._give_up(error) from error
            self._publish(report)
            self._leave_word(report, began)
        log.info("run %d %s", report.run_id, report.outcome, extra={"summary": report.as_json()})
        return report

    def _run(self, options: Options) -> RunReport:
        with open_mirror(self.places, zone=self.zone, memory=self.memory) as mirror:
            account = identify(self.client)
            mirror.bind(account.team_id, account.is_live)
            engine = self._engine(mirror, options)
            report = engine.run(account.team_id, self._teams(account))
            report.retries = self.client.traffic.retries
            report.bytes = self.client.traffic.bytes
            report.stale = list(_stale(mirror, int(self.clock())))
            report.needs_publishing = mirror.is_new or report.changed > 0
        return report

    def _engine(self, mirror: Mirror, options: Options) -> Engine:
        source = ClientSource(self.client)
        engine = Engine(
            mirror,
            source,
            options,
            self.observer,
            self.stop,
            clock=lambda: naive_utc(self.clock()),
            pool=self.pool,
        )
        self.client.transport.gate.allows = engine.may_repeat
        return engine

    def _teams(self, account: Account) -> list[str]:
        if self.team == ALL_TEAMS:
            return list(dict.fromkeys([account.team_id, *team_ids(self.client)]))
        return [self.team or account.team_id]

    def _publish(self, report: RunReport) -> None:
        # A run that was killed, or could not publish, left no word of its number.
        state = read_state(self.places)
        is_next = state.get("run_id") == report.run_id - 1
        is_as_left = is_published_as_left(self.places, state)
        if report.needs_publishing or not is_next or not is_as_left:
            publish(self.places, is_as_left=is_as_left)
            report.is_published = True

    def _give_up(self, error: Damaged) -> StorageError:
        aside = set_aside(self.places.mirror)
        return StorageError(
            f"{error.message} It was set aside as {aside}.",
            hint="Run gigstack sync again: it starts from the published copy.",
        )

    def _leave_word(self, report: RunReport, began: float) -> None:
        earlier = read_state(self.places)
        now = self.clock()
        state = {
            "run_id": report.run_id,
            "started_at": _iso(began),
            "finished_at": _iso(now),
            "outcome": report.outcome,
            "exit_code": int(report.exit_code),
            "error": report.error or None,
            "requests": report.requests,
            "published_as": _look_of(self.places.published),
            "changed": report.changed,
            "last_ok_at": _iso(now) if report.exit_code == 0 else earlier.get("last_ok_at"),
            "published_at": _iso(now) if report.is_published else earlier.get("published_at"),
            "stale_windows": report.stale,
        }
        write_atomically(self.places.state, json.dumps(state, indent=1).encode() + b"\n")


def read_state(places: Places) -> dict[str, Any]:
    """How the last run went; {} before the first, or when the word left is unreadable."""
    try:
        state = json.loads(places.state.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return state if isinstance(state, dict) else {}


def is_published_as_left(places: Places, state: Mapping[str, Any]) -> bool:
    """Whether the published file is the one that the last run left there."""
    return bool(state.get("published_as") == _look_of(places.published))


def note_publication(places: Places, run_id: int) -> None:
    """Leave word that this run, which was no sync, has been published; no word, no change."""
    if state := read_state(places):
        state |= {
            "run_id": run_id,
            "published_as": _look_of(places.published),
            "published_at": _iso(time.time()),
        }
        write_atomically(places.state, json.dumps(state, indent=1).encode() + b"\n")


def last_good(places: Places) -> float | None:
    """When the last complete run ended, epoch seconds."""
    try:
        return datetime.fromisoformat(read_state(places)["last_ok_at"]).timestamp()
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def forget(places: Places, streams: list[str], *, zone: str, memory: str) -> None:
    """Forget every look at these streams, in all teams; StorageError without a mirror."""
    if not (places.mirror.exists() or places.published.exists()):
        raise StorageError(
            f"There is no mirror at {places.published} yet.",
            hint=f"Make one: gigstack sync --db {places.published}",
        )
    places.prepare()
    with SyncLock(places.lock):
        with open_mirror(places, zone=zone, memory=memory) as mirror:
            ledger = Ledger(mirror.con)
            for team_id, stream in ledger.known():
                if stream in streams:
                    ledger.forget(team_id, stream)
        if mirror.is_new:
            publish(places)


def _stale(mirror: Mirror, now: int) -> Iterator[dict[str, Any]]:
    ledger = Ledger(mirror.con)
    for team_id, stream in ledger.known():
        yield from stale(team_id, stream, ledger.windows(team_id, stream), now)


def _look_of(published: Path) -> list[int] | None:
    """Size and time of change: a file that somebody cut or wrote to is published again."""
    try:
        found = published.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")

"""What the mirror knows of each stream, and how fresh that is."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from gigstack_sync.store.census import Census
from gigstack_sync.store.ledger import Ledger
from gigstack_sync.sync.streams import STREAMS
from gigstack_sync.sync.windows import Span, Window, due, gaps

if TYPE_CHECKING:
    import duckdb


JUST_NOW = 3600
"""Seconds: what is minutes old is due again within seconds, and looked at by every run anyway."""


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """One stream of one team. Times are epoch seconds of the server's clock."""

    team_id: str
    stream: str
    rows: int
    deleted: int
    oldest_look: int | None
    """The oldest look any part of the history rests on."""
    newest_look: int | None
    open_windows: int
    """Stretches never looked at."""
    due_windows: int
    """Stretches whose last look is older than promised for rows of their age."""
    partial_rows: int
    quarantined: int
    unavailable: str

    def as_json(self) -> dict[str, Any]:
        """The documented shape."""
        return asdict(self)


def stream_statuses(con: duckdb.DuckDBPyConnection) -> list[StreamStatus]:
    """Every stream that was ever looked at, per team."""
    ledger, census = Ledger(con), Census(con)
    teams = dict.fromkeys(team for team, _ in ledger.known())
    return [
        _status(ledger, census, team, stream.name)
        for team in teams
        for stream in STREAMS
        if ledger.windows(team, stream.name)
        or ledger.facts(team, stream.name).unavailable
        or census.live(team, stream.name)
    ]


def _status(ledger: Ledger, census: Census, team_id: str, stream: str) -> StreamStatus:
    windows = [Window(*row) for row in ledger.windows(team_id, stream)]
    now = int(time.time())
    old = [window for window in windows if now - window.walked_at > JUST_NOW]
    looks = [window.walked_at for window in windows]
    frontier = max((window.end for window in windows), default=0)
    return StreamStatus(
        team_id=team_id,
        stream=stream,
        rows=census.live(team_id, stream),
        deleted=census.deleted(team_id, stream),
        oldest_look=min(looks, default=None),
        newest_look=max(looks, default=None),
        open_windows=len(gaps(windows, Span(0, frontier))),
        due_windows=len(due(old, now)),
        partial_rows=len(census.partial(team_id, stream)),
        quarantined=census.quarantined(team_id, stream),
        unavailable=ledger.facts(team_id, stream).unavailable,
    )


def last_runs(con: duckdb.DuckDBPyConnection, count: int = 1) -> list[dict[str, Any]]:
    """The newest runs that this file knows of."""
    cursor = con.execute(
        "select run_id, started_at, finished_at, outcome, exit_code, requests, rows_seen, "
        "inserted, updated, deleted from sync.runs order by run_id desc limit ?",
        [count],
    )
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

"""The sync's bookkeeping tables: windows, what was learned of each stream, and runs."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    import duckdb


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What was learned of one stream's list endpoint; None or '' where nothing yet."""

    dialect: str = ""
    """Spelling of the date filter that works; 'none' where no filter is honoured."""
    is_subset: bool | None = None
    """Whether list rows lack fields that a GET of the row has."""
    total_offset: int | None = None
    """Server's total minus live rows, right after the last complete look."""
    false_alarms: int = 0
    whole_at: int | None = None
    """Epoch seconds of the last look at every row without a filter."""
    unavailable: str = ""
    """Why the API does not offer this stream to this account."""


class Ledger:
    """Reads and writes the bookkeeping through the mirror's connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def windows(self, team_id: str, stream: str) -> list[tuple[int, int, int]]:
        """(starts, ends, walked_at) of one stream, oldest first."""
        return self._con.execute(
            "select starts, ends, walked_at from sync.windows "
            "where team_id = ? and stream = ? order by starts",
            [team_id, stream],
        ).fetchall()

    def known(self) -> list[tuple[str, str]]:
        """(team, stream) of everything that was ever looked at."""
        return self._con.execute(
            "select distinct team_id, stream from sync.windows order by all"
        ).fetchall()

    def save_windows(
        self, team_id: str, stream: str, windows: Iterable[tuple[int, int, int]]
    ) -> None:
        """Replace the windows of one stream."""
        rows = list(windows)
        self._con.execute(
            "delete from sync.windows where team_id = ? and stream = ?", [team_id, stream]
        )
        if rows:
            starts, ends, walked = (list(column) for column in zip(*rows, strict=True))
            self._con.execute(
                "insert into sync.windows select ?, ?, unnest(?::bigint[]), unnest(?::bigint[]), "
                "unnest(?::bigint[])",
                [team_id, stream, starts, ends, walked],
            )

    def facts(self, team_id: str, stream: str) -> StreamFacts:
        """What earlier runs learned of this stream."""
        row = self._con.execute(
            "select * exclude (team_id, stream) from sync.streams where team_id = ? and stream = ?",
            [team_id, stream],
        ).fetchone()
        return StreamFacts(*row) if row else StreamFacts()

    def learn(self, team_id: str, stream: str, **news: Any) -> StreamFacts:
        """Store what this run learned, and return all that is known now."""
        facts = replace(self.facts(team_id, stream), **news)
        self._con.execute(
            "delete from sync.streams where team_id = ? and stream = ?", [team_id, stream]
        )
        self._con.execute(
            "insert into sync.streams values (?, ?, ?, ?, ?, ?, ?, ?)",
            [team_id, stream, *astuple(facts)],
        )
        return facts

    def forget(self, team_id: str, stream: str) -> None:
        """Forget every look at a stream; its rows and their history stay."""
        for table in ("windows", "streams"):
            self._con.execute(
                f"delete from sync.{table} where team_id = ? and stream = ?", [team_id, stream]
            )

    def begin_run(self, started_at: datetime) -> int:
        """Number of the run that starts now."""
        row = self._con.execute(
            "insert into sync.runs (run_id, started_at, outcome) "
            "select coalesce(max(run_id), 0) + 1, ?, 'running' from sync.runs returning run_id",
            [started_at],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def end_run(self, run_id: int, finished_at: datetime, summary: dict[str, Any]) -> None:
        """Record how a run ended."""
        totals = summary["totals"]
        self._con.execute(
            """update sync.runs set finished_at = ?, outcome = ?, exit_code = ?, requests = ?,
            rows_seen = ?, inserted = ?, updated = ?, deleted = ?, summary = ? where run_id = ?""",
            [
                finished_at,
                summary["outcome"],
                summary["exit_code"],
                summary["requests"],
                totals["seen"],
                totals["inserted"],
                totals["updated"],
                totals["deleted"],
                json.dumps(summary),
                run_id,
            ],
        )

    def begin_change(self) -> int:
        """Number of a run that looks at no list: its times stay NULL, so no look is younger."""
        row = self._con.execute(
            "insert into sync.runs (run_id, outcome) "
            "select coalesce(max(run_id), 0) + 1, 'change' from sync.runs returning run_id"
        ).fetchone()
        assert row is not None
        return int(row[0])

    def end_change(self, run_id: int, inserted: int, updated: int, deleted: int) -> None:
        """Record what a command changed."""
        self._con.execute(
            "update sync.runs set inserted = ?, updated = ?, deleted = ? where run_id = ?",
            [inserted, updated, deleted, run_id],
        )

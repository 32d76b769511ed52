"""Counts and places of the mirror's rows that a plan is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb


class Census:
    """Read-only questions about one mirror table; `stream` must be a known name."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def live(self, team_id: str, stream: str) -> int:
        """Rows that the API still has, as far as is known."""
        return self._number(
            f"select count(*) from mirror.{stream} where team_id = ? and deleted_at is null",
            team_id,
        )

    def deleted(self, team_id: str, stream: str) -> int:
        """Rows the API no longer has."""
        return self._number(
            f"select count(*) from mirror.{stream} where team_id = ? and deleted_at is not null",
            team_id,
        )

    def between(self, team_id: str, stream: str, start: int, end: int) -> int:
        """Live rows of the seconds [start, end)."""
        return self._number(
            f"select count(*) from mirror.{stream} where team_id = ? "
            "and deleted_at is null and position >= ? and position < ?",
            team_id,
            start,
            end,
        )

    def quarantined(self, team_id: str, stream: str) -> int:
        """Distinct rows kept aside."""
        return self._number(
            "select count(*) from sync.quarantine where team_id = ? and stream = ?", team_id, stream
        )

    def unplaced(self, team_id: str, stream: str) -> int:
        """Live rows without a usable creation time: no window ever shows them."""
        return self._number(
            f"select count(*) from mirror.{stream} "
            "where team_id = ? and deleted_at is null and position is null",
            team_id,
        )

    def volatile(self, team_id: str, stream: str, condition: str) -> tuple[int, ...]:
        """Seconds of the live rows that meet the condition, newest first."""
        rows = self._con.execute(
            f"select distinct position from mirror.{stream} where team_id = ? "
            f"and deleted_at is null and position is not null and ({condition}) "
            "order by position desc",
            [team_id],
        ).fetchall()
        return tuple(row[0] for row in rows)

    def per_day(self, team_id: str, stream: str) -> list[tuple[int, int]]:
        """(day number since 1970, live rows), oldest first."""
        return self._con.execute(
            f"select position // 86400 as day, count(*) from mirror.{stream} "
            "where team_id = ? and deleted_at is null and position is not null "
            "group by day order by day",
            [team_id],
        ).fetchall()

    def partial(self, team_id: str, stream: str) -> list[str]:
        """Ids whose full body is still to be fetched, newest first."""
        rows = self._con.execute(
            f"select id from mirror.{stream} where team_id = ? and is_partial "
            "and deleted_at is null order by position desc",
            [team_id],
        ).fetchall()
        return [row[0] for row in rows]

    def places(self, team_id: str, stream: str, ids: list[str]) -> list[int]:
        """Seconds at which these rows stand, as far as they stand anywhere in time."""
        rows = self._con.execute(
            f"select position from mirror.{stream} where team_id = ? and position is not null "
            "and id in (select unnest(?::varchar[])) order by position",
            [team_id, ids],
        ).fetchall()
        return [row[0] for row in rows]

    def call_lists_partial(self, team_id: str, stream: str) -> None:
        """The lists turned out to be subsets: every body taken from one is incomplete."""
        self._con.execute(
            f"update mirror.{stream} set is_partial = true "
            "where team_id = ? and list_hash = payload_hash",
            [team_id],
        )

    def doubt(
        self, team_id: str, stream: str, spans: Iterable[tuple[int, int]], volatile: str
    ) -> None:
        """Have the bodies of live rows in these spans, or meeting the condition, fetched again."""
        inside = " or ".join(f"position >= {a} and position < {b}" for a, b in spans)
        if not (inside or volatile):
            return
        self._con.execute(
            f"update mirror.{stream} set is_partial = true where team_id = ? "
            f"and deleted_at is null and ({' or '.join(filter(None, (inside, volatile)))})",
            [team_id],
        )

    def is_known(self, team_id: str, stream: str, row_id: str) -> bool:
        """Whether this run's lists had the row."""
        return bool(
            self._number(
                f"select count(*) from mirror.{stream} m where m.team_id = ? and m.id = ? "
                "and m.key in (select key from seen)",
                team_id,
                row_id,
            )
        )

    def _number(self, sql: str, *values: str | int) -> int:
        row = self._con.execute(sql, list(values)).fetchone()
        return int(row[0]) if row else 0

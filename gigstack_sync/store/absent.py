"""Rows of the mirror that a complete look at their window did not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    import duckdb


INSIDE = "exists (select 1 from spans s where m.position >= s.starts and m.position < s.ends)"


class Absent:
    """Finds what is gone, and marks it deleted once that is confirmed."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        con.execute(
            "create or replace temp table seen (team_id varchar, stream varchar, key ubigint)"
        )
        con.execute("create or replace temp table spans (starts bigint, ends bigint)")

    def missing(
        self, team_id: str, stream: str, spans: Iterable[tuple[int, int]] | None
    ) -> list[tuple[str, int, int | None]]:
        """(id, key, second) of live rows in these spans, None for all, that no list showed."""
        return self._con.execute(
            f"""select m.id, m.key, m.position from mirror.{stream} m
            where m.team_id = ? and m.deleted_at is null and {self._inside(spans)}
                and m.key not in (select key from seen where team_id = ? and stream = ?)
            order by m.position desc, m.id""",
            [team_id, team_id, stream],
        ).fetchall()

    def looked_at(self, team_id: str, stream: str, spans: Iterable[tuple[int, int]] | None) -> int:
        """How many live rows these spans hold: the measure for 'many are gone at once'."""
        row = self._con.execute(
            f"select count(*) from mirror.{stream} m "
            f"where m.team_id = ? and m.deleted_at is null and {self._inside(spans)}",
            [team_id],
        ).fetchone()
        return int(row[0]) if row else 0

    def keys_of(self, team_id: str, stream: str, name: str) -> list[int]:
        """Keys of the live rows with this id; for invoices, or with this folio fiscal."""
        is_invoice = stream.startswith("invoices_")
        also = "or uuid_fiscal = fiscal_uuid($name)" if is_invoice else ""
        rows = self._con.execute(
            f"select key from mirror.{stream} "
            f"where team_id = $team and deleted_at is null and (id = $name {also})",
            {"team": team_id, "name": name},
        ).fetchall()
        return [row[0] for row in rows]

    def bury(
        self, team_id: str, stream: str, keys: list[int], *, run_id: int, now: datetime
    ) -> None:
        """Mark rows as deleted; body and history stay."""
        self._con.execute(
            f"""insert into history.changes
            select team_id, ?, id, key, ?, ?, 'deleted', null from mirror.{stream}
            where team_id = ? and deleted_at is null and key in (select unnest(?::ubigint[]))""",
            [stream, run_id, now, team_id, keys],
        )
        self._con.execute(
            f"""update mirror.{stream} set deleted_at = ?, changed_at = ?, run_id = ?
            where team_id = ? and deleted_at is null and key in (select unnest(?::ubigint[]))""",
            [now, now, run_id, team_id, keys],
        )

    def forget_seen(self, team_id: str, stream: str) -> None:
        """Free what was remembered of a stream that is settled."""
        self._con.execute("delete from seen where team_id = ? and stream = ?", [team_id, stream])

    def _inside(self, spans: Iterable[tuple[int, int]] | None) -> str:
        """Keep the spans in their table and return the condition that reads it."""
        if spans is None:
            return "true"
        rows = list(spans)
        self._con.execute("delete from spans")
        if rows:
            starts, ends = (list(column) for column in zip(*rows, strict=True))
            self._con.execute(
                "insert into spans select unnest(?::bigint[]), unnest(?::bigint[])", [starts, ends]
            )
        return INSIDE

"""A list just fetched against the mirror: who is missing where, whose body differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb


class Difference(NamedTuple):
    """One row that is not the same on both sides."""

    kind: str
    """`only on the server`, `only in the mirror` or `body differs`."""
    id: str

    def as_json(self) -> dict[str, str]:
        """The documented shape."""
        return self._asdict()


class Comparison:
    """Gathers keys and fingerprints in temporary tables of a connection that need not write."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        con.execute(
            "create or replace temp table arrived "
            "(stream varchar, seq bigint, key ubigint, hash ubigint, id varchar)"
        )

    def add(self, stream: str, lines: Sequence[bytes]) -> None:
        """Take spool lines: seq, key, hash, position, id, payload."""
        if not lines:
            return
        fields = [line.split(b"\t", 5) for line in lines]
        columns = [[int(f[n]) for f in fields] for n in range(3)]
        self._con.execute(
            "insert into arrived select ?, unnest(?::bigint[]), unnest(?::ubigint[]), "
            "unnest(?::ubigint[]), unnest(?::varchar[])",
            [stream, *columns, [f[4].decode() for f in fields]],
        )

    def rows(self, stream: str) -> int:
        """Distinct rows the server listed."""
        row = self._con.execute(
            "select count(distinct key) from arrived where stream = ?", [stream]
        ).fetchone()
        return int(row[0]) if row else 0

    def differences(self, team_id: str, stream: str) -> list[Difference]:
        """Every row that is not the same on both sides, by id."""
        rows = self._con.execute(
            f"""with latest as (
                select key, arg_max(hash, seq) as hash, any_value(id) as id
                from arrived where stream = ? group by key
            ), live as (
                select * from mirror.{stream} where team_id = ? and deleted_at is null
            )
            select case when m.key is null then 'only on the server'
                    when a.key is null then 'only in the mirror'
                    else 'body differs' end as kind,
                coalesce(a.id, m.id) as id
            from latest a full join live m on m.key = a.key
            where m.key is null or a.key is null
                or (m.list_hash is distinct from a.hash and m.payload_hash is distinct from a.hash)
            order by kind, id""",
            [stream, team_id],
        ).fetchall()
        return [Difference(*row) for row in rows]

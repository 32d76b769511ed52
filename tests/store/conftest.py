from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from gigstack_sync.store.schema_page import blank_database
from gigstack_sync.store.sqlfiles import read
from gigstack_sync.store.tables import LOAD_FILE

Row = dict[str, Any]


class Warehouse:
    """An in-memory mirror that rows can be put into as the API would send them."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self._load = read("load")

    def typed(self, stem: str, *payloads: Any) -> list[Row]:
        """What a load file makes of payloads; `drift` names what became NULL."""
        self._batch("team_1", payloads)
        rows = self.rows(f"select * from ({self._load[stem]}) order by key")
        for row in rows:
            raw = row.pop("raw")
            row["drift"] = {n for n in raw if raw[n] is not None and row[n] is None}
        return rows

    def put(self, stream: str, *payloads: Any, team: str = "team_1", gone: bool = False) -> None:
        """Mirror payloads, each with the id it carries."""
        self._batch(team, payloads)
        self.con.execute(
            f"""insert into mirror.{stream} by name
            select batch.team_id, batch.id, hash(batch.team_id, batch.id) as key, batch.payload,
                case when ? then timestamp '2026-03-01' end as deleted_at,
                false as is_partial, timestamp '2026-01-01' as first_seen_at,
                timestamp '2026-01-01' as changed_at, 1 as run_id, t.* exclude (key, raw)
            from batch join ({self._load[LOAD_FILE[stream]]}) t using (key)""",
            [gone],
        )

    def rows(self, sql: str) -> list[Row]:
        cursor = self.con.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def one(self, sql: str) -> Row:
        (row,) = self.rows(sql)
        return row

    def _batch(self, team: str, payloads: tuple[Any, ...]) -> None:
        texts = [p if isinstance(p, str) else json.dumps(p, ensure_ascii=False) for p in payloads]
        ids = [str(json.loads(text).get("id")) for text in texts]
        self.con.execute(
            """create or replace temp table arrived as
            select (row_number() over () - 1)::ubigint as key, ? as team_id, id, payload
            from (select unnest(?::varchar[]) as id, unnest(?::varchar[]) as payload)""",
            [team, ids, texts],
        )
        self.con.execute("create or replace temp view batch as from arrived")


@pytest.fixture(scope="session")
def _blank() -> Iterator[duckdb.DuckDBPyConnection]:
    with blank_database() as con:
        con.execute("set variable zone = 'America/Mexico_City'")
        yield con


@pytest.fixture
def warehouse(_blank: duckdb.DuckDBPyConnection) -> Iterator[Warehouse]:
    _blank.execute("begin")
    yield Warehouse(_blank)
    _blank.execute("rollback")


@pytest.fixture(scope="session")
def typed(_blank: duckdb.DuckDBPyConnection) -> Any:
    return Warehouse(_blank).typed

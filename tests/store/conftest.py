from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from gigstack_sync.store.columns import BOOKKEEPING, insert_batch, kept, load_texts
from gigstack_sync.store.schema_page import blank_database
from gigstack_sync.store.tables import LOAD_FILE

Row = dict[str, Any]


class Warehouse:
    """An in-memory mirror that rows can be put into as the API would send them."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def typed(self, stem: str, *payloads: Any) -> list[Row]:
        """What a load file makes of payloads; `drift` names what became NULL."""
        self._batch("team_1", payloads)
        stream = next(name for name, file in LOAD_FILE.items() if file == stem)
        rows = self.rows(f"select * from ({load_texts()[stream]}) order by kept.position")
        for row in rows:
            del row["kept"]
            row["drift"] = set(row["drift"] or [])
        return rows

    def put(self, stream: str, *payloads: Any, team: str = "team_1", gone: bool = False) -> None:
        """Mirror payloads, each with the id it carries."""
        self._batch(team, payloads, deleted_at="timestamp '2026-03-01'" if gone else "null")
        self.con.execute(insert_batch(stream, load_texts()[stream]))

    def rows(self, sql: str) -> list[Row]:
        cursor = self.con.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def one(self, sql: str) -> Row:
        (row,) = self.rows(sql)
        return row

    def _batch(self, team: str, payloads: tuple[Any, ...], deleted_at: str = "null") -> None:
        texts = [p if isinstance(p, str) else json.dumps(p, ensure_ascii=False) for p in payloads]
        ids = [str(json.loads(text).get("id")) for text in texts]
        self.con.execute(
            """create or replace temp table arrived as
            select (row_number() over () - 1)::ubigint as place, ? as team_id, id, payload
            from (select unnest(?::varchar[]) as id, unnest(?::varchar[]) as payload)""",
            [team, ids, texts],
        )
        moment = "timestamp '2026-01-01'"
        row = dict.fromkeys(BOOKKEEPING, "null") | {
            "team_id": "team_id",
            "id": "id",
            "key": "hash(team_id, id)",
            "position": "place",
            "payload": "payload",
            "is_partial": "false",
            "first_seen_at": moment,
            "changed_at": moment,
            "deleted_at": deleted_at,
            "run_id": "1",
        }
        self.con.execute(
            f"create or replace temp view batch as select {kept(row)} as kept, payload from arrived"
        )


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

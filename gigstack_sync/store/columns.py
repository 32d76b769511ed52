"""The tables of schema `mirror`: bookkeeping columns, then what the load file types."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from gigstack_sync.store.connection import roll_back
from gigstack_sync.store.sqlfiles import read
from gigstack_sync.store.tables import LOAD_FILE
from gigstack_sync.store.views import outdate

if TYPE_CHECKING:
    import duckdb

BOOKKEEPING = {
    "team_id": "varchar",
    "id": "varchar",
    "key": "ubigint",
    "payload": "varchar using compression zstd",
    "payload_hash": "ubigint",
    "list_hash": "ubigint",
    "position": "bigint",
    "is_partial": "boolean",
    "first_seen_at": "timestamp",
    "changed_at": "timestamp",
    "deleted_at": "timestamp",
    "run_id": "bigint",
}
"""Columns the sync fills itself, before those typed from the payload."""


def prepare_tables(con: duckdb.DuckDBPyConnection, zone: str) -> list[str]:
    """Create or retype every table whose load file or zone changed; returns their streams."""
    known = {
        stream: (digest, of_zone)
        for stream, digest, of_zone in con.execute("select * from sync.loads").fetchall()
    }
    changed = []
    typed: dict[str, dict[str, str]] = {}
    wanted_of = wanted_loads(zone)
    for stream, load in load_texts().items():
        wanted = wanted_of[stream]
        if known.get(stream) != wanted:
            if load not in typed:
                typed[load] = typed_columns(con, load)
            _retype(con, stream, load, typed[load], wanted)
            changed.append(stream)
    return changed


def wanted_loads(zone: str) -> dict[str, tuple[str, str]]:
    """Stream → digest and zone that its table is typed by."""
    macros = "".join(text for _, text in sorted(read("macros").items()))
    return {
        stream: (hashlib.sha256((macros + load).encode()).hexdigest(), zone)
        for stream, load in load_texts().items()
    }


def load_texts() -> dict[str, str]:
    """Stream → text of its load file, with that of the load file it builds on."""
    files = read("load")
    return {stream: _whole(files, stem) for stream, stem in LOAD_FILE.items()}


def _whole(files: dict[str, str], stem: str) -> str:
    text = files[stem]
    for other, inner in files.items():
        if re.search(rf"^ *from {other}$", text, re.MULTILINE):
            return f"with {other} as (\n{inner}\n)\nselect * from (\n{text}\n)"
    return text


def kept(values: dict[str, str]) -> str:
    """The struct of bookkeeping columns that rides through a load file beside the payload."""
    assert values.keys() == BOOKKEEPING.keys()
    return f"struct_pack({', '.join(f'{name} := {value}' for name, value in values.items())})"


def insert_batch(table: str, load: str) -> str:
    """Types every row of the view `batch` and writes it."""
    columns = "unnest(kept), * exclude (kept)"
    return f"insert into mirror.{table} by name select {columns} from (\n{load}\n)"


def typed_columns(con: duckdb.DuckDBPyConnection, load: str) -> dict[str, str]:
    """Name → DuckDB type of the columns a load file adds to those that are kept."""
    con.execute(
        "create or replace temp view batch as "
        "select {'payload': '{}'} as kept, '{}' as payload limit 0"
    )
    rows = con.execute(f"describe {load}").fetchall()
    return {row[0]: row[1] for row in rows if row[0] != "kept"}


def _retype(
    con: duckdb.DuckDBPyConnection,
    stream: str,
    load: str,
    typed: dict[str, str],
    wanted: tuple[str, str],
) -> None:
    columns = {**BOOKKEEPING, **typed}
    ddl = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    con.execute("begin")
    try:
        old = con.execute(
            "select 1 from duckdb_tables() where schema_name = 'mirror' and table_name = ?",
            [stream],
        ).fetchone()
        con.execute(f"create table mirror.retyped ({ddl})")
        if old:
            _replay(con, stream, load)
            con.execute(f"drop table mirror.{stream}")
            outdate(con)  # what reads the table is made anew, in a later run if this one dies
        con.execute(f"alter table mirror.retyped rename to {stream}")
        con.execute("delete from sync.loads where stream = ?", [stream])
        con.execute("insert into sync.loads values (?, ?, ?)", [stream, *wanted])
        con.execute("commit")
    except BaseException:
        roll_back(con)
        raise


def _replay(con: duckdb.DuckDBPyConnection, stream: str, load: str) -> None:
    con.execute(
        f"create or replace temp view batch as select {kept({n: n for n in BOOKKEEPING})} as kept, "
        f"legible(payload) as payload from mirror.{stream}"
    )
    con.execute(insert_batch("retyped", load))

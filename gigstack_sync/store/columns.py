"""The tables of schema `mirror`: bookkeeping columns, then what the load file types."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gigstack_sync.store.sqlfiles import read
from gigstack_sync.store.tables import LOAD_FILE

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

# A payload DuckDB's parser refuses only for a lone surrogate is still worth typing.
LEGIBLE = r"""case when json_valid(payload) then payload
    else regexp_replace(payload, '\\u[dD][89a-fA-F][0-9a-fA-F]{2}', '\\ufffd', 'g') end"""


def prepare_tables(con: duckdb.DuckDBPyConnection, zone: str) -> list[str]:
    """Create or retype every table whose load file or zone changed; returns their streams."""
    known = {
        stream: (digest, of_zone)
        for stream, digest, of_zone in con.execute("select * from sync.loads").fetchall()
    }
    macros = "".join(text for _, text in sorted(read("macros").items()))
    changed = []
    for stream, load in load_texts().items():
        wanted = (hashlib.sha256((macros + load).encode()).hexdigest(), zone)
        if known.get(stream) != wanted:
            _retype(con, stream, load, wanted)
            changed.append(stream)
    return changed


def load_texts() -> dict[str, str]:
    """Stream → text of its load file."""
    files = read("load")
    return {stream: files[stem] for stream, stem in LOAD_FILE.items()}


def typed_columns(con: duckdb.DuckDBPyConnection, load: str) -> dict[str, str]:
    """Name → DuckDB type of the columns a load file adds, `key` and `raw` left out."""
    con.execute(
        "create or replace temp view batch as "
        "select 0::ubigint as key, '' as team_id, '' as id, '{}' as payload limit 0"
    )
    rows = con.execute(f"describe {load}").fetchall()
    return {row[0]: row[1] for row in rows if row[0] not in ("key", "raw")}


def _retype(
    con: duckdb.DuckDBPyConnection, stream: str, load: str, wanted: tuple[str, str]
) -> None:
    columns = {**BOOKKEEPING, **typed_columns(con, load)}
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
            # Views read the table by name; they are rebuilt after this.
            con.execute(f"drop table mirror.{stream}")
        con.execute(f"alter table mirror.retyped rename to {stream}")
        con.execute("delete from sync.loads where stream = ?", [stream])
        con.execute("insert into sync.loads values (?, ?, ?)", [stream, *wanted])
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise


def _replay(con: duckdb.DuckDBPyConnection, stream: str, load: str) -> None:
    con.execute(
        f"create or replace temp view batch as "
        f"select key, team_id, id, {LEGIBLE} as payload from mirror.{stream}"
    )
    own = ", ".join(f"m.{name}" for name in BOOKKEEPING)
    con.execute(
        f"insert into mirror.retyped select {own}, t.* exclude (key, raw) "
        f"from mirror.{stream} m join ({load}) t on t.key = m.key"
    )

"""Numbered changes of the file's own tables: each runs once, with its record, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gigstack_sync.errors import StorageError
from gigstack_sync.store.connection import roll_back
from gigstack_sync.store.sqlfiles import read

if TYPE_CHECKING:
    import duckdb


def migrate(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the migrations that ran now; StorageError when the file is from a newer version."""
    con.execute("create schema if not exists sync")
    con.execute("create table if not exists sync.migrations (name varchar, applied_at timestamp)")
    done = {name for (name,) in con.execute("select name from sync.migrations").fetchall()}
    known = read("migrations")
    if unknown := sorted(done - known.keys()):
        raise StorageError(
            f"This mirror was written by a newer gigstack_sync (it has {unknown[-1]}).",
            hint="Upgrade: pip install -U gigstack-sync",
        )
    todo = sorted(known.keys() - done)
    for name in todo:
        _run(con, name, known[name])
    return todo


def outstanding(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the migrations that a file of an older version lacks; none for a new file."""
    import duckdb

    try:
        done = {name for (name,) in con.execute("select name from sync.migrations").fetchall()}
    except duckdb.CatalogException:
        return []
    return sorted(read("migrations").keys() - done) if done else []


def _run(con: duckdb.DuckDBPyConnection, name: str, script: str) -> None:
    con.execute("begin")
    try:
        con.execute(script)
        con.execute(
            "insert into sync.migrations select ?, epoch_ms((epoch_ms(now()))::bigint)", [name]
        )
        con.execute("commit")
    except BaseException:
        roll_back(con)
        raise

"""Macros, reference tables and views: put into a database from sql/, and described from it."""

from __future__ import annotations

import hashlib
import re
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Final, NamedTuple

from gigstack_sync.errors import StorageError
from gigstack_sync.store import derive, reference
from gigstack_sync.store.connection import roll_back
from gigstack_sync.store.quoting import identifier, literal
from gigstack_sync.store.reading_order import in_order
from gigstack_sync.store.sqlfiles import header, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import duckdb

VIEW_FOLDERS: Final = ("core", "reports", "exports")
"""Folders of sql/ whose files are views of schema main, each named like its file."""


class ColumnInfo(NamedTuple):
    """One column of a view; `type` is DuckDB's name of it."""

    name: str
    type: str
    comment: str


class ViewInfo(NamedTuple):
    """One public view with its documentation."""

    name: str
    comment: str
    columns: list[ColumnInfo]


def view_files() -> dict[str, str]:
    """View name → its select; StorageError when two folders hold the same name."""
    views: dict[str, str] = {}
    for folder in VIEW_FOLDERS:
        found = read(folder)
        if twice := views.keys() & found.keys():
            raise StorageError(f"Two files of sql/ define the view {min(twice)}.")
        views |= found
    return views


def install_macros(con: duckdb.DuckDBPyConnection) -> bool:
    """Create the macros of sql/macros; False when this database has these very ones."""
    macros = read("macros")

    def make() -> None:
        for name in _macro_order(macros):
            con.execute(macros[name])

    return _install_part(con, "macros", macros, make)


def install(con: duckdb.DuckDBPyConnection) -> bool:
    """Create macros, reference and derived tables, and views; the mirror's tables must exist.

    What the database already holds of the same text is left alone, unless outdated; False when
    that is all.
    """
    texts = _texts()
    views = texts["views"]

    def make_views() -> None:
        _drop_views(con)
        for name in in_order(con, views):
            _create_view(con, name, views[name])

    made = [
        install_macros(con),
        _install_part(con, "reference", texts["reference"], lambda: reference.build(con)),
        _install_part(con, "derived", texts["derived"], lambda: derive.create(con)),
        _install_part(con, "views", views, make_views),
    ]
    return any(made)


def is_installed(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether all that install makes is there, of the very texts that are shipped."""
    known = set(con.execute("select part, digest from reference.installed").fetchall())
    return all((part, _digest(texts)) in known for part, texts in _texts().items())


def _texts() -> dict[str, Mapping[str, str]]:
    """Part → what it is made from."""
    return {
        "macros": read("macros"),
        "reference": read("reference") | {"catalogs.json": reference.catalogs_json()},
        "derived": read("derived"),
        "views": view_files(),
    }


def outdate(con: duckdb.DuckDBPyConnection) -> None:
    """Have the next install make derived tables and views anew, in the caller's transaction."""
    con.execute("delete from reference.installed where part in ('derived', 'views')")


def describe(con: duckdb.DuckDBPyConnection) -> list[ViewInfo]:
    """Every public view by name, its columns in order, with the comments stored in the database."""
    views = con.execute(
        "select view_name, coalesce(comment, '') from duckdb_views() "
        "where schema_name = 'main' and database_name = current_database() and not internal "
        "order by view_name"
    ).fetchall()
    columns = con.execute(
        "select table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns() "
        "where schema_name = 'main' and database_name = current_database() and not internal "
        "order by column_index"
    ).fetchall()
    return [
        ViewInfo(name, comment, [ColumnInfo(*rest) for table, *rest in columns if table == name])
        for name, comment in views
    ]


def _install_part(
    con: duckdb.DuckDBPyConnection,
    part: str,
    texts: Mapping[str, str],
    make: Callable[[], object],
) -> bool:
    """Run `make` and record these texts, in one transaction; False when they were recorded."""
    con.execute("create schema if not exists reference")
    con.execute("create table if not exists reference.installed (part varchar, digest varchar)")
    row = [part, _digest(texts)]
    known = con.execute("select 1 from reference.installed where (part, digest) = (?, ?)", row)
    if known.fetchone():
        return False
    con.execute("begin")
    try:
        make()
        con.execute("delete from reference.installed where part = ?", [part])
        con.execute("insert into reference.installed values (?, ?)", row)
        con.execute("commit")
    except BaseException:
        roll_back(con)
        raise
    return True


def _digest(texts: Mapping[str, str]) -> str:
    whole = "\0".join(f"{name}\0{text}" for name, text in sorted(texts.items()))
    return hashlib.sha256(whole.encode()).hexdigest()


def _macro_order(macros: Mapping[str, str]) -> list[str]:
    """Macro names, each after those it calls."""
    calls = {
        name: sorted(set(re.findall(r"\b([a-z_]+)\(", text)) & macros.keys() - {name})
        for name, text in sorted(macros.items())
    }
    return list(TopologicalSorter(calls).static_order())


def _drop_views(con: duckdb.DuckDBPyConnection) -> None:
    """Drop every public view: one that no file defines any more would stay for ever."""
    for view in describe(con):
        con.execute(f"drop view {identifier(view.name)}")


def _create_view(con: duckdb.DuckDBPyConnection, name: str, select: str) -> None:
    view = identifier(name)
    con.execute(f"create or replace view {view} as {select}")
    comment, columns = header(select)
    con.execute(f"comment on view {view} is {literal(comment)}")
    for column, text in columns.items():
        con.execute(f"comment on column {view}.{identifier(column)} is {literal(text)}")

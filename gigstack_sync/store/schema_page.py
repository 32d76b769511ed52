"""Writes sql/README.md from the views themselves: `python -m gigstack_sync.store.schema_page`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gigstack_sync.store.columns import prepare_tables
from gigstack_sync.store.migrations import migrate
from gigstack_sync.store.views import ViewInfo, describe, install, install_macros

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

INTRODUCTION = """# The SQL

One file, one relation, same name. `core/`, `reports/` and `exports/` are the views below, each a
bare `select` that runs as it is; `load/` types each stream's payload; `macros/` hold one rule of
money or calendar each; `reference/` fills the calendar and SAT's code lists; `migrations/` run
once, in order; `checks/` select the rows that break a claim.

A view's header is its documentation and is stored in the database as comments. `*_at` is a UTC
timestamp, `*_on` a local date, `is_*` a boolean. Amounts are in the row's `currency` and are never
added across currencies.

This page is written by `python -m gigstack_sync.store.schema_page > sql/README.md`.
"""


def render(views: Iterable[ViewInfo]) -> str:
    """Markdown: a list of the views, then one table of columns each."""
    listed = list(views)
    index = "".join(f"- [{view.name}](#{view.name}): {view.comment}\n" for view in listed)
    return "\n".join([INTRODUCTION, "## Views\n", index, *map(_section, listed)])


def _section(view: ViewInfo) -> str:
    rows = "".join(
        f"| {column.name} | {_short(column.type)} | {_cell(column.comment)} |\n"
        for column in view.columns
    )
    return f"## {view.name}\n\n{view.comment}\n\n| column | type | |\n|---|---|---|\n{rows}"


def _short(kind: str) -> str:
    """A nested type by its outline: its fields are the columns of other views."""
    if not kind.startswith("STRUCT"):
        return kind
    return "STRUCT[]" if kind.endswith("[]") else "STRUCT"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def blank_database() -> duckdb.DuckDBPyConnection:
    """An in-memory warehouse without rows; close it."""
    import duckdb

    con = duckdb.connect()
    migrate(con)
    install_macros(con)
    prepare_tables(con, "America/Mexico_City")
    install(con)
    return con


if __name__ == "__main__":
    with blank_database() as database:
        sys.stdout.write(render(describe(database)))

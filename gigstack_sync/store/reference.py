"""Schema `reference`: days and SAT's code lists, the same in every file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gigstack_sync.store.sqlfiles import read, sql_root

if TYPE_CHECKING:
    import duckdb


def catalogs_json() -> str:
    """SAT's code lists: a JSON array of {catalog, code, label, valid_from, valid_to, details}."""
    return (sql_root() / "reference" / "catalogs.json").read_text(encoding="utf-8")


def build(con: duckdb.DuckDBPyConnection) -> None:
    """Create reference.calendar and reference.catalogs anew."""
    selects = read("reference")
    con.execute(f"create or replace table reference.calendar as {selects['calendar']}")
    con.execute(
        f"create or replace table reference.catalogs as {selects['catalogs']}", [catalogs_json()]
    )

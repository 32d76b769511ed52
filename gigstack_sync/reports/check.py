"""Claims the mirror must keep: each file of sql/checks selects the rows that break one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gigstack_sync.reports import Row, ask
from gigstack_sync.store.sqlfiles import header, read

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check: what it claims, how many rows break it, and the first of them."""

    name: str
    claim: str
    broken: int
    examples: tuple[Row, ...]


def checks() -> dict[str, str]:
    """Name → the select of each check."""
    return read("checks")


def run(con: duckdb.DuckDBPyConnection, name: str, select: str, *, most: int = 20) -> Outcome:
    """Run one check; `most` rows that break it are kept as examples."""
    select = select.strip().rstrip(";")
    rows = ask(con, f"select *, count(*) over () as rows_in_all from (\n{select}\n) limit {most}")
    broken = rows[0]["rows_in_all"] if rows else 0
    for row in rows:
        del row["rows_in_all"]
    return Outcome(name, header(select).comment, broken, tuple(rows))

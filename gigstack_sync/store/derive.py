"""Schema `derived`: what views would have to work out anew each time, kept after each run.

Its tables follow from the mirror and its history alone; sql/derived/ holds their selects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gigstack_sync.store.derive_keys import (
    CHANGED_INVOICES,
    FOLLOWING,
    GROWING,
    KEYS,
    NOTED,
    SOURCES,
)
from gigstack_sync.store.reading_order import in_order
from gigstack_sync.store.sqlfiles import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

SLICE: Final = 300_000
"""Rows of the longest list whose derived rows are worked out at a time, for the memory it takes."""


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables anew, empty; the next refresh fills them."""
    con.execute("drop schema if exists derived cascade")
    con.execute("create schema derived")
    con.execute("create table derived.state as select 0::bigint as run_id")
    _begin(con, 0)
    for name in KEYS:
        kind = "varchar" if name == "touched_folios" else "ubigint"
        con.execute(f"create or replace temp table {name} (key {kind})")
    con.execute("create table derived.tables (place integer, name varchar)")
    for place, (name, select) in enumerate(_selects(con)):
        con.execute("insert into derived.tables values (?, ?)", [place, name])
        con.execute(f"create table derived.{name} as select * from ({select}) limit 0")


def refresh(con: duckdb.DuckDBPyConnection, *, everything: bool = False) -> bool:
    """Bring the tables up to the newest run that wrote, inside the caller's transaction.

    False when there was none.
    """
    row = con.execute("select run_id from derived.state").fetchone()
    done = 0 if everything or row is None else int(row[0])
    newest = _newest_run(con)
    if newest <= done and not everything:
        return False
    _begin(con, done)
    selects, gathered = read("derived"), dict[str, int]()
    for (name,) in con.execute("select name from derived.tables order by place").fetchall():
        if done == 0:
            _fill(con, name, selects[name])
        else:
            _update(con, name, selects[name], gathered)
    con.execute("update derived.state set run_id = ?", [newest])
    return True


def _selects(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Names and texts, each after the derived tables it reads."""
    selects = read("derived")
    plain = {name: text.replace("derived.", "") for name, text in selects.items()}
    return [(name, selects[name]) for name in in_order(con, plain)]


def _newest_run(con: duckdb.DuckDBPyConnection) -> int:
    union = " union all ".join(f"select max(run_id) as run_id from mirror.{s}" for s in SOURCES)
    row = con.execute(f"select coalesce(max(run_id), 0) from ({union})").fetchone()
    return int(row[0]) if row else 0


def _begin(con: duckdb.DuckDBPyConnection, done: int) -> None:
    """Say in temp tables that the runs after `done` are to be looked at, and nothing noted yet."""
    con.execute(f"create or replace temp table since as select {done:d}::bigint as run_id")
    con.execute("create or replace temp table changed_invoices (key ubigint)")
    if done:
        con.execute(f"insert into changed_invoices {CHANGED_INVOICES}")
    for noted in {noted for notes in NOTED.values() for noted in notes}:
        con.execute(f"create or replace temp table {noted} (key ubigint)")


def _fill(con: duckdb.DuckDBPyConnection, name: str, select: str) -> None:
    """All rows of one table, a slice of the keys at a time."""
    con.execute(f"delete from derived.{name}")
    keys = GROWING[name].keys if name in GROWING else ()
    slices = _longest(con) // SLICE + 1 if keys and GROWING[name].is_sliced else 1
    for number in range(slices):
        for which in keys:
            every, changed = KEYS[which]
            con.execute(
                f"create or replace temp table {which} as select distinct key "
                f"from ({every or changed}) where key is not null "
                f"and (hash(key) % {slices} = {number} or {every is None})"
            )
        con.execute(f"insert into derived.{name} {select}")


def _longest(con: duckdb.DuckDBPyConnection) -> int:
    union = " union all ".join(f"select count(*) as n from mirror.{s}" for s in SOURCES)
    row = con.execute(f"select max(n) from ({union})").fetchone()
    return int(row[0]) if row else 0


def _update(
    con: duckdb.DuckDBPyConnection, name: str, select: str, gathered: dict[str, int]
) -> None:
    """Only the rows that hang on what changed; small tables are made anew."""
    if name not in GROWING:
        con.execute(f"delete from derived.{name}")
        con.execute(f"insert into derived.{name} {select}")
        return
    keys = GROWING[name].keys
    if keys and not _gather(con, keys, gathered):
        return
    if redone := GROWING[name].redone:
        _note(con, name)
        con.execute(f"delete from derived.{name} where {redone}")
    con.execute(f"insert into derived.{name} {select}")
    _note(con, name)


def _gather(con: duckdb.DuckDBPyConnection, keys: Sequence[str], gathered: dict[str, int]) -> bool:
    """Fill the temp tables with what changed; False when that is nothing at all.

    Once a refresh is enough for all but those that read what other tables' rows name.
    """
    for which in keys:
        if which not in gathered or which in FOLLOWING:
            row = con.execute(
                f"create or replace temp table {which} as select distinct key "
                f"from ({KEYS[which].changed}) where key is not null"
            ).fetchone()
            gathered[which] = int(row[0]) if row else 0
    return any(gathered[which] for which in keys)


def _note(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Keep what the redone rows name, before and after: tables that follow look at it anew."""
    for noted, column in NOTED.get(name, {}).items():
        con.execute(
            f"insert into {noted} select distinct {column} from derived.{name} "
            f"where {column} is not null and ({GROWING[name].redone})"
        )

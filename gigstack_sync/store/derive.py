"""Schema `derived`: what views would have to work out anew each time, kept after each run.

Its tables follow from the mirror and its history alone; sql/derived/ holds their selects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gigstack_sync.store.reading_order import in_order
from gigstack_sync.store.sqlfiles import read

if TYPE_CHECKING:
    import duckdb

GROWING: Final = (
    "seen_states",
    "complement_rows",
    "kept_balances",
    "payment_links",
    "loose_payments",
    "unlike_folios",
    "unlike_documents",
    "unlike_sat_records",
    "double_invoices",
    "double_payments",
    "odd_terms",
)
"""Tables that a run only brings up to date; the others are small and made anew."""
SOURCES: Final = (
    "invoices_income",
    "invoices_egress",
    "invoices_payment",
    "invoices_transfer",
    "invoices_sat",
    "payments",
)


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables anew, empty; the next refresh fills them."""
    con.execute("drop schema if exists derived cascade")
    con.execute("create schema derived")
    con.execute("create table derived.state as select 0::bigint as run_id")
    _mark(con, 0, is_all=True)
    for name, select in _selects(con):
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
    _mark(con, done, is_all=done == 0)
    for name, select in _selects(con):
        _fill(con, name, select, is_all=done == 0)
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


def _mark(con: duckdb.DuckDBPyConnection, done: int, *, is_all: bool) -> None:
    """Say in temp tables what the selects shall look at: runs after `done`, complements to redo.

    A complement is redone when it changed, when one of its invoices changed or is not found
    yet, and when nobody has told the day it was cancelled.
    """
    con.execute(_TOUCHED_INVOICES.format(done=done))
    con.execute(f"create or replace temp table since as select {done:d}::bigint as run_id")
    condition = "" if is_all else _REDONE.format(done=done)
    con.execute(
        "create or replace temp table affected as "
        f"select key from mirror.invoices_payment {condition}"
    )

    for statement in _ALL_LINKS if is_all else _REDONE_LINKS:
        con.execute(statement.format(done=done))
    con.execute(_TOUCHED_FOLIOS.format(done=done))


_TOUCHED_INVOICES: Final = """create or replace temp table touched as
    select key from mirror.invoices_income
    where run_id > {done:d} or (status = 'cancelled' and cancelled_on is null)"""
"""Invoices to be summed up anew; `_touch` adds those that complements and notes are about."""
_ALL_LINKS: Final = (
    "create or replace temp table redone_invoices as select key from mirror.invoices_income",
    "create or replace temp table redone_payments as select key from mirror.payments",
)
_REDONE_LINKS: Final = (
    """create or replace temp table redone_invoices as
    select key from mirror.invoices_income where run_id > {done:d}
    union select invoice_key from derived.payment_links where payment_key is null""",
    """create or replace temp table redone_payments as
    select key from mirror.payments where run_id > {done:d}
    union select payment_key from derived.payment_links
        where invoice_key is null or invoice_key in (select key from redone_invoices)""",
    """insert into redone_invoices select invoice_key from derived.payment_links
    where invoice_key is not null and payment_key in (select key from redone_payments)""",
)
"""Payments and invoices whose links are looked up anew: both ends of each link are."""
_TOUCHED_FOLIOS: Final = """create or replace temp table touched_folios as
    select distinct hash(team_id, uuid_fiscal) as folio from (
        select team_id, uuid_fiscal, run_id from mirror.invoices_income
        union all select team_id, uuid_fiscal, run_id from mirror.invoices_egress
        union all select team_id, uuid_fiscal, run_id from mirror.invoices_payment
        union all select team_id, uuid_fiscal, run_id from mirror.invoices_transfer
        union all select team_id, uuid_fiscal, run_id from mirror.invoices_sat
        union all select team_id, fiscal_uuid(unnest([
            body ->> '$.uuid', body ->> '$.stamp.uuid', body ->> '$.id'
        ])), run_id from (
            select team_id, run_id, legible(payload_before) as body from history.changes
            where payload_before is not null and run_id > {done:d} and stream like 'invoices_%'
        )
    ) where run_id > {done:d} and uuid_fiscal is not null"""
"""Folios fiscales of what changed, also those it had before: both sides of each are redone."""
_REDONE: Final = """where run_id > {done:d}
    or (status = 'cancelled' and cancelled_on is null)
    or key in (
        select complement_key from derived.complement_rows
        where invoice_key is null
            or invoice_key in (select key from mirror.invoices_income where run_id > {done:d})
    )"""


def _fill(con: duckdb.DuckDBPyConnection, name: str, select: str, *, is_all: bool) -> None:
    if is_all or name not in GROWING:
        _touch(con, name)
        con.execute(f"delete from derived.{name}")
    elif redone := _ITS_OWN.get(name):
        _touch(con, name)
        con.execute(f"delete from derived.{name} where {redone}")
    con.execute(f"insert into derived.{name} {select}")
    _touch(con, name)


_CHANGED: Final = "select m.key from mirror.{stream} as m, since where m.run_id > since.run_id"
_ITS_OWN: Final = {
    "complement_rows": "complement_key in (select key from affected)",
    "kept_balances": "invoice_key in (select key from touched)",
    "payment_links": "payment_key in (select key from redone_payments) "
    "or invoice_key in (select key from redone_invoices)",
    "loose_payments": "payment_key in (select key from redone_payments)",
    "unlike_folios": "folio in (select folio from touched_folios)",
    "unlike_documents": "folio in (select folio from touched_folios)",
    "unlike_sat_records": "folio in (select folio from touched_folios)",
    "double_invoices": "total in (select total from mirror.invoices_income, since "
    "where mirror.invoices_income.run_id > since.run_id) "
    f"or invoice_key in ({_CHANGED.format(stream='invoices_income')})",
    "double_payments": "total in (select effective_total from mirror.payments, since "
    "where mirror.payments.run_id > since.run_id) "
    f"or payment_key in ({_CHANGED.format(stream='payments')})",
    "odd_terms": " or ".join(
        f"(list = '{kind}' and invoice_key in ({_CHANGED.format(stream=stream)}))"
        for kind, stream in {
            "I": "invoices_income",
            "E": "invoices_egress",
            "P": "invoices_payment",
            "T": "invoices_transfer",
        }.items()
    ),
}
"""Which rows of a growing table are made anew."""
_TOUCHES: Final = {
    "complement_rows": "complement_key in (select key from affected)",
    "credit_allocations": "true",
}
"""Whose rows, before and after, name the invoices to be summed up anew."""


def _touch(con: duckdb.DuckDBPyConnection, name: str) -> None:
    if condition := _TOUCHES.get(name):
        con.execute(
            f"insert into touched select invoice_key from derived.{name} "
            f"where invoice_key is not null and {condition}"
        )

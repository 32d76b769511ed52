"""The conciliation: months that tie out, checks with the rows behind them, SAT, and changes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from gigstack_sync.errors import UsageError
from gigstack_sync.reports import Row, ask

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    import duckdb

SEVERITIES: Final = ("critica", "alta", "media", "baja")
"""From the worst to the least."""
AGAINST_SAT: Final = ("C01", "C02", "C03", "C04", "C05", "C06", "C20", "C22")
"""The checks that compare gigstack with SAT's records."""
FIGURES: Final = (
    "invoiced",
    "credited",
    "collected",
    "collected_with_rep",
    "on_account",
    "settled",
    "outstanding",
)
"""The columns of the months that have rows behind them."""


def months(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Rows of conciliation_months, oldest month first."""
    return ask(con, "select * from conciliation_months order by month, currency")


def movements(con: duckdb.DuckDBPyConnection, figure: str) -> list[Row]:
    """The rows whose `amount` adds up to one figure of the months."""
    if figure not in FIGURES:
        raise UsageError(f"No figure is called {figure!r}.", hint=f"Try: {', '.join(FIGURES)}")
    return ask(
        con,
        f"select month, dated_on, record_type, record_id, uuid_fiscal, client_name, currency, "
        f"{figure} as amount from conciliation_movements where {figure} <> 0 "
        "order by dated_on, record_id",
    )


def checks(con: duckdb.DuckDBPyConnection, codes: Iterable[str] = ()) -> list[Row]:
    """Rows as in view conciliation_checks, the worst first; of some checks alone when named.

    The views are asked one after the other: all of them at once would need their memory at once.
    """
    wanted = set(codes)
    rules = [r for r in ask(con, _RULES) if not wanted or r["code"] in wanted]
    counted: list[Row] = []
    for view in dict.fromkeys(r["rows_in"] for r in rules if r["rows_in"]):
        counted += ask(con, _COUNTS.format(view=view))
    return [row for rule in rules for row in _judged(rule, counted)]


_RULES: Final = """
select rules.* exclude (needs), case
    when not exists (select 1 from sat_cfdis) and rules.code in
        ('C01', 'C02', 'C03', 'C04', 'C05', 'C06', 'C20') then 'SAT''s records'
    else rules.needs end as needs
from conciliation_rules as rules order by severity_rank, code"""

_COUNTS: Final = """
select code, currency,
    count(*) filter (where state = 'found') as findings,
    coalesce(sum(found.amount) filter (where state = 'found'), 0)::decimal(38, 6) as amount,
    count(*) filter (where state = 'pending') as pending,
    coalesce(sum(found.amount) filter (where state = 'pending'), 0)::decimal(38, 6)
        as pending_amount,
    count(*) filter (where state = 'undecided') as undecided
from {view} as found cross join cut
where within_period(found.dated_on, cut.from_on, cut.to_on)
group by code, currency order by code, currency"""

_NOTHING: Final[Row] = {
    "currency": None,
    "findings": 0,
    "amount": Decimal(0),
    "pending": 0,
    "pending_amount": Decimal(0),
    "undecided": 0,
}


def _judged(rule: Row, counted: list[Row]) -> list[Row]:
    named = ("code", "title", "title_es", "severity", "severity_rank")
    own = [row for row in counted if row["code"] == rule["code"]] or [_NOTHING]
    return [
        {
            **{name: rule[name] for name in named},
            "outcome": _outcome(rule, row),
            "needs": rule["needs"],
            **{name: row[name] for name in _NOTHING},
        }
        for row in own
    ]


def _outcome(rule: Row, row: Row) -> str:
    if row["findings"]:
        return "differences"
    if rule["needs"]:
        return "needs"
    return next((state for state in ("pending", "undecided") if row[state]), "clear")


def evidence(con: duckdb.DuckDBPyConnection, code: str) -> list[Row]:
    """Rows of one check: those found first, then the pending and the undecided."""
    (rule,) = ask(con, "select rows_in from conciliation_rules where code = ?", [code])
    if rule["rows_in"] is None:
        return []
    return ask(
        con,
        f"select found.* from {rule['rows_in']} as found cross join cut "
        "where code = ? and within_period(found.dated_on, cut.from_on, cut.to_on) order by "
        "case state when 'found' then 0 when 'pending' then 1 else 2 end, dated_on, "
        "found.currency, coalesce(payment_id, invoice_id, related_id)",
        [code],
    )


def known_code(text: str) -> str:
    """A code as the checks spell it; UsageError when there is no such check."""
    code = text.strip().upper()
    number = code.removeprefix("C")
    if number.isdecimal() and number.isascii() and 1 <= int(number) <= 25:
        return f"C{int(number):02}"
    raise UsageError(f"There is no check {text!r}.", hint="They are C01 to C25.")


def matrix(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Rows of conciliation_matrix over all companies of the cut, largest first."""
    return ask(
        con,
        "select gigstack_status, sat_status, invoice_type, currency, sum(cfdis)::bigint as cfdis, "
        "sum(amount) as amount from conciliation_matrix group by all "
        "order by gigstack_status, sat_status, cfdis desc, invoice_type, currency",
    )


def coverage(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Rows of conciliation_coverage, of the company of the cut."""
    return ask(
        con,
        "select coverage.* from conciliation_coverage as coverage, cut "
        "where cut.team_id is null or coverage.team_id = cut.team_id order by all",
    )


def changes(con: duckdb.DuckDBPyConnection, since: datetime) -> list[Row]:
    """Rows of conciliation_changes observed at or after a UTC moment (naive), newest first."""
    return ask(
        con,
        "select * from conciliation_changes where observed_at >= ? "
        "order by observed_at desc, dated_on, record_id",
        [since],
    )


def reached(found: Iterable[Row], severity: str) -> list[str]:
    """Codes with differences at least as bad as `severity`."""
    worst = SEVERITIES[: SEVERITIES.index(severity) + 1]
    return sorted({row["code"] for row in found if row["findings"] and row["severity"] in worst})

"""What will come in: revenue, collections, global invoices and cash, per currency.

Views hold the history and the chances; the series are estimated here. Amounts leave as Decimal
cents; floats stay inside the estimators.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.reports import Both, Row, ask, ask_by_currency, ask_one, in_turn
from gigstack_sync.reports.forecast_collections import Collections, read_collections
from gigstack_sync.reports.forecast_revenue import Estimate, History, Outlook, outlook
from gigstack_sync.reports.forecast_series import SHORTEST

if TYPE_CHECKING:
    import duckdb

CENT: Final = Decimal("0.01")
ASKED_TWICE: Final = {
    "forecast_cases": "from main.forecast_cases",
    "forecast_clients": "from main.forecast_clients",
    "forecast_curve": "from main.forecast_curve",
    "forecast_open": "from main.forecast_open",
}
"""View → what of it the forecast of collections reads more than once."""


@dataclass(frozen=True, slots=True)
class Money:
    """An estimate in cents; low and high are None where the past gives no band."""

    value: Decimal
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month as it was."""

    starts_on: date
    invoiced: Decimal
    collected: Decimal
    receipts: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """A month to come; for the month of the cut, the whole of it."""

    starts_on: date
    revenue: Money
    collections: Money
    risk: Decimal | None
    """Expected to be open still at its end, of what is high risk now; None where unknown."""


@dataclass(frozen=True, slots=True)
class Revenue:
    """History and projections of one currency."""

    history: list[Month]
    months: int
    """Complete months since the first with anything in it."""
    average: Decimal
    """Mean of those of the last six complete months with anything invoiced."""
    invoiced: Outlook
    collected: Outlook
    ahead: list[Ahead]
    so_far: Decimal


@dataclass(frozen=True, slots=True)
class Links:
    """Payment links nobody has paid yet; chances are None where history is too short."""

    count: int
    amount: Decimal
    expected: Decimal | None
    expected_week: Decimal | None
    cases: int


@dataclass(frozen=True, slots=True)
class Globals:
    """Receipts that wait, and the global invoices they are expected to end in."""

    count: int
    amount: Decimal
    expected_count: Decimal
    expected: Decimal
    late: int
    cases: int
    """Receipts of the past that the estimate rests on; 0 means that all are taken to end there."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """One currency."""

    currency: str
    revenue: Revenue
    collections: Collections
    links: Links
    receipts: Globals


def forecast(
    con: duckdb.DuckDBPyConnection, months: int, both: Both = in_turn
) -> dict[str, Forecast]:
    """Currency → forecast, pesos first, then by what was invoiced lately; apply the cut before."""
    as_of: date = ask_one(con, "select as_of from cut")["as_of"]
    (rows, receipts), (collections, links) = both(
        con,
        lambda other: (ask(other, _MONTHS), ask_by_currency(other, _RECEIPTS)),
        lambda own: (_collections(own, as_of), ask_by_currency(own, _LINKS)),
    )
    names = {row["currency"] for row in rows} | collections.keys() | links.keys() | receipts.keys()
    made = {
        name: Forecast(
            name,
            read_revenue(
                [row for row in rows if row["currency"] == name],
                as_of,
                months,
                collections.get(name, Collections.none()),
            ),
            collections.get(name, Collections.none()),
            _links(links.get(name)),
            _globals(receipts.get(name)),
        )
        for name in names
    }
    return dict(sorted(made.items(), key=lambda item: _weight(item[1])))


def _collections(con: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, Collections]:
    with kept(con, ASKED_TWICE):
        return read_collections(con, as_of)


def nothing(as_of: date, months: int) -> Forecast:
    """The forecast of a business without a single row."""
    owed = Collections.none()
    return Forecast("", read_revenue([], as_of, months, owed), owed, _links(None), _globals(None))


@contextmanager
def kept(con: duckdb.DuckDBPyConnection, views: Mapping[str, str]) -> Iterator[None]:
    """Work views out once: until the end of the block, temporary tables stand in their place."""
    done: list[str] = []
    try:
        for view, select in views.items():
            con.execute(f"create temp table {view} as {select}")
            done.append(view)
        yield
    finally:
        for view in done:
            con.execute(f"drop table temp.{view}")


def read_revenue(rows: list[Row], as_of: date, months: int, collections: Collections) -> Revenue:
    """Rows of forecast_months of one currency, any order, as history and projections."""
    by_month = _merged(rows)
    starts = _months(min(by_month, default=as_of.replace(day=1)), as_of)
    history = [_month(start, by_month.get(start)) for start in starts]
    invoiced = outlook(history_of("invoiced", by_month, starts, as_of), months)
    collected = outlook(history_of("collected", by_month, starts, as_of), months)
    first = as_of.replace(day=1)
    ahead = [
        Ahead(
            start := add_months(first, step),
            money(invoiced.steps[step]),
            money(collected.steps[step]),
            collections.risk_at_end_of(start),
        )
        for step in range(months + 1)
    ]
    past = [month.invoiced for month in history[:-1][-6:] if month.invoiced > 0]
    return Revenue(
        history[-7:-1],
        len(history) - 1,
        cents(sum(past) / len(past)) if past else Decimal(0),
        invoiced,
        collected,
        ahead,
        history[-1].invoiced,
    )


def history_of(
    what: str, by_month: dict[date, Row], starts: Sequence[date], as_of: date
) -> History:
    """One series for the estimators: `invoiced` or `collected`; months without rows are 0."""

    def values(column: str) -> list[float]:
        return [float(by_month[start][column]) if start in by_month else 0.0 for start in starts]

    totals, by_day = values(what), values(f"{what}_to_day")
    if len(totals) > SHORTEST + 1:  # a business, or its mirror, seldom begins on the first
        totals, by_day = totals[1:], by_day[1:]
    length = (add_months(starts[-1], 1) - starts[-1]).days
    return History(totals[:-1], by_day[:-1], totals[-1], as_of.day / length)


def history_by_currency(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, History]]:
    """Currency → `invoiced` and `collected` at the cut, as the estimators take them."""
    as_of: date = ask_one(con, "select as_of from cut")["as_of"]
    rows = ask(con, _MONTHS)
    found = {}
    for currency in sorted({row["currency"] for row in rows}):
        by_month = _merged([row for row in rows if row["currency"] == currency])
        starts = _months(min(by_month), as_of)
        found[currency] = {
            what: history_of(what, by_month, starts, as_of) for what in ("invoiced", "collected")
        }
    return found


def add_months(first: date, count: int) -> date:
    """The first of the month so many months later."""
    place = first.year * 12 + first.month - 1 + count
    return date(place // 12, place % 12 + 1, 1)


def cents(value: Decimal | float) -> Decimal:
    """Rounded half up to the cent."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return exact.quantize(CENT, ROUND_HALF_UP)


def money(estimate: Estimate) -> Money:
    """Cents of an estimate."""
    low, high = estimate.low, estimate.high
    return Money(
        cents(estimate.value),
        None if low is None else cents(low),
        None if high is None else cents(high),
    )


def _merged(rows: list[Row]) -> dict[date, Row]:
    """Month → sums over the companies."""
    merged: dict[date, Row] = {}
    for row in rows:
        known = merged.setdefault(row["month_start"], dict.fromkeys(_SUMMED, Decimal(0)))
        for column in _SUMMED:
            known[column] += row[column]
    return merged


def _months(first: date, as_of: date) -> list[date]:
    count = (as_of.year - first.year) * 12 + as_of.month - first.month
    return [add_months(first, n) for n in range(count + 1)]


def _month(start: date, row: Row | None) -> Month:
    if row is None:
        return Month(start, Decimal(0), Decimal(0), 0)
    return Month(start, cents(row["invoiced"]), cents(row["collected"]), int(row["receipts"]))


def _links(row: Row | None) -> Links:
    if row is None:
        return Links(0, Decimal(0), Decimal(0), Decimal(0), 0)
    return Links(
        row["count"], cents(row["amount"]), row["expected"], row["expected_week"], row["cases"]
    )


def _globals(row: Row | None) -> Globals:
    if row is None:
        return Globals(0, Decimal(0), Decimal(0), Decimal(0), 0, 0)
    return Globals(
        row["count"],
        cents(row["amount"]),
        cents(row["expected_count"]),
        cents(row["expected"]),
        row["late"],
        row["cases"],
    )


def _weight(made: Forecast) -> tuple[Any, ...]:
    recent = sum(month.invoiced for month in made.revenue.history) + made.revenue.so_far
    return (made.currency != "MXN", -recent, -made.collections.balance, made.currency)


_SUMMED: Final = ("invoiced", "invoiced_to_day", "collected", "collected_to_day", "receipts")

_MONTHS: Final = """
select currency, month_start, invoiced, invoiced_to_day, collected, collected_to_day, receipts
from forecast_months where currency is not null
"""

_LINKS: Final = """
select currency, count(*) as count, sum(total) as amount, sum(expected) as expected,
    cast(sum(cast(total as double) * paid_7) as decimal(18, 2)) as expected_week,
    max(cases) as cases
from forecast_links where currency is not null group by currency
"""

_RECEIPTS: Final = """
select currency, count(*) as count, sum(total) as amount, sum(expected_global) as expected,
    sum(1 - coalesce(self_invoiced, 0)) as expected_count,
    count(*) filter (where is_late) as late, max(cases) as cases
from forecast_receipts cross join cut
where currency is not null and period_end <= last_day(cut.as_of) group by currency
"""

"""What is expected of open credit invoices: weeks, months, and what is not expected at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import sqrt
from typing import TYPE_CHECKING, Final

from gigstack_sync.reports import Row, ask

if TYPE_CHECKING:
    import duckdb

HIGH_RISK_DAYS: Final = 90
"""Days since issue beyond which the official command line speaks of high risk."""
RISKIEST: Final = 3
_WIDTH: Final = 1.2816
"""Standard deviations that hold four fifths of a normal distribution."""
_SHARED: Final = 0.15
"""Share of a forecast that all clients together may be off by."""


@dataclass(frozen=True, slots=True)
class Period:
    """A week or month: expected of the invoices that can be given a date, with a band."""

    starts_on: date
    ends_on: date
    expected: Decimal
    low: Decimal
    high: Decimal
    high_risk_open: Decimal


@dataclass(frozen=True, slots=True)
class Risky:
    """An open invoice among those least likely to be paid."""

    client: str
    balance: Decimal
    days: int
    probability: float
    cases: int
    """Payments of that client behind it."""


@dataclass(frozen=True, slots=True)
class Collections:
    """The open credit invoices of one currency. What is expected is so within a year.

    balance = expected + loss, and expected = dated + undated: those older than nine in ten
    are when they are paid get no date.
    """

    balance: Decimal
    invoices: int
    cases: int
    """Payments the chances rest on; fewer than twenty and nothing is estimated."""
    high_risk: Decimal
    high_risk_invoices: int
    undated_balance: Decimal
    undated_invoices: int
    expected: Decimal | None = None
    undated: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    weeks: list[Period] = field(default_factory=list)
    months: list[Period] = field(default_factory=list)
    riskiest: list[Risky] = field(default_factory=list)

    @classmethod
    def none(cls) -> Collections:
        """Of a currency in which nothing is owed."""
        nil = Decimal("0.00")
        return cls(nil, 0, 0, nil, 0, nil, 0, expected=nil, undated=nil, low=nil, high=nil)

    @property
    def loss(self) -> Decimal | None:
        """What is not expected within a year."""
        return None if self.expected is None else self.balance - self.expected

    def risk_at_end_of(self, month: date) -> Decimal | None:
        """What is expected to be open still of the balances that are high risk now."""
        if not self.invoices:
            return self.balance
        for period in self.months:
            if (period.ends_on.year, period.ends_on.month) == (month.year, month.month):
                return period.high_risk_open
        return None


def read_collections(con: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, Collections]:
    """Currency → what is open and what is expected of it."""
    totals = ask(con, _TOTALS.format(days=HIGH_RISK_DAYS))
    periods = ask(con, _PERIODS)
    risky = ask(con, _RISKIEST.format(count=RISKIEST))
    return {
        total["currency"]: _collections(
            total,
            [row for row in periods if row["currency"] == total["currency"]],
            [row for row in risky if row["currency"] == total["currency"]],
        )
        for total in totals
    }


def band(expected: float, variance: float, most: float) -> tuple[float, float]:
    """Low and high of an expected sum: single invoices by chance, all together by a share."""
    width = _WIDTH * sqrt(max(0.0, variance) + (_SHARED * expected) ** 2)
    return max(0.0, expected - width), min(most, expected + width)


def _collections(total: Row, periods: list[Row], risky: list[Row]) -> Collections:
    facts = {name: total[name] for name in _FACTS}
    if total["expected"] is None:
        return Collections(**facts)
    balance = total["balance"]
    year = next((row for row in periods if row["kind"] == "year"), None)
    low, high = _cents_of_band(total["expected"], year["variance"] if year else 0.0, balance)
    return Collections(
        **facts,
        expected=total["expected"],
        undated=total["undated"],
        low=low,
        high=high,
        weeks=[_period(row, balance) for row in periods if row["kind"] == "week"],
        months=[_period(row, balance) for row in periods if row["kind"] == "month"],
        riskiest=[_risky(row) for row in risky],
    )


def _period(row: Row, balance: Decimal) -> Period:
    low, high = _cents_of_band(row["expected"], row["variance"], balance)
    return Period(
        row["starts_on"], row["ends_on"], row["expected"], low, high, row["high_risk_open"]
    )


def _cents_of_band(expected: Decimal, variance: float, most: Decimal) -> tuple[Decimal, Decimal]:
    low, high = band(float(expected), variance, float(most))
    return Decimal(f"{low:.2f}"), Decimal(f"{high:.2f}")


def _risky(row: Row) -> Risky:
    return Risky(
        row["client_name"] or row["client_key"] or "",
        row["balance"],
        row["days_open"],
        row["paid_365"],
        row["client_cases"],
    )


_FACTS: Final = (
    "balance",
    "invoices",
    "cases",
    "high_risk",
    "high_risk_invoices",
    "undated_balance",
    "undated_invoices",
)

_TOTALS: Final = """
select currency, cast(sum(balance) as decimal(38, 2)) as balance, count(*) as invoices,
    max(cases) as cases,
    cast(coalesce(sum(balance) filter (where days_open > {days}), 0)
        as decimal(38, 2)) as high_risk,
    count(*) filter (where days_open > {days}) as high_risk_invoices,
    cast(coalesce(sum(balance) filter (where is_undated), 0)
        as decimal(38, 2)) as undated_balance,
    count(*) filter (where is_undated) as undated_invoices,
    sum(expected) as expected,
    coalesce(sum(expected) filter (where is_undated), 0) as undated
from forecast_open where currency is not null group by currency
"""

_PERIODS: Final = """
select currency, kind, starts_on, ends_on, cast(sum(expected) as decimal(38, 2)) as expected,
    sum(variance) as variance, cast(sum(high_risk_open) as decimal(38, 2)) as high_risk_open
from forecast_periods where currency is not null
group by currency, kind, starts_on, ends_on order by starts_on, ends_on
"""

_RISKIEST: Final = """
select currency, client_name, client_key, balance, days_open, paid_365, client_cases
from forecast_open where is_estimated
qualify row_number() over (
    partition by currency order by round(paid_365, 4), balance desc, invoice_id
) <= {count}
order by currency, round(paid_365, 4), balance desc, invoice_id
"""

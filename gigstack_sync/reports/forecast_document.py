"""The forecast as one document: the official command line's keys, then bands and methods.

The main currency is at the top level, as there is only one in the official document; `currencies`
holds every one by itself. Probabilities are floats, amounts Decimal, unknown values None.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.reports import Both, ask, ask_one, in_turn
from gigstack_sync.reports.forecast import (
    Ahead,
    Forecast,
    Globals,
    Links,
    Money,
    Revenue,
    forecast,
    nothing,
)
from gigstack_sync.reports.forecast_collections import Collections, Period
from gigstack_sync.reports.forecast_revenue import LEVEL, Outlook
from gigstack_sync.reports.forecast_series import SHORTEST

if TYPE_CHECKING:
    import duckdb

MONTHS: Final = (
    *("Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio"),
    *("Julio", "Agosto", "Septiembre", "Octubre", "Noviembre", "Diciembre"),
)
FEWEST_CASES: Final = 20
"""Payments below which no chance is given; the views hold the same number."""
THIN: Final = 60
"""Payments below which the reader is told how few they are."""
STEADY: Final = 0.005
"""Growth a month from which a business grows or declines rather than being stable."""


def document(con: duckdb.DuckDBPyConnection, months: int, both: Both = in_turn) -> dict[str, Any]:
    """Everything that is forecast at the applied cut, and in `notes` what it does not rest on."""
    as_of: date = ask_one(con, "select as_of from cut")["as_of"]
    made = forecast(con, months, both)
    sections = {currency: _section(each) for currency, each in made.items()}
    main = next(iter(sections.values()), None) or _section(nothing(as_of, months))
    return {
        "period": month_name(as_of),
        "as_of": as_of,
        "team": _team(con),
        "currency": next(iter(made), "MXN"),
        **{key: value for key, value in main.items() if key != "notes"},
        "currencies": sections,
        "level": LEVEL,
        "notes": [f"{name}: {note}" for name, each in sections.items() for note in each["notes"]],
    }


def month_name(day: date) -> str:
    """Noviembre 2026, as the official document names months."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def _section(made: Forecast) -> dict[str, Any]:
    return {
        "revenue": _revenue(made.revenue),
        "collections_risk": _risk(made.collections),
        "eom_estimate": _global(made.receipts),
        "cash_flow": _cash(made),
        "notes": list(_notes(made)),
    }


def _revenue(revenue: Revenue) -> dict[str, Any]:
    now, *later = revenue.ahead
    growth = revenue.invoiced.growth
    return {
        "monthly_average_6m": revenue.average,
        "trend_pct": round(growth * 100, 2),
        "trend_direction": direction(growth),
        "projected_this_month": now.revenue.value,
        "projected_this_month_band": _band(now.revenue),
        "invoiced_so_far": revenue.so_far,
        "projected_collections_this_month": now.collections.value,
        "projected_collections_this_month_band": _band(now.collections),
        "projections": [_ahead(month) for month in later],
        "monthly_history": [
            {
                "month": month_name(month.starts_on),
                "invoiced": month.invoiced,
                "collected": month.collected,
                "receipts": month.receipts,
                "starts_on": month.starts_on,
            }
            for month in revenue.history
        ],
        "months_of_history": revenue.months,
        "method": {
            "revenue": revenue.invoiced.method,
            "collections": revenue.collected.method,
        },
        "coverage": {
            "revenue": _coverage(revenue.invoiced),
            "collections": _coverage(revenue.collected),
        },
    }


def direction(growth: float) -> str:
    """The official word for a growth a month."""
    if abs(growth) < STEADY:
        return "stable"
    return "growing" if growth > 0 else "declining"


def _ahead(month: Ahead) -> dict[str, Any]:
    return {
        "month": month_name(month.starts_on),
        "revenue": month.revenue.value,
        "collections": month.collections.value,
        "risk": month.risk,
        "starts_on": month.starts_on,
        "revenue_band": _band(month.revenue),
        "collections_band": _band(month.collections),
    }


def _band(money: Money) -> dict[str, Decimal] | None:
    if money.low is None or money.high is None:
        return None
    return {"low": money.low, "high": money.high}


def _coverage(outlook: Outlook) -> dict[str, Any]:
    share = outlook.coverage
    return {
        "aimed": LEVEL,
        "measured": None if share is None else round(share, 3),
        "origins": outlook.origins,
    }


def _risk(owed: Collections) -> dict[str, Any]:
    share = None
    if owed.expected is not None and owed.balance:
        share = round(100 * owed.expected / owed.balance)
    band = None if owed.low is None else {"low": owed.low, "high": owed.high}
    return {
        "total_pending": owed.balance,
        "invoice_count": owed.invoices,
        "expected_recovery": owed.expected,
        "recovery_pct": share,
        "likely_loss": owed.loss,
        "high_risk": {"amount": owed.high_risk, "count": owed.high_risk_invoices},
        "top_risk": [
            asdict(each) | {"probability": round(each.probability, 4)} for each in owed.riskiest
        ],
        "expected_recovery_band": band,
        "expected_within_days": 365,
        "method": "hazard of payment by age",
        "cases": owed.cases,
        "undated": {
            "amount": owed.undated_balance,
            "count": owed.undated_invoices,
            "expected": owed.undated,
        },
        "weeks": [_period(period) for period in owed.weeks],
        "months": [_period(period) for period in owed.months],
    }


def _period(period: Period) -> dict[str, Any]:
    return {
        "from": period.starts_on,
        "to": period.ends_on,
        "expected": period.expected,
        "low": period.low,
        "high": period.high,
    }


def _global(receipts: Globals) -> dict[str, Any]:
    rate = None
    if receipts.cases and receipts.count:
        rate = round(100 * (1 - receipts.expected_count / receipts.count))
    return {
        "pending_receipts": receipts.count,
        "pending_amount": receipts.amount,
        "self_invoice_rate": rate,
        "estimated_global_count": round(receipts.expected_count),
        "estimated_global_amount": receipts.expected,
        "late_receipts": receipts.late,
        "cases": receipts.cases,
    }


def _cash(made: Forecast) -> dict[str, Any]:
    links, owed = made.links, made.collections
    rate = None
    if links.expected is not None and links.amount:
        rate = round(100 * links.expected / links.amount)
    known = links.expected is not None and owed.expected is not None
    weeks = list(cash_weeks(links, owed))
    return {
        "pending_payment_links": links.count,
        "pending_links_amount": links.amount,
        "conversion_rate": rate,
        "expected_from_links": links.expected,
        "expected_from_ppd": owed.expected,
        "total_expected": (links.expected or 0) + (owed.expected or 0) if known else None,
        "links_cases": links.cases,
        "weeks": weeks,
    }


def cash_weeks(links: Links, owed: Collections) -> list[dict[str, Any]]:
    """Invoices and links by week; links later than the first week are spread up to the 30th day."""
    rest = (links.expected or Decimal(0)) - (links.expected_week or Decimal(0))
    weeks = []
    for n, period in enumerate(owed.weeks):
        share = links.expected_week or Decimal(0) if n == 0 else rest / 3 if n < 4 else Decimal(0)
        from_links = share.quantize(Decimal("0.01"))
        weeks.append(
            _period(period)
            | {
                "from_ppd": period.expected,
                "from_links": from_links,
                "expected": period.expected + from_links,
                "low": period.low,
                "high": period.high + from_links,
            }
        )
    return weeks


def _notes(made: Forecast) -> list[str]:
    notes = []
    if made.revenue.months < SHORTEST:
        notes.append(
            f"only {made.revenue.months} complete months of history: revenue is their mean, "
            "which is insufficient for a forecast."
        )
    elif made.revenue.invoiced.coverage is None:
        notes.append("too few months of history to measure how wrong the revenue forecast is.")
    owed = made.collections
    if owed.invoices and owed.expected is None:
        notes.append(
            f"only {owed.cases} payments of credit invoices are known; with fewer than "
            f"{FEWEST_CASES} there is no estimate of what will be collected."
        )
    elif owed.invoices and owed.cases < THIN:
        notes.append(f"collections rest on no more than {owed.cases} payments.")
    if made.links.count and made.links.expected is None:
        notes.append("too few payment links were ever paid or lost to say what they bring.")
    if made.receipts.count and not made.receipts.cases:
        notes.append("no period of receipts has ended yet: all are taken to end in a global one.")
    return notes


def _team(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Name and RFC of the company asked for, or of the only one; {} when there are several."""
    teams = ask(con, _TEAM)
    if len(teams) != 1:
        return {}
    return {key: value for key, value in teams[0].items() if value is not None}


_TEAM: Final = """
select coalesce(nullif(teams.legal_name, ''), teams.alias, teams.name) as name, teams.tax_id
from teams cross join cut
where teams.deleted_at is null and (
    teams.id = cut.team_id
    or (cut.team_id is null and teams.id in (select distinct team_id from invoices))
)
"""

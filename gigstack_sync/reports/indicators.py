"""How well a business collects: DSO and its best case, CEI, days to pay, concentration."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.reports import Both, Cut, Row, apply, ask, ask_by_currency, in_turn

if TYPE_CHECKING:
    import duckdb

PERIOD: Final = 90
"""Days looked at unless --from and --to say otherwise."""
ZERO: Final = Decimal(0)
TOP: Final = 10


def indicators(con: duckdb.DuckDBPyConnection, cut: Cut, both: Both = in_turn) -> dict[str, Any]:
    """Per currency, over cut.from_on to cut.as_of (90 days by default); None where undefined.

    DSO = receivable / credit sales × days; best-possible DSO takes what is not due; ADD is their
    difference. CEI = (opening + sales - receivable) / (opening + sales - not due) × 100.
    """
    (known,) = ask(con, "cut")
    last = known["as_of"]
    first = known["from_on"] or last - timedelta(days=PERIOD - 1)
    opening = _receivable(con, replace(cut, as_of=first - timedelta(days=1), from_on=None))
    whole = replace(cut, as_of=last, from_on=first, to_on=last)
    closing = _receivable(con, whole)
    pace, clients = both(con, _paces, _concentrations)
    days = (last - first).days + 1
    names = sorted({*closing, *pace}, key=str)
    return {
        "from": first,
        "to": last,
        "days": days,
        "currencies": {
            name or "": _of(opening.get(name), closing.get(name), days)
            | _pace(pace.get(name))
            | _concentration([row for row in clients if row["currency"] == name])
            for name in names
        },
    }


def _receivable(con: duckdb.DuckDBPyConnection, cut: Cut) -> dict[str, Row]:
    apply(con, cut)
    return ask_by_currency(con, "cobranza_receivable")


def _paces(con: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    return ask_by_currency(con, "cobranza_paid_days")


def _concentrations(con: duckdb.DuckDBPyConnection) -> list[Row]:
    return ask(con, "select * from cobranza_concentration order by currency, place")


def _of(opening: Row | None, closing: Row | None, days: int) -> Row:
    begin = opening or _NOTHING
    end = closing or _NOTHING
    unknown = begin["unknown_invoices"]
    sales, owed = end["sales"], end["receivable"]
    dso, best = ratio(owed * days, sales), ratio(end["not_due"] * days, sales)
    start = None if unknown else begin["receivable"]
    return {
        "opening_receivable": start,
        "opening_unknown": unknown,
        "receivable": owed,
        "receivable_unknown": end["unknown_invoices"],
        "not_due": end["not_due"],
        "overdue": end["overdue"],
        "overdue_share": ratio(end["overdue"], owed, 4),
        "sales": sales,
        "dso": dso,
        "best_possible_dso": best,
        "average_days_delinquent": None if dso is None or best is None else dso - best,
        "cei": None
        if start is None
        else ratio((start + sales - owed) * 100, start + sales - end["not_due"]),
    }


_NOTHING: Final[Row] = {
    "receivable": ZERO,
    "not_due": ZERO,
    "overdue": ZERO,
    "sales": ZERO,
    "unknown_invoices": 0,
}


def _pace(row: Row | None) -> Row:
    names = ("payments", "amount", "days_to_pay", "days_late")
    return {
        "collected" if name == "amount" else name: _rounded(row[name]) if row else None
        for name in names
    }


def _concentration(clients: list[Row]) -> Row:
    return {
        "debtors": len(clients),
        "hhi": _rounded(sum((row["squared_share"] for row in clients), ZERO), 4)
        if clients
        else None,
        "top": [
            {
                "client": row["client_key"],
                "name": row["client_name"],
                "balance": row["balance"],
                "share": _rounded(row["share"], 4),
                "cumulative_share": _rounded(row["cumulative_share"], 4),
            }
            for row in clients[:TOP]
        ],
    }


def ratio(numerator: Decimal, denominator: Decimal, digits: int = 2) -> Decimal | None:
    """An exact quotient, rounded once; None when dividing by zero."""
    return _rounded(numerator / denominator, digits) if denominator else None


def _rounded(value: Any, digits: int = 2) -> Any:
    if not isinstance(value, Decimal):
        return value
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)

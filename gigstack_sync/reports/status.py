"""The state of the business: invoices, payments, receipts and what is owed, per currency.

Amounts are summed exactly and rounded once, at the total, to the decimals of the currency.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.reports import Both, Row, ask, ask_one, in_turn
from gigstack_sync.reports.amounts import rounded

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

PESO: Final = "MXN"
ZERO: Final = Decimal("0.00")
AGES: Final = ("current", "d30", "d60", "d90", "over90")
"""Days since issue: 0-15, 16-30, 31-60, 61-90, more. The official names."""
_PAPERS: Final = {"invoices": "status_invoices", "receipts": "status_receipts"}
_MONEY: Final = {"payments": "status_payments", "cobranza": "status_cobranza"}
_PARTS: Final = ("invoices", "payments", "receipts", "cobranza")


def status(con: duckdb.DuckDBPyConnection, both: Both = in_turn) -> dict[str, Any]:
    """Period, team, the official keys of the main currency, and all currencies beside it."""
    cut = ask_one(con, "cut")
    papers, money = both(con, lambda other: _asked(other, _PAPERS), lambda own: _asked(own, _MONEY))
    rows = papers | money
    names = {name for found in rows.values() for name in found}
    sections = {name: _section(rows, name) for name in sorted(names, key=_order(rows))}
    main = next(iter(sections), PESO)
    return {
        "period": _period(cut),
        "as_of": cut["as_of"],
        "team": _team(con, cut["team_id"]),
        "currency": main,
        **(sections.get(main) or _section(rows, main)),
        "currencies": sections,
        "mxn": _in_pesos(rows),
        "notes": _notes(con, cut),
    }


def _asked(con: duckdb.DuckDBPyConnection, views: Mapping[str, str]) -> dict[str, dict[str, Row]]:
    """Part → currency → the row of its view."""
    return {
        part: {row["currency"] or "": row for row in ask(con, view)} for part, view in views.items()
    }


def _order(rows: dict[str, dict[str, Row]]) -> Any:
    """Pesos first, then by what was invoiced, largest first."""
    invoiced = {name: row["valid_total"] for name, row in rows["invoices"].items()}
    return lambda name: (name != PESO, -invoiced.get(name, ZERO), name)


def _period(cut: Row) -> dict[str, Any]:
    if cut["from_on"] is None and cut["to_on"] in (None, cut["as_of"]):
        return {"note": "all records"}
    return {"from": cut["from_on"], "to": cut["to_on"]}


def _team(con: duckdb.DuckDBPyConnection, team_id: str | None) -> dict[str, Any]:
    """Name and RFC of the company asked for, or of the only one; {} when there are several."""
    teams = ask(
        con,
        "select coalesce(nullif(legal_name, ''), alias, name) as name, tax_id from teams "
        "where deleted_at is null and (id = $1 or ($1 is null and id in "
        "(select team_id from sync.windows))) order by id",
        [team_id],
    )
    if len(teams) != 1:
        return {}
    return {key: value for key, value in teams[0].items() if value is not None}


def _section(rows: dict[str, dict[str, Row]], currency: str) -> dict[str, Any]:
    invoices, payments, receipts, owed = (
        _Numbers(rows[part].get(currency, {}), currency) for part in _PARTS
    )
    return {
        "invoices": _invoices(invoices),
        "payments": _payments(payments),
        "receipts": _receipts(receipts),
        "cobranza": _cobranza(owed),
        "conciliation": {
            "collected": payments.amount("collected_total"),
            "invoiced": invoices.amount("valid_total"),
            "credited": invoices.amount("credited_total"),
            "open": owed.amount("pending_total"),
            "difference": payments.amount("collected_total") - invoices.amount("valid_total"),
        },
    }


def _invoices(invoices: _Numbers) -> dict[str, Any]:
    return {
        "total": invoices.count("invoices"),
        "valid": invoices.count("valid"),
        "cancelled": invoices.count("cancelled"),
        "pue": {"count": invoices.count("pue"), "total": invoices.amount("pue_total")},
        "ppd": {"count": invoices.count("ppd"), "total": invoices.amount("ppd_total")},
        "total_amount": invoices.amount("valid_total"),
        "cancelled_amount": invoices.amount("cancelled_total"),
        "other": invoices.count("other"),
    }


def _payments(payments: _Numbers) -> dict[str, Any]:
    return {
        "total": payments.count("payments"),
        "succeeded": payments.count("succeeded"),
        "pending": payments.count("pending"),
        "failed": payments.count("failed"),
        "succeeded_amount": payments.amount("succeeded_total"),
        "pending_amount": payments.amount("pending_total"),
        "processing": payments.count("processing"),
        "refunded": payments.count("refunded"),
        "refunded_amount": payments.amount("refunded_total"),
        "refunded_in_part": payments.count("refunded_in_part"),
        "refunded_in_part_amount": payments.amount("refunded_in_part_total"),
        "collected_amount": payments.amount("collected_total"),
        "other": payments.count("other"),
    }


def _receipts(receipts: _Numbers) -> dict[str, Any]:
    return {
        "total": receipts.count("receipts"),
        "pending": receipts.count("pending"),
        "invoiced": receipts.count("invoiced"),
        "pending_amount": receipts.amount("pending_total"),
        "total_amount": receipts.amount("all_total"),
        "expired": receipts.count("expired"),
        "cancelled": receipts.count("cancelled"),
        "other": receipts.count("other"),
    }


def _cobranza(owed: _Numbers) -> dict[str, Any]:
    return {
        "ppd_pending": owed.count("pending"),
        "ppd_paid": owed.count("paid"),
        "ppd_partial": owed.count("partial"),
        "pending_amount": owed.amount("pending_total"),
        "aging_since": "issue date",
        "aging": {
            age: {"count": owed.count(age), "amount": owed.amount(f"{age}_total")} for age in AGES
        },
        "overdue": {
            "count": owed.count("overdue"),
            "amount": owed.amount("overdue_total"),
        },
        "unknown": owed.count("unknown"),
        "divergent": owed.count("divergent"),
    }


def _in_pesos(rows: dict[str, dict[str, Row]]) -> dict[str, Any]:
    """All currencies in pesos, each document at its own rate; those without one are counted."""

    def added(part: str, column: str) -> Any:
        return rounded(sum((row[column] or ZERO for row in rows[part].values()), ZERO), PESO)

    def counted(part: str, column: str) -> int:
        return sum(row[column] for row in rows[part].values())

    return {
        "invoiced": added("invoices", "valid_total_mxn"),
        "collected": added("payments", "collected_total_mxn"),
        "receipts": added("receipts", "all_total_mxn"),
        "open": added("cobranza", "pending_total_mxn"),
        "without_rate": counted("invoices", "without_rate") + counted("cobranza", "without_rate"),
    }


def _notes(con: duckdb.DuckDBPyConnection, cut: Row) -> list[str]:
    """What a reader has to know of a past cut, and of documents dated after it."""
    if cut["is_past"]:
        return [
            "A past cut is rebuilt from dates; refunds, failures and expiries are as known today."
        ]
    later = ask_one(con, "status_later")["documents"]
    return [f"{later:,} documents dated after {cut['as_of']} are left out."] if later else []


class _Numbers:
    """A row that may be missing: its counts and amounts are then zero."""

    def __init__(self, row: Row, currency: str) -> None:
        self._row, self._currency = row, currency

    def count(self, column: str) -> int:
        """A number of documents."""
        return int(self._row.get(column) or 0)

    def amount(self, column: str) -> Decimal:
        """An amount of money in the row's currency, rounded to its decimals."""
        return rounded(self._row.get(column) or ZERO, self._currency)

"""Ten invoices with every way of being paid, to the cent, at two month ends."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

MARCH, FEBRUARY = "2026-03-31", "2026-02-28"


@pytest.fixture
def ledger(books: Any, make: Any) -> Any:
    """The books as they stand at the end of March."""
    row, pay = make.instalment, make.complement
    thirty, sixty = {"payment_conditions": "30 días"}, {"payment_conditions": "60 días"}
    books.load(
        "invoices_income",
        make.cfdi("A", 11600, "2026-01-10", **thirty),
        make.cfdi("B", 5800, "2026-01-21", **thirty),
        make.cfdi("C", 1160, "2026-01-30", currency="USD", exchange_rate=17, **thirty),
        make.cfdi("D", 2320, "2026-03-15", payment_method="PUE", payment_form="03"),
        make.cfdi("E", 3480, "2026-01-05", **sixty),
        make.cfdi("F", 4640, "2026-01-15", status="canceled", **CANCELLED, **thirty),
        make.cfdi("G", 1000, "2026-01-05", **thirty),
        make.cfdi("H", 3000, "2025-12-30"),
        make.cfdi("I", 10000, "2026-02-01", **thirty),
        make.cfdi("J", 1000, "2026-02-01", **sixty),
    )
    books.load(
        "invoices_egress",
        make.cfdi("nc-E", 1160, "2026-02-10", "E", **note_on(make, "E")),
        make.cfdi("nc-I", 1000, "2026-02-10", "E", **note_on(make, "I")),
    )
    reversed_rep = {
        "status": "canceled",
        "cancellation": {"cancelled_at": make.epoch("2026-03-05")},
    }
    books.load(
        "invoices_payment",
        pay("rep-A", "2026-02-15", row("A", 1, 11600, 5800), stamped="2026-03-04"),
        pay("rep-B", "2026-02-27", row("B", 1, 5800, 5800), stamped="2026-03-06"),
        pay(
            "rep-C",
            "2026-03-20",
            row("C", 1, 1160, 580, "USD", equivalence=0.0574712644),
            amount=10092,
        ),
        pay("rep-G", "2026-02-10", row("G", 1, 1000, 1000), **reversed_rep),
        pay("rep-H1", "2026-01-15", row("H", 1, 3000, 1000)),
        pay("rep-H3", "2026-02-15", row("H", 3, 2000, 1000)),
        pay("rep-I", "2026-02-20", row("I", 1, 9000, 4000)),
        pay("rep-J1", "2026-02-10", row("J", 1, 1000, 600)),
        pay("rep-J2", "2026-02-20", row("J", 2, 400, 500)),
    )
    return books


CANCELLED = {"cancellation": {"cancelled_at": "2026-03-10T18:00:00Z"}}


def note_on(make: Any, name: str) -> dict[str, Any]:
    related = {"relationship": "01", "documents": [make.fiscal(name)]}
    return {"related_documents": [related], "payment_form": "03"}


def balances(books: Any, as_of: str) -> dict[str, tuple[Any, ...]]:
    books.cut(as_of)
    rows = books.ask("select * from invoice_balances order by invoice_id")
    return {r["invoice_id"]: (str(r["due_on"])[5:], r["balance"], r["days_overdue"]) for r in rows}


def test_march(ledger: Any) -> None:
    assert balances(ledger, MARCH) == {
        "A": ("02-09", 5800, 50),
        "B": ("02-20", 0, 39),
        "C": ("03-01", 580, 30),
        "D": ("03-15", 0, 16),
        "E": ("03-06", 2320, 25),
        "G": ("02-04", 1000, 55),
        "H": ("12-30", 1000, 91),
        "I": ("03-03", 5000, 28),
        "J": ("04-02", 0, -2),
    }


def test_february_as_if_march_had_not_been(ledger: Any) -> None:
    assert balances(ledger, FEBRUARY) == {
        "A": ("02-09", 5800, 19),
        "B": ("02-20", 0, 8),
        "C": ("03-01", 1160, -1),
        "E": ("03-06", 2320, -6),
        "F": ("02-14", 4640, 14),
        "G": ("02-04", 0, 24),
        "H": ("12-30", 1000, 60),
        "I": ("03-03", 5000, -3),
        "J": ("04-02", 0, -33),
    }


def test_what_was_paid_too_much(ledger: Any) -> None:
    ledger.cut(MARCH)
    rows = ledger.ask("select invoice_id, overpaid from invoice_balances where overpaid > 0")
    assert rows == [{"invoice_id": "J", "overpaid": Decimal(100)}]


def buckets(books: Any, as_of: str) -> dict[str, list[int]]:
    books.cut(as_of)
    parts = "not_due, bucket_1, bucket_2, bucket_3, bucket_4, balance"
    sums = ", ".join(f"sum({part})::bigint" for part in parts.split(", "))
    rows = books.ask(f"select currency, [{sums}] as parts from cobranza_aging group by 1")
    return {row["currency"]: row["parts"] for row in rows}


def test_aging_of_march(ledger: Any) -> None:
    assert buckets(ledger, MARCH) == {
        "MXN": [0, 7320, 6800, 0, 1000, 15120],
        "USD": [0, 580, 0, 0, 0, 580],
    }


def test_aging_of_february(ledger: Any) -> None:
    assert buckets(ledger, FEBRUARY) == {
        "MXN": [7320, 10440, 1000, 0, 0, 18760],
        "USD": [1160, 0, 0, 0, 0, 1160],
    }


@pytest.mark.parametrize("as_of", [MARCH, FEBRUARY])
def test_the_statement_closes_with_the_balances(ledger: Any, as_of: str) -> None:
    ledger.cut(as_of)
    stated = ledger.ask(
        "select currency, sum(charge) - sum(credit) as owed from cobranza_statement group by 1"
    )
    owed = ledger.ask("select currency, sum(balance) as owed from invoice_balances group by 1")
    assert {r["currency"]: r["owed"] for r in stated} == {r["currency"]: r["owed"] for r in owed}


def test_the_statement_tells_every_event(ledger: Any) -> None:
    ledger.cut(MARCH)
    rows = ledger.ask(
        "select concept, count(*) as times from cobranza_statement group by 1 order by 1"
    )
    assert {row["concept"]: row["times"] for row in rows} == {
        "Cancelación": 1,
        "Cancelación de pago": 1,
        "Factura": 9,
        "Nota de crédito": 2,
        "Pago": 9,
        "Saldo a favor": 1,
    }


def test_the_late_complement(ledger: Any) -> None:
    ledger.cut(MARCH)
    rows = ledger.ask("select state, document, deadline_on, days_late from cobranza_rep")
    assert [(r["state"], r["document"], str(r["deadline_on"]), r["days_late"]) for r in rows] == [
        ("late", "F-B", "2026-03-05", 1)
    ]


def test_the_pue_invoice_nobody_paid(ledger: Any) -> None:
    ledger.cut(MARCH)
    (row,) = ledger.ask("select state, uncollected, days_left from cobranza_pue")
    assert row == {"state": "pending", "uncollected": 2320, "days_left": 0}

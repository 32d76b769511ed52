"""`status` over hand-written books: each figure by hand, per currency, at a cut, in a period."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gigstack_sync.reports.status import status


def found(books: Any) -> dict[str, Any]:
    return status(books.con)


def test_empty_books_have_zeros_and_the_official_keys(books: Any) -> None:
    shown = found(books)
    assert (shown["currency"], shown["currencies"]) == ("MXN", {})
    assert shown["invoices"]["total"] == shown["cobranza"]["ppd_pending"] == 0
    assert list(shown["cobranza"]["aging"]) == ["current", "d30", "d60", "d90", "over90"]


def test_invoices_are_counted_by_state_and_method(books: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    books.invoice("B", 50, "2026-03-01", payment_method="PUE", payment_form="03")
    books.invoice("C", 7, "2026-03-01", status="cancelled")
    invoices = found(books)["invoices"]
    assert (invoices["total"], invoices["valid"], invoices["cancelled"]) == (3, 2, 1)
    assert invoices["pue"] == {"count": 1, "total": 50}
    assert invoices["ppd"] == {"count": 1, "total": 100}
    assert (invoices["total_amount"], invoices["cancelled_amount"]) == (150, 7)


def test_currencies_are_never_added_together(books: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    books.invoice("B", 10, "2026-03-01", currency="USD", exchange_rate=17.5)
    shown = found(books)
    assert shown["invoices"]["total_amount"] == 100
    assert shown["currencies"]["USD"]["invoices"]["total_amount"] == 10
    assert shown["mxn"]["invoiced"] == Decimal("275")


def test_without_pesos_the_most_invoiced_currency_is_the_main_one(books: Any) -> None:
    books.invoice("A", 10, "2026-03-01", currency="USD", exchange_rate=17)
    books.invoice("B", 20, "2026-03-01", currency="EUR", exchange_rate=20)
    shown = found(books)
    assert (shown["currency"], list(shown["currencies"])) == ("EUR", ["EUR", "USD"])


def test_a_document_without_a_rate_is_left_out_of_the_pesos_and_counted(books: Any) -> None:
    books.invoice("A", 10, "2026-03-01", currency="USD", exchange_rate=None, payment_method="PUE")
    assert found(books)["mxn"] | {"open": 0} == {
        "invoiced": 0,
        "collected": 0,
        "receipts": 0,
        "open": 0,
        "without_rate": 1,
    }


def test_payments_by_state(books: Any, make: Any) -> None:
    books.load(
        "payments",
        make.payment("a", 100, "2026-03-01"),
        make.payment("b", 20, "2026-03-01", status="requires_payment_method"),
        make.payment("c", 5, "2026-03-01", status="failed"),
        make.payment("d", 5, "2026-03-01", status="canceled"),
        make.payment("e", 8, "2026-03-01", status="refunded"),
        make.payment("f", 1, "2026-03-01", status="never_heard_of"),
    )
    payments = found(books)["payments"]
    assert (payments["total"], payments["succeeded"], payments["pending"]) == (6, 1, 1)
    assert (payments["failed"], payments["refunded"], payments["other"]) == (2, 1, 1)
    assert (payments["succeeded_amount"], payments["pending_amount"]) == (100, 20)
    assert payments["refunded_amount"] == 8


def test_collected_is_received_less_what_was_given_back(books: Any, make: Any) -> None:
    books.load(
        "payments",
        make.payment("a", 100, "2026-03-01"),
        make.payment("b", 50, "2026-03-01", total_refunded=20),
        make.payment("c", 8, "2026-03-01", status="refunded", total_refunded=8),
    )
    shown = found(books)
    payments = shown["payments"]
    assert (payments["succeeded_amount"], payments["collected_amount"]) == (150, 130)
    assert (payments["refunded"], payments["refunded_amount"]) == (1, 8)
    assert (payments["refunded_in_part"], payments["refunded_in_part_amount"]) == (1, 20)
    (month,) = books.ask("select sum(collected) as collected from conciliation_movements")
    assert shown["conciliation"]["collected"] == month["collected"] == shown["mxn"]["collected"]


@pytest.mark.parametrize(("currency", "total"), [("MXN", "0.67"), ("JPY", "1"), ("KWD", "0.667")])
def test_a_sum_is_exact_and_rounded_once(books: Any, make: Any, currency: str, total: str) -> None:
    parts = (make.payment(n, 0.3335, "2026-03-01", currency=currency) for n in "ab")
    books.load("payments", *parts)
    shown = found(books)["currencies"][currency]["payments"]["succeeded_amount"]
    assert str(shown) == total


def test_receipts_by_state(books: Any, make: Any) -> None:
    books.load(
        "receipts",
        *(
            make.payment(name, 10, "2026-03-01", status=word)
            for name, word in {"a": "open", "b": "completed", "c": "expired"}.items()
        ),
    )
    receipts = found(books)["receipts"]
    assert (receipts["total"], receipts["pending"], receipts["invoiced"]) == (3, 1, 1)
    assert (receipts["pending_amount"], receipts["total_amount"]) == (10, 30)


@pytest.mark.parametrize(
    ("issued", "bucket"),
    [
        ("2026-03-31", "current"),
        ("2026-03-16", "current"),
        ("2026-03-15", "d30"),
        ("2026-03-01", "d30"),
        ("2026-02-28", "d60"),
        ("2026-01-30", "d60"),
        ("2026-01-29", "d90"),
        ("2025-12-31", "d90"),
        ("2025-12-30", "over90"),
    ],
)
def test_ages_have_the_official_edges(books: Any, issued: str, bucket: str) -> None:
    books.invoice("A", 100, issued, last_balance=100)
    aging = found(books)["cobranza"]["aging"]
    assert {name: b["amount"] for name, b in aging.items() if b["count"]} == {bucket: 100}


def test_paid_partial_and_pending(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    books.invoice("B", 100, "2026-03-01")
    books.invoice("C", 100, "2026-03-01")
    rows = [make.instalment("B", 1, 100, 100), make.instalment("C", 1, 100, 40)]
    books.load("invoices_payment", make.complement("P", "2026-03-10", *rows))
    owed = found(books)["cobranza"]
    assert (owed["ppd_pending"], owed["ppd_paid"], owed["ppd_partial"]) == (2, 1, 1)
    assert owed["pending_amount"] == 160


def test_a_past_cut_knows_a_later_cancellation_as_in_force(books: Any) -> None:
    cancelled = {"status": "cancelled", "cancellation": {"canceled_at": 1773144000}}  # 2026-03-10
    books.invoice("A", 100, "2026-02-01", **cancelled)
    assert found(books)["invoices"]["valid"] == 0
    books.cut("2026-02-28")
    shown = found(books)
    assert (shown["invoices"]["valid"], shown["cobranza"]["pending_amount"]) == (1, 100)
    assert "past cut" in shown["notes"][0]


def test_a_period_has_both_its_ends_in_local_days(books: Any) -> None:
    books.invoice("A", 1, "2026-01-31T23:59:59")
    books.invoice("B", 10, "2026-02-01T00:00:00")
    books.invoice("C", 100, "2026-02-28T23:59:59")
    books.invoice("D", 1000, "2026-03-01T00:00:00")
    books.cut(from_on=date(2026, 2, 1), to_on=date(2026, 2, 28))
    shown = found(books)
    assert shown["invoices"]["total_amount"] == shown["cobranza"]["pending_amount"] == 110
    assert shown["period"] == {"from": date(2026, 2, 1), "to": date(2026, 2, 28)}


def test_what_is_dated_later_is_left_out_and_said(books: Any) -> None:
    books.invoice("A", 100, "2026-04-05")
    shown = found(books)
    assert shown["invoices"]["total"] == 0
    assert shown["notes"] == ["1 documents dated after 2026-03-31 are left out."]


def test_a_company_is_asked_for_by_its_team(books: Any) -> None:
    books.load("teams", {"id": "t1", "legal_name": "One"}, {"id": "t2", "legal_name": "Two"})
    books.invoice("A", 1, "2026-03-01", team="t1")
    books.invoice("B", 2, "2026-03-01", team="t2")
    assert (found(books)["team"], found(books)["invoices"]["total_amount"]) == ({}, 3)
    books.cut(team="t2")
    assert (found(books)["team"], found(books)["invoices"]["total_amount"]) == ({"name": "Two"}, 2)


def test_conciliation_is_the_official_formula_with_its_parts(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    books.invoice("N", 10, "2026-03-01", "E", payment_method="PUE")
    books.load("payments", make.payment("a", 60, "2026-03-01"))
    assert found(books)["conciliation"] == {
        "collected": 60,
        "invoiced": 100,
        "credited": 10,
        "open": 100,
        "difference": -40,
    }


def test_summaries_equal_their_rows(books: Any) -> None:
    for n, day in enumerate(("2026-01-05", "2026-02-05", "2026-03-05")):
        books.invoice(f"A{n}", 100.37 + n, day, currency=("MXN", "USD")[n % 2], exchange_rate=17)
    sums = books.ask(
        "select currency, sum(total) as t from status_invoice_rows group by 1 order by 1"
    )
    shown = books.ask("select currency, valid_total as t from status_invoices order by 1")
    assert sums == shown

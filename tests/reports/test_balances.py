"""Balances of invoices: what counts, from when to when, and what cannot be known."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest


def balance(books: Any, name: str = "A") -> dict[str, Any]:
    row: dict[str, Any] = books.one("select * from invoice_balances where invoice_id = ?", name)
    return row


@pytest.mark.parametrize("days", [0, 1, 15, 16, 30, 31, 60, 61, 90, 91])
def test_days_count_from_issue_and_from_due_date(books: Any, days: int) -> None:
    books.invoice("A", 100, "2025-12-31", payment_conditions="10 días")
    issued = books.one("select (date '2025-12-31' + ?::integer)::varchar as day", days)["day"]
    books.cut(issued)
    row = balance(books)
    assert (row["days_open"], row["days_overdue"]) == (days, days - 10)


def test_an_invoice_of_the_last_second_of_january_is_of_january(books: Any) -> None:
    books.invoice("A", 100, "2026-01-31", created_at="2026-02-01T05:59:59Z")
    books.cut("2026-01-31")
    assert balance(books)["balance"] == 100


def test_a_pue_invoice_owes_nothing(books: Any) -> None:
    books.invoice("A", 100, "2026-03-01", payment_method="PUE")
    assert (balance(books)["balance"], balance(books)["due_source"]) == (0, "issue")


@pytest.mark.parametrize("status", ["pending", "draft", "nobody knows"])
def test_what_was_never_in_force_is_left_out(books: Any, status: str) -> None:
    books.invoice("A", 100, "2026-03-01", status=status)
    assert books.ask("from invoice_balances select 1") == []


def test_a_deleted_invoice_counts_until_it_was_gone(books: Any) -> None:
    books.invoice("A", 100, "2026-03-01", at="2026-03-02")
    books.invoice("B", 100, "2026-03-01", at="2026-03-31")
    books.delete("invoices_income", "A", at="2026-03-20")
    books.cut("2026-03-19")
    assert balance(books)["balance"] == 100
    books.cut("2026-03-20")
    assert books.ask("select 1 from invoice_balances where invoice_id = 'A'") == []


def test_a_complement_in_process_of_cancellation_still_counts(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    asked = {"cancellation": {"cancellation_status": "pending", "requested_at": 1_774_000_000}}
    paid = make.complement("p", "2026-03-10", make.instalment("A", 1, 100, 60), **asked)
    books.load("invoices_payment", paid)
    assert balance(books)["balance"] == 40


def test_a_payment_counts_on_its_day_not_on_that_of_its_stamp(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    row = make.instalment("A", 1, 100, 60)
    books.load("invoices_payment", make.complement("p", "2026-03-10", row, stamped="2026-03-20"))
    for day, left in (("2026-03-09", 100), ("2026-03-10", 40), ("2026-03-31", 40)):
        books.cut(day)
        assert balance(books)["balance"] == left


def test_one_payment_may_name_an_invoice_twice(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    rows = make.instalment("A", 1, 100, 30), make.instalment("A", 2, 70, 20)
    books.load("invoices_payment", make.complement("p", "2026-03-10", *rows))
    row = balance(books)
    assert (row["balance"], row["complements"], row["complement_balance"]) == (50, 2, 50)


def test_an_invoice_may_be_named_by_its_id(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    row = make.instalment("A", 1, 100, 30) | {"uuid": "A"}
    books.load("invoices_payment", make.complement("p", "2026-03-10", row))
    assert balance(books)["paid"] == 30


def note(make: Any, total: Any, *names: str, code: str = "01", **fields: Any) -> Any:
    documents = [make.fiscal(name) for name in names]
    related = {"relationship": code, "documents": documents}
    return make.cfdi("nc", total, "2026-03-15", "E", related_documents=[related], **fields)


def test_a_note_on_several_is_shared_out_by_what_they_owe(books: Any, make: Any) -> None:
    for name, total in (("A", 100), ("B", 100), ("C", 300)):
        books.invoice(name, total, "2026-03-01")
    paid = make.complement("p", "2026-03-10", make.instalment("B", 1, 100, 100))
    books.load("invoices_payment", paid)
    books.load("invoices_egress", note(make, 33.33, "A", "B", "C"))
    rows = books.ask("select invoice_id, credited from invoice_balances order by 1")
    assert [str(row["credited"]) for row in rows] == ["8.330000", "0.000000", "25.000000"]


def test_what_a_note_cannot_be_applied_to_stays_with_it(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    books.load("invoices_egress", note(make, 150, "A", "elsewhere"))
    rows = books.ask("select invoice_id, amount from credit_allocations order by amount")
    assert rows == [{"invoice_id": None, "amount": 50}, {"invoice_id": "A", "amount": 100}]
    assert balance(books)["balance"] == 0


@pytest.mark.parametrize(
    ("code", "column", "left"),
    [("01", "credited", 60), ("03", "credited", 60), ("07", "advances", 60), ("02", "paid", 100)],
)
def test_which_relations_lower_a_balance(
    books: Any, make: Any, code: str, column: str, left: int
) -> None:
    books.invoice("A", 100, "2026-03-01")
    books.load("invoices_egress", note(make, 40, "A", code=code))
    row = balance(books)
    assert (row[column], row["balance"]) == (100 - left, left)


def test_a_note_in_another_currency_goes_by_both_rates(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-03-01", currency="USD", exchange_rate=20)
    books.load("invoices_egress", note(make, 180, "A"))
    assert balance(books)["credited"] == 9


def test_generic_rfcs_never_merge_debtors(books: Any) -> None:
    for n, client in enumerate(("uno", "dos", "dos")):
        books.invoice(f"F{n}", 100, "2026-03-01", tax_id="XAXX010101000", client=client)
    books.invoice("F3", 100, "2026-03-01", client="uno")
    rows = books.ask("select client_key, invoices from cobranza_aging order by 1")
    assert [tuple(row.values()) for row in rows] == [
        ("AAA010101AA1", 1),
        ("client_dos", 2),
        ("client_uno", 1),
    ]


def test_gigstack_is_believed_where_its_complements_cannot_be_read(books: Any) -> None:
    books.invoice("A", 100, "2026-03-01", last_balance=30, installments=1)
    row = balance(books)
    assert (row["balance"], row["balance_source"], row["computed_balance"]) == (30, "gigstack", 100)
    assert row["is_divergent"]


def test_a_link_without_amounts_is_a_complement_that_cannot_be_read(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-03-01", last_balance=100)
    bare = make.complement("p", "2026-03-10") | {"complements": [], "invoices": ["A"]}
    books.load("invoices_payment", bare)
    assert balance(books)["balance_source"] == "gigstack"


def test_a_past_balance_nobody_kept_is_unknown(books: Any) -> None:
    books.invoice("A", 100, "2026-01-01", last_balance=30, installments=1, at="2026-03-31")
    books.cut("2026-02-28")
    row = balance(books)
    assert (row["balance"], row["balance_source"], row["api_balance"]) == (None, "unknown", None)


def test_a_past_balance_comes_from_the_history(books: Any) -> None:
    looks = (("2026-02-01", 100, 0), ("2026-03-01", 60, 1), ("2026-03-31", 10, 2))
    for at, left, count in looks:
        books.invoice("A", 100, "2026-01-01", last_balance=left, installments=count, at=at)
    expected = {"2026-02-15": 100, "2026-03-01": 60, "2026-03-30": 60, "2026-03-31": 10}
    for day, left in expected.items():
        books.cut(day)
        assert (balance(books)["balance"], balance(books)["balance_source"]) == (left, "gigstack")


def test_a_cancellation_without_a_date_is_dated_by_the_history(books: Any) -> None:
    books.invoice("A", 100, "2026-01-01", at="2026-02-01")
    books.invoice("A", 100, "2026-01-01", status="canceled", at="2026-03-10")
    books.invoice("B", 100, "2026-01-01", at="2026-03-31")
    for day, known in (("2026-02-01", Decimal(100)), ("2026-02-20", None)):
        books.cut(day)
        assert balance(books)["balance"] == known
    books.cut("2026-03-10")
    assert books.ask("select 1 from invoice_balances where invoice_id = 'A'") == []


def test_a_cancellation_without_a_date_is_dated_by_sat(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-01-01", status="canceled")
    sat = {"id": make.fiscal("A"), "uuid": make.fiscal("A"), "status": "Cancelado"}
    books.load("invoices_sat", sat | {"cancellation_date": "2026-02-10T10:00:00"})
    books.cut("2026-02-09")
    assert balance(books)["balance"] == 100
    books.cut("2026-02-10")
    assert books.ask("from invoice_balances select 1") == []


@pytest.mark.parametrize(
    ("fields", "terms", "due", "source"),
    [
        ({"metadata": {"due_date": "2026-03-20"}}, "[]", "2026-03-20", "invoice"),
        ({"payment_conditions": "30 días"}, "[]", "2026-03-31", "conditions"),
        ({}, '[{"client":"AAA010101AA1","days":45}]', "2026-04-15", "client"),
        ({}, '[{"client":"client_ACME","days":5}]', "2026-03-06", "client"),
        ({}, "[]", "2026-03-08", "default"),
    ],
)
def test_where_the_due_date_comes_from(
    books: Any, fields: dict[str, Any], terms: str, due: str, source: str
) -> None:
    books.invoice("A", 100, "2026-03-01", **fields)
    books.cut(terms_days=7, client_terms=terms)
    assert (str(balance(books)["due_on"]), balance(books)["due_source"]) == (due, source)

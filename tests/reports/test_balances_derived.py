"""What is kept after each run is what would be worked out anew."""

from __future__ import annotations

from typing import Any

import pytest

from gigstack_sync.store.derive import refresh

TABLES = (
    "complement_rows",
    "credit_allocations",
    "kept_balances",
    "payment_links",
    "loose_payments",
)


@pytest.fixture(autouse=True)
def derived_each_run(books: Any) -> None:
    """Several runs at once would be one, and hide what each has to follow."""
    books.derives_each_run = True


def kept(books: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {
        name: books.con.execute(f"from derived.{name} order by all").fetchall() for name in TABLES
    }


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_in_whatever_order_documents_arrive(books: Any, make: Any, order: tuple[int, ...]) -> None:
    related = [{"relationship": "01", "documents": [make.fiscal("A")]}]
    rep = make.complement("p", "2026-03-10", make.instalment("A", 1, 100, 60))
    arrivals = [
        ("invoices_income", make.cfdi("A", 100, "2026-03-01", payments=["pay"])),
        ("invoices_payment", rep),
        ("invoices_egress", make.cfdi("nc", 10, "2026-03-12", "E", related_documents=related)),
        ("payments", make.payment("pay", 60, "2026-03-10", invoices=["A"])),
    ]
    for number in order:
        books.load(*arrivals[number])
    assert books.one("select balance from invoice_balances") == {"balance": 30}
    before = kept(books)
    assert [len(rows) for rows in before.values()] == [1, 1, 1, 1, 0]
    refresh(books.con, everything=True)
    assert kept(books) == before


def test_a_cancelled_complement_takes_its_payment_along(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    rep = make.complement("p", "2026-03-10", make.instalment("A", 1, 100, 60))
    books.load("invoices_payment", rep)
    gone = {"status": "canceled", "cancellation": {"cancelled_at": make.epoch("2026-03-20")}}
    books.load("invoices_payment", rep | gone)
    assert books.one("select balance from invoice_balances") == {"balance": 100}
    before = kept(books)
    refresh(books.con, everything=True)
    assert kept(books) == before


def test_a_payment_is_loose_until_it_names_something(books: Any, make: Any) -> None:
    books.load("payments", make.payment("pay", 60, "2026-03-10"))
    assert books.one("select payment_id from derived.loose_payments") == {"payment_id": "pay"}
    books.load("payments", make.payment("pay", 60, "2026-03-10", invoices=["A"]))
    assert kept(books)["loose_payments"] == []


def test_an_invoice_cancelled_on_an_unknown_day_follows_what_sat_says(
    books: Any, make: Any
) -> None:
    books.invoice("A", 100, "2026-03-01", at="2026-03-02")
    books.load("invoices_income", make.cfdi("A", 100, "2026-03-01", status="canceled"))
    assert books.ask("from derived.kept_balances where ended_on = date '2026-03-31'")
    sat = {"id": "s", "uuid": make.fiscal("A"), "status": "Cancelado", "direction": "issued"}
    books.load("invoices_sat", sat | {"cancellation_date": "2026-03-20T10:00:00"})
    assert books.ask("from derived.kept_balances where ended_on = date '2026-03-20'")
    before = kept(books)
    refresh(books.con, everything=True)
    assert kept(books) == before


@pytest.mark.parametrize(("day", "is_open"), [("2026-03-09", True), ("2026-03-10", False)])
def test_a_paid_invoice_may_be_open_until_the_day_it_was_paid(
    books: Any, make: Any, day: str, is_open: bool
) -> None:
    books.invoice("A", 100, "2026-03-01")
    books.load(
        "invoices_payment", make.complement("p", "2026-03-10", make.instalment("A", 1, 100, 100))
    )
    books.cut(day)
    assert books.one("select may_be_open from invoice_balances") == {"may_be_open": is_open}


def test_what_gigstack_said_otherwise_lately_may_be_open(books: Any, make: Any) -> None:
    rep = make.complement("p", "2026-03-10", make.instalment("A", 1, 100, 100))
    books.invoice("A", 100, "2026-03-01", last_balance=100, at="2026-03-05")
    books.load("invoices_payment", rep, at="2026-03-11")
    books.invoice("A", 100, "2026-03-01", last_balance=0, at="2026-03-20")
    question = "select may_be_open, is_divergent from invoice_balances"
    books.cut("2026-03-15")
    assert books.one(question) == {"may_be_open": True, "is_divergent": True}
    books.cut("2026-03-20")
    assert books.one(question) == {"may_be_open": False, "is_divergent": False}


def test_nothing_new_is_nothing_to_do(books: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    assert not refresh(books.con)


def test_a_payment_that_changes_leaves_the_links_of_the_others(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    halves = [make.payment(name, 50, "2026-03-10", invoices=["A"]) for name in "pq"]
    books.load("payments", *halves)
    books.load("payments", halves[0] | {"payment_form": "01"})
    assert len(kept(books)["payment_links"]) == 2

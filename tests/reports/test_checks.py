"""The claims of sql/checks: kept by random businesses at any cut, and broken when they ought to."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from gigstack_sync.reports.check import checks, run


def broken(books: Any) -> dict[str, int]:
    """Check → rows that break it, those without any left out."""
    outcomes = [run(books.con, name, select) for name, select in checks().items()]
    return {outcome.name: outcome.broken for outcome in outcomes if outcome.broken}


def invent(books: Any, make: Any, chance: random.Random) -> None:
    """A few months of a business: invoices, credit notes, complements, cancellations, payments."""
    issued, credited, paid, payments = [], [], [], []
    for n in range(20):
        day = f"2026-{chance.randint(1, 3):02}-{chance.randint(1, 28):02}"
        total = Decimal(chance.randint(1, 10_000_000)) / chance.choice([100, 1000])
        money = chance.choice([("MXN", 1), ("USD", "17.1234"), ("EUR", None)])
        fields: dict[str, Any] = {"currency": money[0], "exchange_rate": money[1]}
        fields["payment_method"] = chance.choice(["PPD", "PPD", "PUE"])
        if chance.random() < 0.15:
            cancelled = make.epoch("2026-03-15")
            fields |= {"status": "cancelled", "cancellation": {"canceled_at": cancelled}}
        issued.append(make.cfdi(f"I{n}", str(total), day, **fields))
        if chance.random() < 0.3:
            related = {"relationship": "01", "documents": [make.fiscal(f"I{n}")]}
            credited.append(
                make.cfdi(f"E{n}", str(total / 4), day, "E", related_documents=[related], **fields)
            )
        if chance.random() < 0.6:
            part = round(float(total) * chance.random(), 2)
            row = make.instalment(f"I{n}", 1, float(total), part, money[0])
            paid.append(make.complement(f"P{n}", "2026-03-20", row, currency=money[0]))
        states = ["succeeded", "requires_payment_method", "refunded", "failed"]
        payments.append(make.payment(f"p{n}", str(total), day, status=chance.choice(states)))
    for stream, rows in (
        ("invoices_income", issued),
        ("invoices_egress", credited),
        ("invoices_payment", paid),
        ("payments", payments),
    ):
        if rows:
            books.load(stream, *rows)


@pytest.mark.parametrize("seed", range(6))
def test_random_businesses_keep_every_claim_at_every_cut(books: Any, make: Any, seed: int) -> None:
    invent(books, make, random.Random(seed))
    for day in ("2026-03-31", "2026-03-14", "2026-02-28"):
        books.cut(day)
        assert broken(books) == {}, day


def test_empty_books_keep_every_claim(books: Any) -> None:
    assert broken(books) == {}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"status": "never_heard_of"}, "states_are_known"),
        ({"created_at": "whenever"}, "documents_have_a_day"),
        ({"currency": ""}, "amounts_have_a_currency"),
        ({"subtotal": "a lot"}, "values_were_understood"),
    ],
)
def test_odd_records_are_found(books: Any, make: Any, fields: Any, name: str) -> None:
    books.load("payments", make.payment("p", 10, "2026-03-01") | fields)
    assert broken(books)[name] == 1


def test_one_folio_on_two_invoices_is_found(books: Any, make: Any) -> None:
    books.invoice("A", 1, "2026-03-01")
    stamp = {"uuid": make.fiscal("A"), "stamp_at": make.epoch("2026-03-01")}
    books.invoice("B", 1, "2026-03-01", uuid=make.fiscal("A"), stamp=stamp)
    assert broken(books)["folios_are_unique"] == 1


@pytest.mark.parametrize(
    ("view", "wrong", "name"),
    [
        ("status_invoices", "* replace (valid_total + 0.01 as valid_total)", "invoices"),
        ("status_invoices", "* replace (cancelled + 1 as cancelled)", "invoices"),
        ("status_cobranza", "* replace (pending_total - 1 as pending_total)", "balances"),
        ("status_cobranza", "* replace (d30_total + 1 as d30_total)", "balances"),
    ],
)
def test_a_summary_that_is_off_by_a_cent_is_found(
    books: Any, view: str, wrong: str, name: str
) -> None:
    books.invoice("A", 100, "2026-03-01")
    books.con.execute(f"create temp table {view} as select {wrong} from main.{view}")
    assert f"status_ties_to_{name}" in broken(books)


def test_a_balance_that_does_not_add_up_is_found(books: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    books.con.execute(
        "create temp table invoice_balances as "
        "select * replace (computed_balance + 1 as computed_balance) from main.invoice_balances"
    )
    assert broken(books)["balances_add_up"] == 1


def test_a_lost_balance_is_found(books: Any) -> None:
    books.invoice("A", 100, "2026-03-01")
    books.con.execute(
        "create temp table invoice_balances as select * from main.invoice_balances where false"
    )
    assert broken(books)["balances_cover_invoices"] == 1


def test_every_check_says_what_it_claims(books: Any) -> None:
    assert all(run(books.con, name, select).claim for name, select in checks().items())

"""The checks that need no records of SAT: one business that shows each, and one that does not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gigstack_sync.reports.conciliation import checks, evidence


def rows(books: Any, code: str, state: str = "found") -> list[tuple[str, Decimal]]:
    """Id of the payment or invoice, else of the other record, and amount of each row of a check."""
    found = [row for row in evidence(books.con, code) if row["state"] == state]
    names = ("payment_id", "invoice_id", "related_id")
    return sorted((next(row[n] for n in names if row[n]), row["amount"]) for row in found)


def test_c07_one_folio_fiscal_for_two_invoices(books: Any, make: Any) -> None:
    books.invoice("a", 100, "2026-02-01")
    books.invoice("b", 900, "2026-02-01", uuid=make.fiscal("a"), stamp=None)
    assert rows(books, "C07") == [("a", 100)]


def test_c07_the_same_invoice_under_two_ids_is_no_difference(books: Any, make: Any) -> None:
    books.invoice("a", 100, "2026-02-01", folio_number="1")
    copy = {"uuid": make.fiscal("a"), "stamp": None, "folio_number": "1"}
    books.invoice("b", 100, "2026-02-01", **copy)
    assert rows(books, "C07") == []


def test_c07_among_sats_records(books: Any, make: Any) -> None:
    record = {"uuid": make.fiscal("a"), "direction": "issued", "invoice_type": "I"}
    dated = {"issue_date": "2026-02-01T12:00:00", "status": "Vigente", "currency": "MXN"}
    books.load(
        "invoices_sat",
        {"id": make.fiscal("a"), "total": 100, **record, **dated},
        {"id": "sat_2", "total": 200, **record, **dated},
    )
    assert rows(books, "C07") == [("sat_2", 100)]


def folios(books: Any, *numbers: Any, series: str = "F") -> None:
    for n, number in enumerate(numbers):
        books.invoice(f"{series}{n}", 100, "2026-02-01", series=series, folio_number=number)


@pytest.mark.parametrize(
    ("numbers", "notes"),
    [
        ((1, 2, 3), []),
        ((7, 8), []),  # a series may begin anywhere
        ((63, 64, 65, 128), ["missing: F-66 to 127"]),  # across blocks of 64
        ((1, 3, 4, 8), ["missing: F-2", "missing: F-5 to 7"]),
        ((1, 2, 2, 3), ["repeated: F-2"]),
        ((1, 2, 2, 4), ["missing: F-3", "repeated: F-2"]),
        (("A1", "A1", "A9"), ["repeated: F-A1"]),
        (tuple(range(1, 200)), []),
    ],
)
def test_c08_folios(books: Any, make: Any, numbers: tuple[Any, ...], notes: list[str]) -> None:
    invoices = [
        make.cfdi(f"i{n}", 100, "2026-02-01", folio_number=number)
        for n, number in enumerate(numbers)
    ]
    books.load("invoices_income", *invoices)
    assert sorted(row["note"] for row in evidence(books.con, "C08")) == notes


def test_c08_each_series_counts_for_itself(books: Any) -> None:
    folios(books, 1, 2, series="A")
    folios(books, 1, 2, series="B")
    assert rows(books, "C08") == []


@pytest.mark.parametrize(("day", "count"), [("2026-02-04", 1), ("2026-02-05", 0)])
def test_c09_the_same_sale_within_three_days(books: Any, day: str, count: int) -> None:
    books.invoice("a", 100, "2026-02-01")
    books.invoice("b", 100, day)
    assert rows(books, "C09") == [("b", 100)] * count


@pytest.mark.parametrize(
    "second",
    [
        {"total": 101},
        {"currency": "USD"},
        {"tax_id": "BBB010101BB1"},
        {"status": "canceled"},
        {"global": {"periodicity": "04", "months": "02", "year": 2026}},
        {"related_documents": [{"relationship": "04", "documents": ["a"]}]},
        {"tax_id": "XAXX010101000", "client": "OTHER"},
    ],
)
def test_c09_not_everything_alike_is_double(books: Any, second: dict[str, Any]) -> None:
    generic = {"tax_id": "XAXX010101000"} if "client" in second else {}
    books.invoice("a", 100, "2026-02-01", **generic)
    books.invoice("b", second.pop("total", 100), "2026-02-02", **second)
    assert rows(books, "C09") == []


def test_c09_a_relation_counts_by_folio_fiscal_and_from_either_side(books: Any, make: Any) -> None:
    related = [{"relationship": "02", "documents": [make.fiscal("b").lower()]}]
    books.invoice("a", 100, "2026-02-01", related_documents=related)
    books.invoice("b", 100, "2026-02-02")
    assert rows(books, "C09") == []


def test_c10_a_payment_without_invoice(books: Any, make: Any) -> None:
    books.load("payments", make.payment("old", 100, "2026-02-27", total_refunded=30))
    books.load("payments", make.payment("new", 200, "2026-03-01"))
    assert rows(books, "C10") == [("old", 70)]
    assert rows(books, "C10", "pending") == [("new", 200)]


@pytest.mark.parametrize(
    "fields",
    [
        {"invoices": ["a"]},
        {"invoices": ["unknown"]},  # the mirror does not hold it: taken at its word
        {"status": "pending"},
        {"status": "refunded", "total_refunded": 100},
    ],
)
def test_c10_not_every_payment_lacks_one(books: Any, make: Any, fields: dict[str, Any]) -> None:
    books.invoice("a", 100, "2026-02-01")
    books.load("payments", make.payment("p", 100, "2026-02-01", **fields))
    assert rows(books, "C10") == []


def test_c10_the_invoice_may_name_the_payment(books: Any, make: Any) -> None:
    books.load("payments", make.payment("p", 100, "2026-02-01"))
    assert len(rows(books, "C10")) == 1
    books.invoice("a", 100, "2026-02-01", payments=["p"])
    assert rows(books, "C10") == []


def test_c10_a_cancelled_invoice_does_not_count(books: Any, make: Any) -> None:
    books.invoice("a", 100, "2026-02-01", status="canceled")
    books.load("payments", make.payment("p", 100, "2026-02-01", invoices=[make.fiscal("a")]))
    assert rows(books, "C10") == [("p", 100)]


@pytest.mark.parametrize(
    ("status", "state"), [("stamped", "none"), ("pending", "pending"), ("expired", "found")]
)
def test_c10_a_receipt_stands_for_the_invoice(
    books: Any, make: Any, status: str, state: str
) -> None:
    receipt = {"id": "r", "status": status, "payments": ["p"], "created_at": 1_770_000_000}
    books.load("receipts", receipt | {"valid_until": make.epoch("2026-04-30")})
    books.load("payments", make.payment("p", 100, "2026-02-01", receipts=["r"]))
    for each in ("found", "pending"):
        assert len(rows(books, "C10", each)) == (each == state)


PUE = {"payment_method": "PUE", "payment_form": "03"}


def test_c11_a_pue_without_payment(books: Any) -> None:
    books.invoice("old", 100, "2026-02-27", **PUE)
    books.invoice("new", 200, "2026-03-01", **PUE)
    assert rows(books, "C11") == [("old", 100)]
    assert rows(books, "C11", "pending") == [("new", 200)]


@pytest.mark.parametrize(
    ("payments", "left"),
    [
        ([{"total": 100, "invoices": ["a"]}], []),
        ([{"total": 60, "invoices": ["a"]}], [40]),
        ([{"total": 60, "invoices": ["a"]}, {"total": 40, "invoices": ["a"]}], []),
        ([{"total": 100, "invoices": ["a"], "status": "failed"}], [100]),
        ([{"total": 100, "invoices": ["a"], "total_refunded": 100}], [100]),
        ([{"total": 300, "invoices": ["a", "b"]}], []),  # 100 of a, 200 of b
        ([{"total": 150, "invoices": ["a", "b"]}], [50]),
        ([{"total": 6, "invoices": ["a"], "currency": "USD"}], []),
    ],
)
def test_c11_what_is_left_of_a_pue(
    books: Any, make: Any, payments: list[dict[str, Any]], left: list[int]
) -> None:
    books.invoice("a", 100, "2026-02-01", **PUE)
    books.invoice("b", 200, "2026-02-01", payment_method="PPD")
    for n, fields in enumerate(payments):
        total = fields.pop("total")
        books.load("payments", make.payment(f"p{n}", total, "2026-02-02", **fields))
    assert [amount for name, amount in rows(books, "C11") if name == "a"] == left


def test_c11_links_count_from_either_side_and_once(books: Any, make: Any) -> None:
    books.invoice("a", 100, "2026-02-01", payments=["p"], **PUE)
    books.invoice("b", 100, "2026-02-01", payments=["q"], **PUE)
    books.load("payments", make.payment("p", 100, "2026-02-02"))
    books.load("payments", make.payment("q", 50, "2026-02-02", invoices=[make.fiscal("b")]))
    assert rows(books, "C11") == [("b", 50)]


def test_c11_receipts_and_the_general_public_were_paid_before(books: Any) -> None:
    public = {"global": {"periodicity": "04", "months": "02", "year": 2026}}
    books.invoice("global", 100, "2026-02-01", **PUE, **public)
    books.invoice("slip", 100, "2026-02-01", **PUE)
    books.load("receipts", {"id": "r", "status": "stamped", "invoices": ["slip"]})
    assert rows(books, "C11") == []


def test_c11_a_ppd_is_late_once_it_is_due(books: Any) -> None:
    books.invoice("due", 100, "2026-02-01", payment_conditions="30 días")
    books.invoice("later", 100, "2026-03-15", payment_conditions="30 días")
    assert rows(books, "C11") == [("due", 100)]


def paid(books: Any, make: Any, **fields: Any) -> None:
    """A PPD `a` of 100, and a payment `p` of it on 2026-02-10."""
    books.invoice("a", 100, "2026-02-01")
    books.load("payments", make.payment("p", 100, "2026-02-10", invoices=["a"], **fields))


@pytest.mark.parametrize(("as_of", "state"), [("2026-03-05", "pending"), ("2026-03-06", "found")])
def test_c12_without_complement_until_the_fifth(
    books: Any, make: Any, as_of: str, state: str
) -> None:
    paid(books, make)
    books.cut(as_of)
    assert rows(books, "C12", state) == [("p", 100)]
    assert len(evidence(books.con, "C12")) == 1


@pytest.mark.parametrize(
    ("on", "amount", "fields", "count"),
    [
        ("2026-02-15", 100, {}, 0),  # same amount, 5 days away
        ("2026-02-16", 100, {}, 1),
        ("2026-02-10", 90, {}, 1),
        ("2026-01-02", 10, {"payments": ["p"]}, 0),  # it names the payment
        ("2026-02-10", 100, {"payments": ["p"], "status": "canceled"}, 1),
    ],
)
def test_c12_what_covers_a_payment(
    books: Any, make: Any, on: str, amount: int, fields: dict[str, Any], count: int
) -> None:
    paid(books, make)
    part = make.instalment("a", 1, 100, amount)
    books.load("invoices_payment", make.complement("rep", on, part, **fields))
    assert rows(books, "C12") == [("p", 100)] * count


def test_c12_a_pue_needs_no_complement(books: Any, make: Any) -> None:
    books.invoice("a", 100, "2026-02-01", **PUE)
    books.load("payments", make.payment("p", 100, "2026-02-10", invoices=["a"]))
    assert rows(books, "C12") == []


@pytest.mark.parametrize(
    ("on", "stamped", "count"),
    [
        ("2026-01-01", "2026-02-05", 0),
        ("2026-01-31", "2026-02-06", 1),
        ("2025-12-31", "2026-01-05T23:59:59", 0),
        ("2025-12-31", "2026-01-06T00:00:01", 1),
    ],
)
def test_c13_a_complement_is_late_from_the_sixth(
    books: Any, make: Any, on: str, stamped: str, count: int
) -> None:
    books.invoice("a", 100, "2025-12-01")
    part = make.instalment("a", 1, 100, 100)
    books.load("invoices_payment", make.complement("rep", on, part, stamped=stamped))
    assert rows(books, "C13") == [("rep", 100)] * count


@pytest.mark.parametrize(
    ("total", "on", "fields", "count"),
    [
        (100, "2026-02-15", {}, 0),
        (100.01, "2026-02-05", {}, 0),
        (100.02, "2026-02-10", {}, 1),
        (100, "2026-02-16", {}, 1),
        (100, "2026-02-10", {"currency": "USD"}, 1),
        (100, "2026-02-10", {"status": "failed"}, 1),
    ],
)
def test_c14_a_complement_wants_a_payment(
    books: Any, make: Any, total: float, on: str, fields: dict[str, Any], count: int
) -> None:
    books.invoice("a", 100, "2026-02-01")
    part = make.instalment("a", 1, 100, 100)
    books.load("invoices_payment", make.complement("rep", "2026-02-10", part))
    books.load("payments", make.payment("p", total, on, **fields))
    assert rows(books, "C14") == [("rep", 100)] * count


def test_c14_a_complement_that_names_its_payment_has_one(books: Any, make: Any) -> None:
    part = make.instalment("a", 1, 100, 100)
    rep = make.complement("rep", "2026-02-10", part, payments=["p"])
    books.load("invoices_payment", rep)
    books.load("payments", make.payment("p", 5, "2026-01-01"))
    assert rows(books, "C14") == []


@pytest.mark.parametrize(("method", "count"), [("PUE", 1), ("PPD", 0)])
def test_c15_a_pue_with_complement(books: Any, make: Any, method: str, count: int) -> None:
    books.invoice("a", 100, "2026-02-01", payment_method=method)
    part = make.instalment("a", 1, 100, 60)
    books.load("invoices_payment", make.complement("rep", "2026-02-10", part))
    assert rows(books, "C15") == [("a", 60)] * count


def test_c15_what_only_the_xml_tells_is_not_guessed(books: Any) -> None:
    books.invoice("a", 100, "2026-02-01", **PUE)
    books.invoice("rep", 0, "2026-02-10", kind="P", invoices=["a"], payment_method=None)
    assert rows(books, "C15") == [("a", None)]
    assert rows(books, "C13", "undecided") == [("rep", None)]


@pytest.mark.parametrize(
    ("method", "form", "count"),
    [("PPD", "99", 0), ("PPD", "03", 1), ("PUE", "99", 1), ("PUE", "03", 0), ("PPD", None, 0)],
)
def test_c16_method_and_form(books: Any, method: str, form: str | None, count: int) -> None:
    books.invoice("a", 100, "2026-02-01", payment_method=method, payment_form=form)
    assert rows(books, "C16") == [("a", 100)] * count


def refunded(books: Any, make: Any, **fields: Any) -> None:
    books.invoice("a", 100, "2026-02-01", **{**PUE, **fields})
    payment = {"invoices": ["a"], "total_refunded": 40}
    books.load("payments", make.payment("p", 100, "2026-02-01", **payment))


def test_c17_money_given_back_without_a_note(books: Any, make: Any) -> None:
    refunded(books, make)
    assert rows(books, "C17") == [("p", 40)]


def test_c17_a_note_or_a_cancellation_backs_it(books: Any, make: Any) -> None:
    refunded(books, make)
    note = [{"relationship": "01", "documents": [make.fiscal("a")]}]
    books.invoice("e", 40, "2026-02-02", kind="E", related_documents=note)
    assert rows(books, "C17") == []


def test_c17_not_for_a_cancelled_invoice(books: Any, make: Any) -> None:
    refunded(books, make, status="canceled")
    assert rows(books, "C17") == []


def note(books: Any, make: Any, total: Any, **fields: Any) -> None:
    related = [{"relationship": "01", "documents": [make.fiscal("a")]}]
    books.invoice("e", total, "2026-02-02", kind="E", **{"related_documents": related, **fields})


def test_c18_a_note_that_names_nothing(books: Any, make: Any) -> None:
    note(books, make, 40, related_documents=[])
    assert rows(books, "C18") == [("e", 40)]


@pytest.mark.parametrize(("total", "found"), [(100, []), (130, [("a", 30)])])
def test_c18_a_note_larger_than_its_invoice(
    books: Any, make: Any, total: int, found: list[Any]
) -> None:
    books.invoice("a", 100, "2026-02-01")
    note(books, make, total)
    assert rows(books, "C18") == found


def test_c18_a_note_on_an_unknown_invoice_is_undecided(books: Any, make: Any) -> None:
    note(books, make, 40)
    assert rows(books, "C18") == []
    assert rows(books, "C18", "undecided") == [("e", 40)]


MOTIVE = {"status": "canceled", "cancellation": {"motive": "01", "cancelled_at": 1_770_500_000}}


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({}, 0),
        ({"status": "canceled"}, 1),
        ({"related_documents": [{"relationship": "01", "documents": ["a"]}]}, 1),
        ({"related_documents": [{"relationship": "04", "documents": ["other"]}]}, 1),
    ],
)
def test_c23_motive_01_wants_a_substitute(
    books: Any, make: Any, fields: dict[str, Any], count: int
) -> None:
    books.invoice("a", 100, "2026-02-01", **MOTIVE)
    related = [{"relationship": "04", "documents": [make.fiscal("a")]}]
    books.invoice("b", 100, "2026-02-02", **{"related_documents": related, **fields})
    assert rows(books, "C23") == [("a", 100)] * count


def test_c23_other_motives_want_none(books: Any) -> None:
    books.invoice("a", 100, "2026-02-01", status="canceled", cancellation={"motive": "02"})
    assert rows(books, "C23") == []


@pytest.mark.parametrize(
    ("at", "fields", "count"),
    [
        ("2026-02-02T12:00:00", {}, 1),
        ("2026-02-02T12:00:01", {}, 0),
        ("2026-02-01T13:00:00", {"total": 101}, 0),
        ("2026-02-01T13:00:00", {"currency": "USD"}, 0),
        ("2026-02-01T13:00:00", {"status": "failed"}, 0),
        ("2026-02-01T13:00:00", {"client": {"id": "c", "tax_id": "BBB010101BB1"}}, 0),
    ],
)
def test_c24_the_same_money_within_a_day(
    books: Any, make: Any, at: str, fields: dict[str, Any], count: int
) -> None:
    books.load("payments", make.payment("p", 100, "2026-02-01T12:00:00"))
    books.load("payments", make.payment("q", fields.pop("total", 100), at, **fields))
    assert rows(books, "C24") == [("q", 100)] * count


def test_what_the_mirror_cannot_decide_says_what_it_needs(books: Any) -> None:
    (row,) = checks(books.con, ["C19"])
    assert (row["outcome"], row["needs"]) == ("needs", "XML")


def test_c23_a_substitute_that_only_sat_holds_is_undecided(books: Any, make: Any) -> None:
    motive = MOTIVE["cancellation"] | {"substitution_uuid": make.fiscal("b")}  # type: ignore[operator]
    books.invoice("a", 100, "2026-02-01", status="canceled", cancellation=motive)
    assert rows(books, "C23") == [("a", 100)]
    record = {"id": make.fiscal("b"), "uuid": make.fiscal("b"), "direction": "issued"}
    books.load("invoices_sat", record | {"status": "Vigente", "issue_date": "2026-02-02T12:00:00"})
    assert rows(books, "C23", "undecided") == [("a", 100)]

"""What the mirror saw change: each field once, with its exact values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from gigstack_sync.reports import ask
from gigstack_sync.reports.history import ABSENT, changes_since, history


def told(books: Any, record: str) -> list[tuple[str, dict[str, tuple[Any, Any]]]]:
    """Kind and differences of each change of a record."""
    return [
        (change.kind, {d.path: (d.before, d.after) for d in change.differences})
        for change in history(books.con, record)
    ]


def test_each_change_names_the_fields_that_differ(books: Any, make: Any) -> None:
    body = make.payment("p", 10.10, "2026-03-01", status="pending")
    for at, fields in (
        ("2026-03-01", {}),
        ("2026-03-02", {"status": "succeeded", "payments": [{"id": 1}]}),
        ("2026-03-03", {"status": "succeeded", "payments": [{"id": 2}], "total": 10.2}),
    ):
        books.load("payments", body | fields, at=at)
    assert told(books, "p") == [
        ("inserted", {}),
        ("updated", {"status": ("pending", "succeeded"), "payments": (ABSENT, [{"id": 1}])}),
        (
            "updated",
            {"total": (Decimal("10.1"), Decimal("10.2")), "payments[0].id": (1, 2)},
        ),
    ]


def test_a_field_that_became_null_is_not_one_that_went(books: Any) -> None:
    books.load("clients", {"id": "c", "a": 1, "b": 1})
    books.load("clients", {"id": "c", "a": None})
    assert told(books, "c")[1] == ("updated", {"a": (1, None), "b": (1, ABSENT)})


def test_a_folio_finds_the_invoice_and_sats_record(books: Any, make: Any) -> None:
    folio = books.invoice("A", 1, "2026-03-01")
    books.load("invoices_sat", {"id": "sat_1", "uuid": folio, "status": "Vigente"})
    found = history(books.con, folio.lower())
    assert {(change.stream, change.id) for change in found} == {
        ("invoices_income", "A"),
        ("invoices_sat", "sat_1"),
    }


def test_a_record_is_told_as_the_view_tells_it(books: Any, make: Any) -> None:
    for total in (1, 2, 1, 3):
        books.load("payments", make.payment("p", total, "2026-03-01"))
    shown = ask(books.con, "select payload_before, payload_after from changes order by run_id")
    differences = [change.differences for change in history(books.con, "p")]
    assert [bool(each) for each in differences] == [
        row["payload_before"] is not None for row in shown
    ]
    assert [d[0].after for d in differences[1:]] == [2, 1, 3]


def test_one_id_in_two_companies_is_two_records(books: Any, make: Any) -> None:
    books.load("payments", make.payment("p", 1, "2026-03-01"), team="t1")
    books.load("payments", make.payment("p", 2, "2026-03-01"), team="t2")
    books.load("payments", make.payment("p", 3, "2026-03-01"), team="t1")
    (updated,) = [change for change in history(books.con, "p") if change.kind == "updated"]
    assert (updated.team_id, updated.differences[0].after) == ("t1", 3)


def test_changes_since_leave_first_sights_out(books: Any, make: Any) -> None:
    books.load("payments", make.payment("p", 1, "2026-03-01"), at="2026-03-01")
    books.load("payments", make.payment("p", 2, "2026-03-01"), at="2026-03-05")
    assert [c.kind for c in changes_since(books.con, date(2026, 3, 2))] == ["updated"]
    assert changes_since(books.con, date(2026, 3, 6)) == []
    assert changes_since(books.con, date(2026, 3, 2), stream="clients") == []

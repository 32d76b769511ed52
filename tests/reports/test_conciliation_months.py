"""Months that tie out with the rows behind them, and what changed in months already closed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from gigstack_sync.errors import UsageError
from gigstack_sync.reports.conciliation import (
    FIGURES,
    changes,
    known_code,
    months,
    movements,
    reached,
)

CANCELLED = {"cancelled_at": "2026-01-12T18:00:00Z"}


@pytest.fixture
def january(books: Any, make: Any) -> Any:
    """A PPD of 1,000 in January: 100 credited and 300 paid in February, and a PUE of 200."""
    related = [{"relationship": "01", "documents": [make.fiscal("a")]}]
    books.load(
        "invoices_income",
        make.cfdi("a", 1000, "2026-01-31T23:59:59"),
        make.cfdi("b", 200, "2026-02-01T00:00:01", payment_method="PUE", payment_form="03"),
        make.cfdi("gone", 5000, "2026-01-10", status="canceled", cancellation=CANCELLED),
    )
    note = make.cfdi("e", 100, "2026-02-02", "E", related_documents=related)
    books.load("invoices_egress", note)
    part = make.instalment("a", 1, 900, 300)
    books.load("invoices_payment", make.complement("p", "2026-02-10", part, payments=["pay"]))
    books.load(
        "payments",
        make.payment("pay", 300, "2026-02-10", invoices=["a"]),
        make.payment("cash", 200, "2026-02-01", invoices=["b"], total_refunded=50),
        make.payment("forgiven", 70, "2026-02-03", payment_form="15"),
    )
    return books


def test_each_figure_stands_in_its_month(january: Any) -> None:
    first, second = months(january.con)
    assert (first["month"], second["month"]) == (date(2026, 1, 1), date(2026, 2, 1))
    assert [first[name] for name in FIGURES] == [1000, 0, 0, 0, 1000, 400, 600]
    assert [second[name] for name in FIGURES] == [200, 100, 450, 300, 0, 0, 0]
    assert [row["difference"] for row in (first, second)] == [0, 0]
    assert (first["net"], second["net"], second["invoices"]) == (1000, 100, 1)


@pytest.mark.parametrize("figure", FIGURES)
def test_the_rows_behind_a_figure_add_up_to_it(january: Any, figure: str) -> None:
    rows = movements(january.con, figure)
    for month in months(january.con):
        own = [row["amount"] for row in rows if row["month"] == month["month"]]
        assert sum(own) == month[figure]


def test_a_past_cut_shows_the_month_as_it_was(january: Any) -> None:
    january.cut("2026-02-05")
    first, second = months(january.con)
    assert (first["settled"], first["outstanding"], first["difference"]) == (100, 900, 0)
    assert (second["collected"], second["collected_with_rep"]) == (150, 0)


def test_what_cannot_be_known_is_counted_and_left_out(january: Any, make: Any) -> None:
    january.invoice("when", 70, "2026-01-10", status="canceled")
    assert months(january.con)[0]["unknown"] == 0
    january.cut("2026-02-05")
    (row, _) = months(january.con)
    assert (row["invoiced"], row["on_account"], row["outstanding"]) == (1070, 1000, 900)
    assert (row["difference"], row["unknown"]) == (0, 1)


def test_the_period_limits_the_rows(january: Any) -> None:
    january.cut(from_on=date(2026, 2, 1), to_on=date(2026, 2, 9))
    (only,) = months(january.con)
    assert (only["invoiced"], only["collected"], only["collected_with_rep"]) == (200, 150, 0)


def test_currencies_stay_apart(january: Any, make: Any) -> None:
    january.invoice("usd", 10, "2026-01-05", currency="USD", exchange_rate=17)
    found = [(row["currency"], row["invoiced"]) for row in months(january.con)]
    assert found == [("MXN", 1000), ("USD", 10), ("MXN", 200)]


def test_a_figure_must_exist(january: Any) -> None:
    with pytest.raises(UsageError, match="collected"):
        movements(january.con, "collected'; drop")


@pytest.mark.parametrize(("text", "code"), [("c7", "C07"), (" C12 ", "C12"), ("25", "C25")])
def test_codes_are_read_kindly(text: str, code: str) -> None:
    assert known_code(text) == code


@pytest.mark.parametrize("text", ["C26", "C0", "", "cc1", "C١"])
def test_other_codes_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no check"):
        known_code(text)


def test_severities_reach_down_to_the_one_asked_for() -> None:
    found = [
        {"code": "C03", "severity": "critica", "findings": 0},
        {"code": "C02", "severity": "alta", "findings": 1},
        {"code": "C08", "severity": "baja", "findings": 2},
    ]
    assert reached(found, "critica") == []
    assert reached(found, "alta") == reached(found, "media") == ["C02"]
    assert reached(found, "baja") == ["C02", "C08"]


def seen(books: Any, since: str = "2026-01-01") -> list[tuple[Any, ...]]:
    names = ("record_id", "change", "is_closed", "status_before", "status_after", "effect")
    rows = changes(books.con, datetime.fromisoformat(since))
    return [tuple(row[name] for name in names) for row in reversed(rows)]


@pytest.mark.parametrize(("at", "is_closed"), [("2026-02-17", False), ("2026-02-18", True)])
def test_a_cancellation_changes_its_month(
    books: Any, make: Any, at: str, *, is_closed: bool
) -> None:
    books.invoice("a", 1000, "2026-01-31T23:59:59", at="2026-02-01")
    books.invoice("a", 1000, "2026-01-31T23:59:59", at=at, status="canceled")
    assert seen(books) == [("a", "status", is_closed, "valid", "cancelled", -1000)]
    assert changes(books.con, datetime(2026, 1, 1))[0]["month"] == date(2026, 1, 1)


def test_the_first_load_is_no_change_and_later_rows_are_new(books: Any, make: Any) -> None:
    books.invoice("a", 1000, "2026-01-10", at="2026-02-01")
    books.invoice("b", 400, "2026-01-11", at="2026-02-20")
    assert seen(books) == [("b", "new", True, None, "valid", 400)]


def test_changes_before_the_moment_are_left_out(books: Any) -> None:
    for at, total in (("2026-02-01", 1000), ("2026-02-10", 900), ("2026-02-20", 700)):
        books.invoice("a", total, "2026-01-10", at=at)
    assert [row[-1] for row in seen(books)] == [-100, -200]
    assert [row[-1] for row in seen(books, "2026-02-15")] == [-200]


def test_what_came_and_changed_adds_up_to_what_is_there(books: Any) -> None:
    books.invoice("first", 1, "2026-01-10", at="2026-02-01")
    books.invoice("a", 1000, "2026-01-10", at="2026-02-02")
    books.invoice("a", 900, "2026-01-10", at="2026-02-03")
    assert [row[-1] for row in seen(books)] == [1000, -100]


def test_other_fields_are_no_change_of_a_figure(books: Any) -> None:
    books.invoice("a", 1000, "2026-01-10", at="2026-02-01")
    books.invoice("a", 1000, "2026-01-10", at="2026-02-20", last_balance=5)
    assert seen(books) == []

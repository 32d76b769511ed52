"""The one row that every report reads its day and its rules from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from gigstack_sync.reports import Cut, apply, ask, ask_one, beside


def test_without_variables_it_is_the_day_the_newest_run_ended(books: Any) -> None:
    books.cut(None)
    books.invoice("A", 100, "2026-01-10", at="2026-03-15T23:59:00")
    row = books.one("cut")
    assert (row["as_of"], row["from_on"], row["to_on"]) == (
        date(2026, 3, 15),
        None,
        date(2026, 3, 15),
    )


def test_defaults_are_those_the_reports_document(books: Any) -> None:
    row = books.one("cut")
    assert row["tolerance"] == Decimal("0.01")
    assert (row["aging_edges"], row["grace_hours"], row["client_terms"]) == ([30, 60, 90], 72, "[]")
    assert (row["terms_default_days"], row["team_id"]) == (0, None)


def test_what_is_applied_is_what_the_view_says(books: Any) -> None:
    books.cut("2026-01-31", from_on=date(2026, 1, 1), team="t", terms_days=30, aging_edges=(15, 30))
    row = books.one("cut")
    assert (row["as_of"], row["from_on"], row["to_on"]) == (
        date(2026, 1, 31),
        date(2026, 1, 1),
        date(2026, 1, 31),
    )
    assert (row["team_id"], row["terms_default_days"]) == ("t", 30)
    assert row["aging_edges"] == [15, 30]


def test_applying_again_clears_what_is_left_out(books: Any) -> None:
    books.cut("2026-01-31", terms_days=30)
    apply(books.con, Cut())
    assert books.one("cut")["terms_default_days"] == 0


def test_people_set_the_same_variables_in_sql(books: Any) -> None:
    books.con.execute("set variable as_of = '2026-02-28'")
    assert books.one("cut")["as_of"] == date(2026, 2, 28)


def test_nonsense_is_refused_rather_than_taken_for_the_default(books: Any) -> None:
    books.con.execute("set variable as_of = 'whenever'")
    with pytest.raises(duckdb.ConversionException):
        books.ask("cut")
    books.con.execute("rollback")
    books.con.execute("begin")


@pytest.mark.parametrize(
    ("day", "start", "counts"),
    [
        ("2026-01-01", "2026-01-01", True),
        ("2025-12-31", "2026-01-01", False),
        ("2026-01-31", None, True),
        ("2026-02-01", None, False),
        (None, None, True),
        (None, "2026-01-01", False),
    ],
)
def test_a_period_has_both_its_ends(books: Any, day: Any, start: Any, counts: bool) -> None:
    sql = "select within_period(?::date, ?::date, date '2026-01-31') as counts"
    assert books.one(sql, day, start)["counts"] is counts


def test_two_answers_at_once_have_the_same_cut(books: Any) -> None:
    books.cut("2026-02-15", team="team_1", aging_edges=[10, 20], tolerance=Decimal("0.5"))
    there, here = beside(
        books.con, lambda con: ask_one(con, "cut"), lambda con: ask_one(con, "cut")
    )
    assert there == here
    assert (here["as_of"], here["aging_edges"]) == (date(2026, 2, 15), [10, 20])


def test_a_failure_of_one_answer_ends_the_other(books: Any) -> None:
    endless = "select sum(a.range * b.range) from range(1000000) a, range(1000000) b"
    with pytest.raises(duckdb.BinderException):
        beside(books.con, lambda con: ask(con, endless), lambda con: ask(con, "select nothing"))

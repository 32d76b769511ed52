"""Gigstack against SAT's records: each check finds what it should, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from gigstack_sync.reports.conciliation import checks, evidence


@pytest.fixture
def at_sat(make: Any) -> Callable[..., dict[str, Any]]:
    """A CFDI in SAT's records: `at_sat(name, total, day, …)`."""

    def record(name: str, total: Any, on: str, **fields: Any) -> dict[str, Any]:
        uuid = make.fiscal(name)
        return {
            "id": uuid,
            "uuid": uuid,
            "direction": "issued",
            "invoice_type": "I",
            "status": "Vigente",
            "total": total,
            "currency": "MXN",
            "exchange_rate": 1,
            "issue_date": f"{on}T12:00:00",
            "stamp_date": f"{on}T12:00:00",
            "issuer": {"rfc": "CAC1507157U2", "name": "US"},
            "receiver": {"rfc": "AAA010101AA1", "name": "ACME"},
        } | fields

    return record


@pytest.fixture
def business(books: Any, at_sat: Any, make: Any) -> Any:
    """Two invoices that both sides know, 2026-01-05 and 2026-03-30: SAT covers what is between."""
    known = [make.cfdi("first", 100, "2026-01-05"), make.cfdi("last", 100, "2026-03-30")]
    books.load("invoices_income", *known)
    books.load(
        "invoices_sat", at_sat("first", 100, "2026-01-05"), at_sat("last", 100, "2026-03-30")
    )
    return books


def rows(books: Any, code: str, state: str = "found") -> list[tuple[str, Decimal]]:
    """Folio fiscal and amount of each row of a check."""
    found = [row for row in evidence(books.con, code) if row["state"] == state]
    return sorted((row["uuid_fiscal"], row["amount"]) for row in found)


def test_nothing_is_found_where_both_sides_agree(business: Any) -> None:
    assert business.ask("from conciliation_sat") == []


def test_c01_stamped_elsewhere(business: Any, at_sat: Any, make: Any) -> None:
    business.load("invoices_sat", at_sat("alien", 250, "2026-02-01"))
    assert rows(business, "C01") == [(make.fiscal("alien"), 250)]


@pytest.mark.parametrize(
    ("day", "fields", "state"),
    [
        ("2026-01-04", {}, "undecided"),  # before gigstack was in use
        ("2026-02-01", {"direction": "received"}, "none"),
        ("2026-02-01", {"invoice_type": "N"}, "none"),  # payroll is never stamped by gigstack
        ("2026-03-31", {"stamp_date": "2026-03-31T18:00:00"}, "pending"),
        ("2026-04-01", {}, "none"),  # after the cut
    ],
)
def test_c01_not_everything_at_sat_is_missing(
    business: Any, at_sat: Any, day: str, fields: dict[str, Any], state: str
) -> None:
    business.load("invoices_sat", at_sat("alien", 250, day, **fields))
    assert rows(business, "C01") == []
    assert len(rows(business, "C01", state)) == (state != "none")


def test_c01_an_invoice_deleted_in_gigstack_is_missing_there(business: Any, make: Any) -> None:
    business.delete("invoices_income", "last")
    assert rows(business, "C01") == [(make.fiscal("last"), 100)]


def test_c02_missing_at_sat(business: Any) -> None:
    uuid = business.invoice("lost", 300, "2026-02-01")
    assert rows(business, "C02") == [(uuid, 300)]


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2026-03-28T11:59:00", "found"),  # 72 hours before the last look, and a minute
        ("2026-03-28T12:01:00", "pending"),
        ("2026-01-04", "undecided"),  # SAT's records begin later
    ],
)
def test_c02_within_grace_and_coverage(business: Any, day: str, state: str) -> None:
    uuid = business.invoice("lost", 300, day)
    assert rows(business, "C02", state) == [(uuid, 300)]
    assert len(evidence(business.con, "C02")) == 1


def test_c02_after_the_newest_record_nothing_is_missing(books: Any, at_sat: Any) -> None:
    books.invoice("first", 100, "2026-01-05")
    uuid = books.invoice("later", 300, "2026-02-01")
    books.load("invoices_sat", at_sat("first", 100, "2026-01-05"))
    assert rows(books, "C02") == []
    assert rows(books, "C02", "undecided") == [(uuid, 300)]


def test_c02_a_stretch_not_looked_at_is_not_covered(business: Any, make: Any) -> None:
    begin, end = make.epoch("2026-02-15"), make.epoch("2026-04-01")
    business.con.execute(
        "insert into sync.windows values ('team_1', 'invoices_sat', ?, ?, ?)",
        [begin, end, make.epoch("2026-03-31")],
    )
    early = business.invoice("early", 300, "2026-02-01")
    late = business.invoice("late", 400, "2026-03-01")
    assert rows(business, "C02", "undecided") == [(early, 300)]
    assert rows(business, "C02") == [(late, 400)]


def test_c02_a_past_cut_had_its_own_grace(business: Any) -> None:
    business.invoice("lost", 300, "2026-02-01")
    business.cut("2026-02-03")
    assert rows(business, "C02") == []
    assert len(rows(business, "C02", "pending")) == 1
    business.cut("2026-02-04")
    assert len(rows(business, "C02")) == 1


def test_without_sats_records_the_checks_say_what_they_need(books: Any) -> None:
    books.invoice("lost", 300, "2026-02-01")
    lacking = {row["code"] for row in checks(books.con) if row["needs"] == "SAT's records"}
    assert lacking == {"C01", "C02", "C03", "C04", "C05", "C06", "C20"}
    assert rows(books, "C02") == []
    assert len(rows(books, "C02", "undecided")) == 1


def cancelled_at_sat(on: str) -> dict[str, Any]:
    return {"status": "Cancelado", "cancellation_date": f"{on}T10:00:00"}


def cancelled_in_gigstack(make: Any, asked: str, done: str) -> dict[str, Any]:
    return {
        "status": "canceled",
        "cancellation": {"requested_at": make.epoch(asked), "cancelled_at": make.epoch(done)},
    }


def test_c03_cancelled_at_sat_alone(business: Any, at_sat: Any) -> None:
    uuid = business.invoice("x", 500, "2026-02-10")
    business.load("invoices_sat", at_sat("x", 500, "2026-02-10", **cancelled_at_sat("2026-02-20")))
    assert rows(business, "C03") == [(uuid, 500)]
    business.cut("2026-02-19")
    assert rows(business, "C03") == []


def test_c03_not_when_both_sides_cancelled(business: Any, at_sat: Any, make: Any) -> None:
    business.invoice(
        "x", 500, "2026-02-10", **cancelled_in_gigstack(make, "2026-02-20", "2026-02-20")
    )
    business.load("invoices_sat", at_sat("x", 500, "2026-02-10", **cancelled_at_sat("2026-02-20")))
    assert rows(business, "C03") == rows(business, "C04") == []


@pytest.mark.parametrize(
    ("asked", "state"),
    [("2026-03-26", "found"), ("2026-03-27", "pending"), ("2026-03-30", "pending")],
)
def test_c04_cancelled_in_gigstack_alone(
    business: Any, at_sat: Any, make: Any, asked: str, state: str
) -> None:
    """2026-03-31 is a Tuesday: three weekdays after Thursday the 26th, two after the 27th."""
    uuid = business.invoice("x", 500, "2026-02-10", **cancelled_in_gigstack(make, asked, asked))
    business.load("invoices_sat", at_sat("x", 500, "2026-02-10"))
    assert rows(business, "C04", state) == [(uuid, 500)]


@pytest.mark.parametrize(
    ("total", "found"), [("500.01", []), ("500.011", [Decimal("0.011")]), ("480", [Decimal(20)])]
)
def test_c05_totals_differ_by_more_than_a_cent(
    business: Any, at_sat: Any, total: str, found: list[Decimal]
) -> None:
    business.invoice("x", 500, "2026-02-10")
    business.load("invoices_sat", at_sat("x", Decimal(total).__float__(), "2026-02-10"))
    assert [amount for _, amount in rows(business, "C05")] == found


def test_c05_a_complement_has_no_total(business: Any, at_sat: Any) -> None:
    business.invoice("p", 900, "2026-02-10", kind="P", payment_method=None)
    sat = at_sat("p", 0, "2026-02-10", invoice_type="P", currency="XXX", exchange_rate=None)
    business.load("invoices_sat", sat)
    assert rows(business, "C05") == rows(business, "C06") == []


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"currency": "USD", "exchange_rate": 17}, "currency"),
        ({"invoice_type": "E"}, "type"),
        ({"receiver": {"rfc": "BBB010101BB1"}}, "RFC of the receiver"),
        ({"issue_date": "2026-02-11T00:00:01"}, "day of issue"),
    ],
)
def test_c06_says_what_is_different(
    business: Any, at_sat: Any, fields: dict[str, Any], word: str
) -> None:
    business.invoice("x", 500, "2026-02-10")
    business.load("invoices_sat", at_sat("x", 500, "2026-02-10", **fields))
    (row,) = evidence(business.con, "C06")
    assert row["note"] == f"different {word}"


def test_c06_compares_exchange_rates_of_foreign_money_only(business: Any, at_sat: Any) -> None:
    usd = {"currency": "USD", "exchange_rate": 17.25}
    business.invoice("usd", 500, "2026-02-10", **usd)
    business.invoice("mxn", 500, "2026-02-10", exchange_rate=None)
    business.load(
        "invoices_sat",
        at_sat("usd", 500, "2026-02-10", **usd | {"exchange_rate": 17.3}),
        at_sat("mxn", 500, "2026-02-10"),
    )
    (note,) = evidence(business.con, "C06")
    assert (note["currency"], note["note"]) == ("USD", "different exchange rate")


def test_c06_the_case_of_folios_and_rfcs_does_not_matter(business: Any, at_sat: Any) -> None:
    business.invoice("x", 500, "2026-02-10")
    record = at_sat("x", 500, "2026-02-10", receiver={"rfc": " aaa010101aa1"})
    business.load("invoices_sat", record | {"uuid": record["uuid"].lower()})
    assert rows(business, "C06") == rows(business, "C01") == rows(business, "C02") == []


@pytest.mark.parametrize(("day", "count"), [("2026-03-17", 0), ("2026-03-18", 1)])
def test_c20_cancelled_by_the_supplier_after_the_return(
    business: Any, at_sat: Any, day: str, count: int
) -> None:
    record = at_sat("s", 700, "2026-02-10", direction="received", **cancelled_at_sat(day))
    business.load("invoices_sat", record)
    assert [amount for _, amount in rows(business, "C20")] == [700] * count


@pytest.mark.parametrize(("day", "count"), [("2026-02-28", 0), ("2026-03-01", 1)])
def test_c22_cancelled_in_a_later_month(
    business: Any, at_sat: Any, make: Any, day: str, count: int
) -> None:
    business.invoice("x", 500, "2026-02-10", **cancelled_in_gigstack(make, day, day))
    business.load("invoices_sat", at_sat("x", 500, "2026-02-10", **cancelled_at_sat(day)))
    assert [amount for _, amount in rows(business, "C22")] == [500] * count


def test_the_matrix_counts_every_cfdi_once(business: Any, at_sat: Any, make: Any) -> None:
    business.invoice("lost", 300, "2026-02-01")
    business.load("invoices_sat", at_sat("alien", 250, "2026-02-01"))
    cells = business.ask(
        "select gigstack_status, sat_status, cfdis, amount from conciliation_matrix order by all"
    )
    assert [tuple(cell.values()) for cell in cells] == [
        ("absent", "valid", 1, 250),
        ("valid", "absent", 1, 300),
        ("valid", "valid", 2, 200),
    ]


def test_companies_are_compared_apart(business: Any, at_sat: Any) -> None:
    business.load("invoices_sat", at_sat("first", 100, "2026-01-05"), team="team_2")
    assert rows(business, "C01") == []  # team_2 does not use gigstack: nothing can be said
    business.cut(team="team_1")
    assert business.one("select sum(cfdis) as cfdis from conciliation_matrix")["cfdis"] == 2

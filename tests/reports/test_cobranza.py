"""Aging, statements, indicators and terms of credit on small books."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gigstack_sync.errors import UsageError
from gigstack_sync.reports import Cut, apply
from gigstack_sync.reports.cobranza import (
    PRESETS,
    Filter,
    aging,
    find_clients,
    owed_and_in_favour,
    rep,
    rows,
    statement,
    summed,
)
from gigstack_sync.reports.indicators import indicators, ratio
from gigstack_sync.reports.terms import read_terms

DUE, AGE = PRESETS["vencimiento"], PRESETS["gigstack"]


@pytest.mark.parametrize(
    ("days", "due", "age"),
    [
        (0, "not due", "0-15"),
        (1, "1-30", "0-15"),
        (15, "1-30", "0-15"),
        (16, "1-30", "16-30"),
        (30, "1-30", "16-30"),
        (31, "31-60", "31-60"),
        (60, "31-60", "31-60"),
        (61, "61-90", "61-90"),
        (90, "61-90", "61-90"),
        (91, "90+", "90+"),
    ],
)
def test_edges_belong_to_the_younger_bucket(books: Any, days: int, due: str, age: str) -> None:
    books.invoice("A", 100, "2025-12-31")
    as_of = books.one("select (date '2025-12-31' + ?::integer)::varchar as day", days)["day"]
    for preset, label in ((DUE, due), (AGE, age)):
        books.cut(as_of, aging_edges=preset.edges)
        section = aging(books.con, preset, Filter())["MXN"]
        assert [b["bucket"] for b in section["buckets"] if b["count"]] == [label]


def test_an_invoice_not_due_is_in_no_overdue_bucket(books: Any) -> None:
    books.invoice("A", 100, "2026-03-01", payment_conditions="60 días")
    assert books.one("select not_due, overdue from cobranza_aging") == {
        "not_due": 100,
        "overdue": 0,
    }


@pytest.fixture
def busy(books: Any, make: Any) -> Any:
    """Three clients, two currencies, something in somebody's favour."""
    books.invoice("A", 100, "2026-01-01", client="uno", tax_id="UNO010101AA1")
    books.invoice("B", 250, "2026-03-20", client="uno", tax_id="UNO010101AA1")
    books.invoice("C", 50, "2026-02-20", client="dos", tax_id="DOS010101AA1", currency="USD")
    paid = make.instalment("B", 1, 250, 300)
    books.load("invoices_payment", make.complement("p", "2026-03-21", paid, tax_id="UNO010101AA1"))
    books.load("payments", make.payment("loose", 70, "2026-03-02", tax_id="AAA010101AA1"))
    unrelated = [{"relationship": "01", "documents": ["not-here"]}]
    lost = make.cfdi("nc", 20, "2026-03-05", "E", related_documents=unrelated)
    books.load("invoices_egress", lost)
    return books


def test_what_is_in_favour_stands_apart(busy: Any) -> None:
    section = aging(busy.con, DUE, Filter())["MXN"]
    assert (section["balance"], section["invoices"], section["in_favour"]) == (100, 1, -140)
    assert section["in_favour_by"] == {"overpaid": -50, "payment": -70, "credit_note": -20}


@pytest.mark.parametrize("preset", [DUE, AGE])
def test_documents_add_up_to_every_figure(busy: Any, preset: Any) -> None:
    busy.cut(aging_edges=preset.edges)
    for currency, section in aging(busy.con, preset, Filter()).items():
        for number, bucket in enumerate(section["buckets"], preset.first):
            found = rows(busy.con, preset, Filter(currency=currency, bucket=number))
            assert sum(row["amount"] for row in found) == bucket["amount"]
            assert len(found) == bucket["count"]
        assert sum(client["balance"] for client in section["clients"]) == section["balance"]


def test_one_client_only(busy: Any) -> None:
    found = aging(busy.con, DUE, Filter(client="DOS010101AA1"))
    assert [(name, section["balance"]) for name, section in found.items()] == [("USD", 50)]


@pytest.mark.parametrize("text", ["UNO010101AA1", "uno010101aa1", "client_uno", "Uno"])
def test_clients_are_found_by_rfc_id_or_name(busy: Any, text: str) -> None:
    assert [row["client_key"] for row in find_clients(busy.con, text)] == ["UNO010101AA1"]


def test_a_statement_opens_with_what_was_owed_before(busy: Any) -> None:
    busy.cut(from_on="2026-03-21")
    account = statement(busy.con, "UNO010101AA1")["currencies"]["MXN"]
    assert (account["opening"], account["closing"]) == (350, 100)
    events = [(event["concept"], event["balance"]) for event in account["events"]]
    assert events == [("Pago", 50), ("Saldo a favor", 100)]


def test_dso_is_receivable_over_sales_in_days() -> None:
    assert ratio(Decimal(150_000) * 90, Decimal(450_000)) == 30
    assert ratio(Decimal(1), Decimal(0)) is None


def test_indicators(books: Any, make: Any) -> None:
    books.invoice("old", 100, "2025-12-01", payment_conditions="30 días")
    books.invoice("new", 300, "2026-03-20", payment_conditions="30 días")
    books.invoice("paid", 200, "2026-02-01", payment_conditions="30 días")
    row = make.instalment("paid", 1, 200, 200)
    books.load("invoices_payment", make.complement("p", "2026-02-11", row))
    (found,) = indicators(books.con, Cut(as_of=date_of("2026-03-31")))["currencies"].values()
    assert (found["sales"], found["receivable"], found["not_due"]) == (500, 400, 300)
    assert (found["dso"], found["best_possible_dso"]) == (72, 54)
    assert (found["average_days_delinquent"], found["cei"]) == (18, Decimal("66.67"))
    assert (found["days_to_pay"], found["days_late"], found["hhi"]) == (10, -20, 1)


def date_of(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)


def test_forgiven_debt_is_no_payment(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-02-01")
    row = make.instalment("A", 1, 100, 100)
    books.load("invoices_payment", make.complement("p", "2026-02-11", row, payment_form="15"))
    assert books.ask("from cobranza_paid_days") == []
    assert books.one("select balance from invoice_balances")["balance"] == 0


@pytest.mark.parametrize(
    ("paid", "as_of", "state", "left"),
    [
        ("2026-01-01", "2026-02-05", "pending", 0),
        ("2026-01-31", "2026-02-06", "missing", -1),
        ("2025-12-31", "2026-01-04", "pending", 1),
    ],
)
def test_a_complement_is_due_on_the_fifth(
    books: Any, make: Any, paid: str, as_of: str, state: str, left: int
) -> None:
    books.invoice("A", 100, "2025-12-01")
    books.load("payments", make.payment("pay", 100, paid, invoices=["A"]))
    books.cut(as_of)
    (row,) = books.ask("select state, days_left, amount from cobranza_rep")
    assert row == {"state": state, "days_left": left, "amount": 100}


@pytest.mark.parametrize("linked", [["pay"], []])
def test_a_complement_covers_its_payment(books: Any, make: Any, linked: list[str]) -> None:
    books.invoice("A", 100, "2026-01-01")
    books.load("payments", make.payment("pay", 100, "2026-01-15", invoices=["A"]))
    row = make.instalment("A", 1, 100, 100)
    books.load("invoices_payment", make.complement("p", "2026-01-17", row, payments=linked))
    assert books.ask("from cobranza_rep") == []


def test_a_payment_for_several_invoices_is_split_by_what_they_owe(books: Any, make: Any) -> None:
    for name, total in (("A", 100), ("B", 100), ("C", 200)):
        books.invoice(name, total, "2026-01-01")
    row = make.instalment("A", 1, 100, 50)
    books.load("invoices_payment", make.complement("p", "2026-01-05", row))
    body = make.payment("pay", 100.01, "2026-01-15", invoices=["A", "B", "C"])
    books.load("payments", body)
    rows = books.ask("select document, amount, payment_amount from cobranza_rep order by document")
    shares = [row["amount"] for row in rows]
    assert [float(share) for share in shares] == [14.29, 28.57, 57.15]
    assert {sum(shares)} == {row["payment_amount"] for row in rows}


def test_missing_complements_are_those_of_the_conciliation(books: Any, make: Any) -> None:
    for name in "AB":
        books.invoice(name, 100, "2026-01-01")
    refunded = make.payment("two", 50, "2026-01-20", invoices=["B"], total_refunded=20)
    both = make.payment("one", 150, "2026-01-15", invoices=["A", "B"])
    books.load("payments", both, refunded)
    (found,) = summed(rep(books.con), "amount")
    (check,) = books.ask(
        "select count(*) as payments, sum(amount) as amount from conciliation_findings "
        "where code = 'C12'"
    )
    assert {key: found[key] for key in check} == check == {"payments": 2, "amount": 180}


def test_what_is_owed_stands_apart_from_what_is_in_favour(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-02-01", last_balance=100)
    books.load("payments", make.payment("loose", 130, "2026-02-15"))
    (total,) = owed_and_in_favour(rows(books.con, DUE, Filter()))
    assert (total["invoices"], total["owed"]) == (1, 100)
    assert (total["favours"], total["in_favour"]) == (1, -130)


@pytest.mark.parametrize(("as_of", "state"), [("2026-01-31", "pending"), ("2026-02-01", "missed")])
def test_pue_is_to_be_collected_in_its_month(books: Any, as_of: str, state: str) -> None:
    books.invoice("A", 100, "2026-01-10", payment_method="PUE")
    books.cut(as_of)
    assert books.one("select state from cobranza_pue") == {"state": state}


def test_pue_collected_in_parts_is_collected(books: Any, make: Any) -> None:
    books.invoice("A", 100, "2026-01-10", payment_method="PUE")
    for name, amount in (("one", 40), ("two", 60)):
        books.load("payments", make.payment(name, amount, "2026-01-15", invoices=["A"]))
    assert books.ask("from cobranza_pue") == []


def test_pue_uncollected_are_those_of_the_conciliation(books: Any, make: Any) -> None:
    for name in "ABC":
        books.invoice(name, 100, "2026-01-10", payment_method="PUE")
    books.load("payments", make.payment("both", 150, "2026-01-15", invoices=["A", "B"]))
    every_day = {"periodicity": "01", "months": "01", "year": 2026}
    books.invoice("G", 900, "2026-01-31", payment_method="PUE", **{"global": every_day})
    found = "select invoice_id, {} as missing from {} order by invoice_id"
    missing = books.ask(found.format("uncollected", "cobranza_pue"))
    assert missing == books.ask(found.format("amount", "conciliation_uncollected"))
    assert [row["missing"] for row in missing] == [25, 25, 100]


def test_terms_from_toml_and_csv(tmp_path: Path, books: Any) -> None:
    (tmp_path / "t.toml").write_text('default = 15\n[clients]\n"aaa010101aa1" = 30\n')
    (tmp_path / "t.csv").write_text("client,days\naaa010101aa1,30\ndefault,15\n")
    toml, csv = read_terms(tmp_path / "t.toml"), read_terms(tmp_path / "t.csv")
    assert toml == csv
    books.invoice("A", 100, "2026-03-01")
    apply(books.con, Cut(client_terms=toml.variable, terms_days=toml.default))
    assert str(books.one("select due_on from invoice_balances")["due_on"]) == "2026-03-31"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.toml", "clients = 3"),
        ("t.toml", "[clients"),
        ("t.toml", "[clients]\na = -1"),
        ("t.toml", "[clients]\na = true"),
        ("t.csv", "aaa"),
        ("t.csv", "aaa,soon"),
        ("t.csv", "aaa,99999"),
    ],
)
def test_terms_that_are_none(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError):
        read_terms(tmp_path / name)


@pytest.mark.parametrize("heading", ["client,days", "RFC,Days", "cliente, days"])
def test_terms_may_have_a_heading(tmp_path: Path, heading: str) -> None:
    file = tmp_path / "terms.csv"
    file.write_text(f"{heading}\nABC010101AB1,30\n", encoding="utf-8")
    assert read_terms(file).days == {"ABC010101AB1": 30}

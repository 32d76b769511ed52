"""The views against plain Python over an invented business, and sums against details."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gigstack_sync.reports.cobranza import PRESETS, Filter, aging, rows
from gigstack_sync.sandbox.business import found_business

STREAMS = ("invoices_income", "invoices_egress", "invoices_payment", "payments", "receipts")
TODAY = date(2026, 11, 20)


def local(seconds: float | None) -> date | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo("America/Mexico_City")).date()


class Truth:
    """What a business did, as its own records tell."""

    def __init__(self, seed: int) -> None:
        world = found_business(seed=seed, invoices=150, months=8)
        team = world.teams[world.own_team]
        bodies = {s: [body for row in team[s] if (body := team[s].get(row))] for s in STREAMS}
        self.bodies = json.loads(json.dumps(bodies, default=float))

    def balances(self, as_of: date) -> dict[str, Decimal]:
        """Id of each invoice in force → what it owes."""
        lowered = self._lowered(as_of)
        return {
            body["id"]: max(Decimal(0), Decimal(str(body["total"])) - lowered[body["uuid"]])
            if body["payment_method"] == "PPD"
            else Decimal(0)
            for body in self.bodies["invoices_income"]
            if in_force(body, as_of)
        }

    def _lowered(self, as_of: date) -> dict[str, Decimal]:
        lowered: dict[str, Decimal] = defaultdict(Decimal)
        for body in self.bodies["invoices_payment"]:
            data = body["complements"][0]["data"]
            ended, paid_on = cancelled_on(body), date.fromisoformat(data["payment_date"][:10])
            for row in data["related_documents"]:
                if paid_on <= as_of and (ended is None or ended > as_of):
                    lowered[row["uuid"]] += Decimal(str(row["paid_amount"]))
        for body in self.bodies["invoices_egress"]:
            if in_force(body, as_of):
                for related in body["related_documents"]:
                    assert len(related["documents"]) == 1
                    if related["relationship"] in {"01", "03", "07"}:
                        lowered[related["documents"][0]] += Decimal(str(body["total"]))
        return lowered


def cancelled_on(body: dict[str, Any]) -> date | None:
    return local((body["cancellation"] or {}).get("cancelled_at"))


def in_force(body: dict[str, Any], as_of: date) -> bool:
    ended = cancelled_on(body)
    issued = local((body["date"] or body["created_at"] * 1000) / 1000)
    was_stamped = body["status"] in {"valid", "canceled"}
    return was_stamped and issued is not None and issued <= as_of < (ended or date.max)


@pytest.fixture
def load(books: Any) -> Any:
    def load(seed: int) -> Truth:
        truth = Truth(seed)
        for stream in STREAMS:
            books.load(stream, *truth.bodies[stream], at="2026-11-30")
        return truth

    return load


@pytest.mark.parametrize("seed", [1, 2])
def test_balances_are_those_of_the_books(books: Any, load: Any, seed: int) -> None:
    truth = load(seed)
    for day in (date(2026, 7, 15), date(2026, 9, 30), TODAY):
        books.cut(day.isoformat())
        found = books.ask("select invoice_id, balance from invoice_balances")
        expected = truth.balances(day)
        assert len(expected) > 20
        assert {row["invoice_id"]: row["balance"] for row in found} == expected


@pytest.mark.parametrize("day", ["2026-07-15", "2026-09-30", "2026-11-20", "2026-11-30"])
def test_what_owes_anything_may_be_open(books: Any, load: Any, day: str) -> None:
    load(4)
    books.cut(day, tolerance=Decimal(0))
    owing = "balance is null or balance <> 0 or overpaid <> 0 or is_divergent"
    rows = books.ask(f"select may_be_open, {owing} as is_owing from invoice_balances")
    assert {row["is_owing"] for row in rows} == {True, False}
    assert not [row for row in rows if row["is_owing"] and not row["may_be_open"]]
    assert [row for row in rows if not row["may_be_open"]]


def test_a_past_month_stays_as_it_was(books: Any) -> None:
    early, late = Truth(3), Truth(3)
    for stream in STREAMS:
        books.load(stream, *early.bodies[stream], at="2026-11-30")
    books.cut("2026-08-31")
    question = "select currency, sum(balance) as owed from cobranza_aging group by 1 order by 1"
    before = books.ask(question)
    for body in late.bodies["invoices_income"][-40:]:
        body |= {"status": "canceled", "cancellation": {"cancelled_at": 1_798_700_000}}
    books.load("invoices_income", *late.bodies["invoices_income"], at="2027-01-05")
    assert books.ask(question) == before


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(10, 10_000), preset=st.sampled_from(sorted(PRESETS)))
def test_every_sum_is_that_of_its_rows(books: Any, load: Any, seed: int, preset: str) -> None:
    books.con.execute("rollback; begin")
    vars(books).update(vars(type(books)(books.con, books._spool)))
    load(seed)
    chosen = PRESETS[preset]
    books.cut(TODAY.isoformat(), aging_edges=chosen.edges)
    for currency, section in aging(books.con, chosen, Filter()).items():
        for number, bucket in enumerate(section["buckets"], chosen.first):
            found = rows(books.con, chosen, Filter(currency=currency, bucket=number))
            assert sum(row["amount"] for row in found) == bucket["amount"]
        for client in section["clients"]:
            assert sum(b["amount"] for b in client["buckets"]) == client["balance"]
    stated = books.ask(
        "select client_key, currency, sum(charge) - sum(credit) as owed from cobranza_statement "
        "group by all having owed <> 0 order by all"
    )
    owed = books.ask(
        "select client_key, currency, sum(balance) as owed from invoice_balances "
        "group by all having owed <> 0 order by all"
    )
    assert stated == owed

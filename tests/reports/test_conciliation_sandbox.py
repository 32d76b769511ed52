"""Random businesses: what is found equals what plain Python finds, and sums equal their rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gigstack_sync.reports import ask
from gigstack_sync.reports.conciliation import FIGURES, checks, evidence, matrix, months, movements
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.world import World

ZONE = ZoneInfo("America/Mexico_City")
STREAMS = (
    "invoices_income",
    "invoices_egress",
    "invoices_payment",
    "invoices_sat",
    "payments",
    "receipts",
)
Bodies = dict[str, list[dict[str, Any]]]


def bodies_of(world: World) -> Bodies:
    """Every record of the own team, as the API shows it now."""
    wire = msgspec.json.Encoder(decimal_format="number")
    return {
        stream: [msgspec.json.decode(wire.encode(rows.get(row))) for row in rows.newest_first()]
        for stream in STREAMS
        for rows in [world.collection(world.own_team, stream)]
    }


def mirrored(books: Any, world: World, team: str = "team_1") -> Bodies:
    """Mirror a world as of its own noon; the cut is that day."""
    bodies = bodies_of(world)
    for stream, rows in bodies.items():
        books.load(stream, *rows, team=team, at=world.now)
    books.cut(local(world.now).isoformat(), team=team)
    return bodies


def local(moment: float) -> date:
    return datetime.fromtimestamp(moment, ZONE).date()


def text_day(text: str) -> date:
    return date.fromisoformat(text[:10])


def month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


class Truth:
    """What the checks should find, from the bodies alone: code → amounts by folio fiscal."""

    def __init__(self, bodies: Bodies, now: int) -> None:
        self.now, self.today = now, local(now)
        self.found: dict[str, dict[str, Decimal]] = defaultdict(dict)
        issued = [row for kind in STREAMS[:3] for row in bodies[kind]]
        self.ours = {row["uuid"].upper(): row for row in issued if row["uuid"]}
        at_sat = [row for row in bodies["invoices_sat"] if row["direction"] == "issued"]
        self.theirs = {row["uuid"].upper(): row for row in at_sat}
        self.sat_from = min(text_day(row["issue_date"]) for row in at_sat)
        self.sat_to = max(text_day(row["stamp_date"]) for row in at_sat)
        self.ours_from = min(local(row["created_at"]) for row in issued)
        for uuid in self.ours.keys() | self.theirs.keys():
            self._compare(uuid, self.ours.get(uuid), self.theirs.get(uuid))
        for row in bodies["invoices_sat"]:
            self._received(row)

    def _compare(self, uuid: str, ours: Any, theirs: Any) -> None:
        if ours is None:
            if text_day(theirs["issue_date"]) >= self.ours_from:
                self.found["C01"][uuid] = Decimal(str(theirs["total"]))
        elif theirs is None:
            self._missing(uuid, ours)
        else:
            self._pair(uuid, ours, theirs)
        self._cancelled_later(uuid, ours, theirs)

    def _missing(self, uuid: str, ours: Any) -> None:
        on = local(ours["created_at"])
        is_old = ours["stamp"]["stamp_at"] + 72 * 3600 <= self.now
        if is_old and on + timedelta(days=3) <= self.today and self.sat_from <= on <= self.sat_to:
            self.found["C02"][uuid] = amount_of(ours)

    def _pair(self, uuid: str, ours: Any, theirs: Any) -> None:
        is_valid = ours["status"] == "valid"
        if theirs["status"] == "Cancelado" and is_valid:
            self.found["C03"][uuid] = amount_of(ours)
        if theirs["status"] == "Vigente" and not is_valid:
            asked = local(ours["cancellation"]["requested_at"])
            done = local(ours["cancellation"]["cancelled_at"])
            days = (asked + timedelta(days=n + 1) for n in range((self.today - asked).days))
            if sum(day.weekday() < 5 for day in days) >= 3 and done + timedelta(3) <= self.today:
                self.found["C04"][uuid] = amount_of(ours)
        apart = abs(Decimal(str(ours["total"])) - Decimal(str(theirs["total"])))
        if ours["invoice_type"] != "P" and apart > Decimal("0.01"):
            self.found["C05"][uuid] = apart

    def _cancelled_later(self, uuid: str, ours: Any, theirs: Any) -> None:
        days = []
        if theirs and theirs["cancellation_date"]:
            days.append(text_day(theirs["cancellation_date"]))
        if ours and ours["status"] == "canceled":
            days.append(local(ours["cancellation"]["cancelled_at"]))
        issued = local(ours["created_at"]) if ours else text_day(theirs["issue_date"])
        if days and min(days) > month_end(issued):
            whole = amount_of(ours) if ours else Decimal(str(theirs["total"]))
            self.found["C22"][uuid] = whole

    def _received(self, row: Any) -> None:
        if row["direction"] == "received" and row["status"] == "Cancelado":
            declared_by = month_end(text_day(row["issue_date"])) + timedelta(days=17)
            if text_day(row["cancellation_date"]) > declared_by:
                self.found["C20"][row["uuid"]] = Decimal(str(row["total"]))


def amount_of(ours: Any) -> Decimal:
    """A complement has no total of its own."""
    return Decimal(0) if ours["invoice_type"] == "P" else Decimal(str(ours["total"]))


@pytest.fixture(scope="module")
def world() -> World:
    """A business large enough for each of the sandbox's discrepancies with SAT."""
    return found_business(seed=4, invoices=1500, months=24, connect_teams=0)


def test_exactly_the_planted_discrepancies_with_sat_are_found(books: Any, world: World) -> None:
    truth = Truth(mirrored(books, world), world.now).found
    planted = ("C01", "C02", "C03", "C04", "C05", "C20", "C22")
    for code in planted:
        rows = [row for row in evidence(books.con, code) if row["state"] == "found"]
        assert {row["uuid_fiscal"]: row["amount"] for row in rows} == truth[code], code
    assert all(truth[code] for code in planted if code != "C01"), "nothing was planted"
    assert evidence(books.con, "C06") == []


def test_late_and_needless_complements_are_those_of_plain_python(books: Any, world: World) -> None:
    bodies = mirrored(books, world)
    pue = {row["uuid"] for row in bodies["invoices_income"] if row["payment_method"] == "PUE"}
    pue &= {row["uuid"] for row in bodies["invoices_income"] if row["status"] == "valid"}
    late, needless = set(), []
    for rep in [row for row in bodies["invoices_payment"] if row["status"] == "valid"]:
        data = rep["complements"][0]["data"]
        deadline = month_end(text_day(data["payment_date"])) + timedelta(days=5)
        late |= {rep["id"]} if local(rep["created_at"]) > deadline else set()
        parts = data["related_documents"]
        needless += [Decimal(str(p["paid_amount"])) for p in parts if p["uuid"] in pue]
    assert {row["related_id"] for row in evidence(books.con, "C13")} == late != set()
    assert sorted(row["amount"] for row in evidence(books.con, "C15")) == sorted(needless)


def test_repeated_payments_are_those_of_plain_python(books: Any, world: World) -> None:
    seen: dict[Any, list[tuple[int, str]]] = defaultdict(list)
    totals = {r["id"]: r["total"] for r in (mirrored(books, world), _totals(books))[1]}
    for row in bodies_of(world)["payments"]:
        if row["status"] == "succeeded" and totals[row["id"]]:
            client = row["client"]
            is_generic = client["tax_id"] in ("XAXX010101000", "XEXX010101000")
            who = client["id"] if is_generic else client["tax_id"]
            key = (who, row["currency"], totals[row["id"]])
            seen[key].append((row["succeeded_at"], row["id"]))
    double = {
        later[1]
        for moments in seen.values()
        for earlier, later in zip(sorted(moments), sorted(moments)[1:], strict=False)
        if later[0] - earlier[0] <= 86_400
    }
    assert {row["payment_id"] for row in evidence(books.con, "C24")} == double


def _totals(books: Any) -> list[dict[str, Any]]:
    return books.ask("select id, total from payments")


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_every_summary_equals_the_sum_of_its_rows(books: Any, seed: int) -> None:
    mirrored(books, found_business(seed=seed, invoices=150, months=9, connect_teams=0))
    by_python, by_view = checks(books.con), ask(books.con, "conciliation_checks")
    names = ("code", "outcome", "currency", "findings", "amount", "pending", "undecided")
    tuples = [Counter(tuple(r[n] for n in names) for r in some) for some in (by_python, by_view)]
    assert tuples[0] == tuples[1]
    rows = ask(books.con, "conciliation_candidates")
    for check in by_python:
        mine = [r for r in rows if (r["code"], r["currency"]) == (check["code"], check["currency"])]
        found = [r["amount"] for r in mine if r["state"] == "found"]
        pending = [r["amount"] for r in mine if r["state"] == "pending"]
        assert (len(found), sum(found)) == (check["findings"], check["amount"]), check
        assert (len(pending), sum(pending)) == (check["pending"], check["pending_amount"])
    assert len(ask(books.con, "conciliation_findings")) == sum(r["findings"] for r in by_python)


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_every_month_ties_out_to_its_rows_and_balances(books: Any, seed: int) -> None:
    world = found_business(seed=seed, invoices=150, months=9, connect_teams=0)
    bodies = mirrored(books, world)
    found = months(books.con)
    assert [row for row in found if row["difference"]] == []
    for figure in FIGURES:
        sums: dict[Any, Decimal] = defaultdict(Decimal)
        for row in movements(books.con, figure):
            sums[row["month"], row["currency"]] += row["amount"]
        told = {(r["month"], r["currency"]): r[figure] for r in found if r[figure]}
        assert {key: amount for key, amount in sums.items() if amount} == told, figure
    open_by_gigstack = Counter()
    for row in bodies["invoices_income"]:
        if row["status"] == "valid" and row["last_balance"] is not None:
            open_by_gigstack[row["currency"]] += Decimal(str(row["last_balance"]))
    outstanding = Counter()
    for row in found:
        outstanding[row["currency"]] += row["outstanding"]
    assert +outstanding == +open_by_gigstack
    cfdis = sum(r["cfdis"] for r in matrix(books.con))
    assert cfdis == books.one("select count(*) as rows from conciliation_pairs")["rows"]

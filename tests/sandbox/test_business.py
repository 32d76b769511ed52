"""The books of a simulated business add up, on the day it is founded and after living on."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from gigstack_sync.sandbox.business import FOUNDED_AT, found_business
from gigstack_sync.sandbox.business_calendar import behind_utc, day_of, local_text, midnight
from gigstack_sync.sandbox.business_calendar import number as day_number
from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.fiscal.identity import RFC_FORM, check_digit
from gigstack_sync.sandbox.fiscal.money import cents, money
from gigstack_sync.sandbox.mutations import mutate
from gigstack_sync.sandbox.world import World

UUID = re.compile(r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}")


@pytest.fixture(scope="module")
def world() -> World:
    world = found_business(seed=7, invoices=3000, months=24)
    world.live_days(20)
    return world


def bodies(world: World, stream: str, team: str = "team_own") -> list[Json]:
    rows = world.collection(team, stream)
    return [body for row_id in rows if (body := rows.get(row_id)) is not None]


def documents(world: World) -> list[Json]:
    kinds = ("invoices_income", "invoices_egress", "invoices_payment", "invoices_draft")
    return [body for team in world.teams for kind in kinds for body in bodies(world, kind, team)]


@pytest.mark.parametrize("invoices", [1, 30, 777])
def test_as_many_income_invoices_as_asked_for(invoices: int) -> None:
    founded = found_business(invoices=invoices, months=5, connect_teams=0)
    assert len(founded.collection("team_own", "invoices_income")) == invoices
    newest = bodies(founded, "invoices_income")[-1]
    assert newest["created_at"] <= founded.now == FOUNDED_AT


def test_totals_add_up(world: World) -> None:
    for body in documents(world):
        parts = body["subtotal"] - body["discount"] + body["taxes"] - body["withholding_taxes"]
        assert body["total"] == parts > 0


def test_taxes_follow_from_the_items(world: World) -> None:
    for body in documents(world):
        added = withheld = Decimal(0)
        for tax in (tax for item in body["items"] for tax in item["taxes"]):
            amount = (Decimal(tax["base"]) * Decimal(tax["rate"])).quantize(
                Decimal("0.01"), rounding="ROUND_HALF_UP"
            )
            added += 0 if tax["withholding"] else amount
            withheld += amount if tax["withholding"] else 0
        assert (added, withheld) == (body["taxes"], body["withholding_taxes"])


def credited(world: World) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for note in bodies(world, "invoices_egress"):
        if note["status"] == "valid":
            amounts[note["related_documents"][0]["documents"][0]] += note["total"]
    return amounts


def complemented(world: World) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for complement in bodies(world, "invoices_payment"):
        parts = complement["complements"][0]["data"]["related_documents"]
        assert complement["total"] == sum(part["paid_amount"] for part in parts)
        assert complement["invoices"] == [part["uuid"] for part in parts]
        if complement["status"] == "valid":
            for part in parts:
                amounts[part["uuid"]] += part["paid_amount"]
    return amounts


def test_balances_are_what_complements_and_credit_notes_leave(world: World) -> None:
    paid, noted = complemented(world), credited(world)
    credit = [body for body in bodies(world, "invoices_income") if body["payment_method"] == "PPD"]
    settled = Counter(body["last_balance"] == 0 for body in credit)
    assert min(settled.values()) > 50
    for body in credit:
        uuid = body["uuid"]
        assert body["payment_complements"] == paid[uuid]
        assert body["last_balance"] == body["total"] - paid[uuid] - noted[uuid] >= 0


def test_invoices_paid_at_once_keep_no_balance(world: World) -> None:
    for body in bodies(world, "invoices_income"):
        assert (body["last_balance"] is None) == (body["payment_method"] == "PUE")


def test_credit_notes_stay_within_their_invoice(world: World) -> None:
    income = {body["uuid"]: body for body in bodies(world, "invoices_income")}
    assert all(income[uuid]["total"] >= amount for uuid, amount in credited(world).items())


def test_documents_refer_to_documents_that_exist(world: World) -> None:
    income = world.collection("team_own", "invoices_income")
    for complement in bodies(world, "invoices_payment"):
        assert all(income.find(uuid) for uuid in complement["invoices"])
    for body in bodies(world, "invoices_egress") + bodies(world, "invoices_income"):
        for related in body["related_documents"]:
            assert all(income.find(uuid) for uuid in related["documents"])


def test_payments_and_receipts_point_at_invoices_that_exist(world: World) -> None:
    income = world.collection("team_own", "invoices_income")
    for body in bodies(world, "payments") + bodies(world, "receipts"):
        assert all(ref in income for ref in body["invoices"])


def test_cancelled_invoices_rest_on_nothing_in_force(world: World) -> None:
    paid, noted = complemented(world), credited(world)
    gone = [b for b in bodies(world, "invoices_income") if b["status"] == "canceled"]
    assert len(gone) > 20
    assert all(not paid[body["uuid"]] and not noted[body["uuid"]] for body in gone)
    for body in gone:
        assert body["cancellation"]["cancellation_status"] == "accepted"


def test_substitutes_carry_relation_04_and_the_old_one_names_them(world: World) -> None:
    income = {body["uuid"]: body for body in bodies(world, "invoices_income")}
    old = [b for b in income.values() if (b["cancellation"] or {}).get("motive") == "01"]
    assert old
    for body in old:
        new = income[body["cancellation"]["substitution_uuid"]]
        assert {"relationship": "04", "documents": [body["uuid"]]} in new["related_documents"]


def test_all_motives_and_answers_of_a_cancellation_occur(world: World) -> None:
    asked = [b["cancellation"] for b in bodies(world, "invoices_income") if b["cancellation"]]
    assert {"01", "02", "03", "04"} == {one["motive"] for one in asked}
    assert {"accepted", "rejected"} <= {one["cancellation_status"] for one in asked}


def test_ids_and_folios_are_unique_and_uuids_well_formed(world: World) -> None:
    stamped = [body for body in documents(world) if body["uuid"]]
    assert len({body["uuid"] for body in stamped}) == len(stamped)
    assert all(UUID.fullmatch(body["uuid"]) for body in stamped)
    numbers = [(b["team"], b["series"], b["folio_number"]) for b in stamped]
    assert len(set(numbers)) == len(numbers)
    for stream in ("payments", "receipts", "clients"):
        assert all(body["id"] for body in bodies(world, stream))


def test_every_rfc_is_well_formed_and_checks(world: World) -> None:
    rfcs = {body["tax_id"] for body in bodies(world, "clients")}
    rfcs |= {body["issuer"]["rfc"] for body in bodies(world, "invoices_sat")}
    rfcs |= {team.profile["tax_id"] for team in world.teams.values()}
    rfcs -= {"XAXX010101000", "XEXX010101000"}
    assert all(RFC_FORM.fullmatch(rfc) and check_digit(rfc[:-1]) == rfc[-1] for rfc in rfcs)


@pytest.mark.parametrize("rfc", ["GODE561231GR8", "SAT970701NN3", "PPD101129EA3"])
def test_check_digit_of_published_rfcs(rfc: str) -> None:
    assert check_digit(rfc[:-1]) == rfc[-1]


def test_every_kind_of_thing_occurs(world: World) -> None:
    income = bodies(world, "invoices_income")
    assert {"USD", "MXN"} == {body["currency"] for body in income}
    assert any(body["global"] for body in income)
    levied = {tax["type"] for body in income for item in body["items"] for tax in item["taxes"]}
    assert levied == {"IVA", "IEPS", "ISR"}
    assert any(
        isinstance(tax["rate"], str) for b in income for i in b["items"] for tax in i["taxes"]
    )
    relations = {
        r["relationship"] for b in bodies(world, "invoices_egress") for r in b["related_documents"]
    }
    assert relations == {"01", "03", "07"}
    assert max(Counter(body["created_at"] for body in income).values()) >= 3


def test_payments_show_their_amount_in_each_known_way(world: World) -> None:
    payments = bodies(world, "payments")
    assert {"succeeded", "requires_payment_method", "failed", "canceled", "refunded"} <= {
        body["status"] for body in payments
    }
    shapes = Counter(("total" in body, "amount" in body) for body in payments)
    assert shapes[True, False] > shapes[False, True] > shapes[False, False] > 0
    assert all(isinstance(body["amount"], int) for body in payments if "amount" in body)


def test_receipts_end_in_every_way(world: World) -> None:
    receipts = bodies(world, "receipts")
    assert {"pending", "stamped", "expired", "canceled"} == {body["status"] for body in receipts}
    assert all(body["invoices"] for body in receipts if body["status"] == "stamped")


def test_the_sat_mirror_differs_here_and_there(world: World) -> None:
    sat = {b["uuid"]: b for b in bodies(world, "invoices_sat") if b["direction"] == "issued"}
    ours = {b["uuid"]: b for b in bodies(world, "invoices_income") if b["uuid"]}
    assert 0 < len(ours.keys() - sat.keys()) < len(ours) / 20
    assert sat.keys() - {body["uuid"] for body in documents(world)}
    both = [(ours[uuid], sat[uuid]) for uuid in ours if uuid in sat]
    assert 0 < sum(mine["total"] != theirs["total"] for mine, theirs in both) < len(both) / 50
    states = Counter((mine["status"], theirs["status"]) for mine, theirs in both)
    assert all(
        states[pair]
        for pair in (("valid", "Vigente"), ("canceled", "Cancelado"), ("valid", "Cancelado"))
    )


def test_the_sat_writes_local_time(world: World) -> None:
    sat = {body["uuid"]: body["issue_date"] for body in bodies(world, "invoices_sat")}
    for body in bodies(world, "invoices_income"):
        if body["uuid"] in sat:
            assert sat[body["uuid"]] == local_text(body["created_at"])


def test_hostile_names_are_among_the_clients(world: World) -> None:
    names = "".join(body["name"] for body in bodies(world, "clients"))
    assert all(part in names for part in ("=HYPERLINK(", "[bold]", "\x1b[31m", "../../etc", "🦄"))


def test_business_grows_and_rests_on_sundays(world: World) -> None:
    days = [day_of(body["created_at"]) for body in bodies(world, "invoices_income")]
    half = (min(days) + max(days)) // 2
    assert sum(day > half for day in days) > 1.2 * sum(day <= half for day in days)
    weekdays = Counter((day + 3) % 7 for day in days)
    assert weekdays[6] < weekdays[0] / 3


def test_living_on_changes_old_rows_and_says_so() -> None:
    world = found_business(seed=2, invoices=1500, months=12, connect_teams=1)
    before = {body["id"]: body for body in bodies(world, "invoices_income")}
    done = world.live_days(45)
    after = {body["id"]: body for body in bodies(world, "invoices_income")}
    assert before.keys() < after.keys()
    changed = [key for key, body in before.items() if after[key] != body]
    assert len(changed) > 20
    assert world.now == FOUNDED_AT + 45 * 86_400
    for kind in ("invoices", "complements", "cancellations accepted", "receipts stamped"):
        assert done[kind] > 0
    assert list(done) == sorted(done)


def test_days_one_by_one_end_like_days_at_once() -> None:
    one, many = (found_business(invoices=100, months=4, connect_teams=0) for _ in range(2))
    for _ in range(3):
        one.live_days()
    many.live_days(3)
    assert one.now == many.now
    assert abs(len(bodies(one, "invoices_income")) - len(bodies(many, "invoices_income"))) <= 3


@pytest.mark.parametrize(("invoices", "months"), [(0, 3), (1, 1), (5, 72), (600, 2)])
def test_life_goes_on_whatever_is_changed_or_deleted_meanwhile(invoices: int, months: int) -> None:
    world = found_business(seed=months, invoices=invoices, months=months, connect_teams=1)
    for round_ in range(3):
        mutate(world, round_, 300)
        world.live_days(30)
    rows = world.collection("team_own", "payments")
    assert all(rows.position(row_id) <= world.now for row_id in rows)


def test_five_thousand_invoices_are_founded_quickly() -> None:
    started = time.process_time()
    found_business(invoices=5000)
    assert time.process_time() - started < 3


def test_a_big_business_has_more_than_a_page_in_one_second() -> None:
    big = found_business(invoices=20_000, connect_teams=0)
    for stream in ("payments", "receipts"):
        rows = big.collection("team_own", stream)
        assert max(Counter(rows.position(row_id) for row_id in rows).values()) > 100


@pytest.mark.parametrize("text", ["0", "1160", "1160.5", "1160.55", "0.01"])
def test_money_is_spelled_as_javascript_does(text: str) -> None:
    assert str(money(cents(text))) == text


def test_summer_time_ended_in_2022() -> None:
    from datetime import date

    hours = [behind_utc(date(*d)) // 3600 for d in ((2022, 7, 1), (2022, 10, 30), (2023, 7, 1))]
    assert hours == [5, 6, 6]
    july = day_number(date(2022, 7, 1))
    assert day_of(midnight(july)) == july == day_of(midnight(july + 1) - 1)

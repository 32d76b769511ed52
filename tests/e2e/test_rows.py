"""Rows that no schema foresaw: kept as received, set aside and counted, never dropped."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

INCOME, PAYMENTS = "invoices_income", "payments"


def on_payments(fault):
    return f"{fault},path=/payments"


@pytest.fixture
def shop(account):
    return account(invoices=120, months=12)


NO_ROWS = ["id=null", "id=int", "id=object", "id=empty", "drop_key=id"]
NO_ROWS += ["not_an_object=text", "not_an_object=array", "not_an_object=number"]


def test_fault_20_what_cannot_be_a_row_is_set_aside_and_said(shop):
    """A payment without an id may be a payment lost: the run is partial, once."""
    odd = [on_payments(f"{fault},row={n},at=1") for n, fault in enumerate(NO_ROWS)]
    shop.suffer(*odd, on_payments("null_rows=3,at=1"))
    report = shop.sync(PAYMENTS)
    assert report.exit_code == 3
    assert report.totals["quarantined"] == len(NO_ROWS) + 1
    kept = shop.query("select count(*) from sync.quarantine where payload <> ''")
    assert kept == [(len(NO_ROWS) + 1,)]
    assert shop.tombstones() == 0
    shop.suffer()
    shop.recover(PAYMENTS)


def test_the_same_odd_row_is_said_once(shop):
    shop.suffer(on_payments("null_rows=2"))
    assert [shop.sync(PAYMENTS).exit_code for _ in range(3)] == [3, 0, 0]
    assert shop.look("select sightings >= 3 from sync.quarantine") == [(True,)]


@pytest.mark.parametrize("date", ["null", "text", "negative", "huge", "future", "ms"])
def test_fault_21_a_creation_time_that_is_missing_or_absurd_costs_no_row(date, shop):
    """One row a page; where it cannot be placed in time, it is mirrored all the same."""
    shop.suffer(on_payments(f"created={date}"))
    report = shop.sync(PAYMENTS)
    assert report.exit_code in (0, 3)
    assert len(shop.server.requests) <= 40
    assert shop.tombstones() == 0
    shop.suffer()
    assert shop.sync(PAYMENTS, is_full=True).exit_code == 0
    assert shop.differences(PAYMENTS) == []
    later = shop.sync(PAYMENTS)
    assert (later.exit_code, later.changed) == (0, 0)


def test_fault_21_a_row_from_the_future_does_not_move_the_frontier(shop):
    """Else a year of invoices would count as looked at before they exist."""
    shop.suffer(on_payments("created=future"))
    shop.sync(PAYMENTS)
    frontier = shop.look("select max(ends) from sync.windows where stream = 'payments'")[0][0]
    assert frontier <= shop.world.now + 3_600
    shop.suffer()
    shop.world.live_days(30)
    assert shop.sync(PAYMENTS, is_full=True).exit_code == 0
    assert shop.differences(PAYMENTS) == []


@pytest.mark.parametrize("form", ["word", "object", "array", "bool"])
def test_fault_22_a_field_of_another_type_is_null_in_its_column_and_recorded(form, shop):
    shop.suffer(on_payments(f"type={form},field=total,row=all"))
    shop.sync(PAYMENTS)
    drift = shop.query(
        "select column_name, rows_affected from sync_drift where stream = 'payments'"
    )
    assert ("total" in {name for name, _ in drift}) == (form != "null")
    typed, kept = shop.query("select count(total), count(payload) from mirror.payments")[0]
    assert (typed, kept > 100) == (0, True)
    shop.suffer()
    assert shop.sync(PAYMENTS, is_full=True).exit_code == 0
    assert shop.differences(PAYMENTS) == []


def test_fault_22_money_as_text_is_money(shop):
    shop.suffer(on_payments("type=text,field=total,row=all"))
    shop.sync(PAYMENTS)
    assert shop.query("select distinct total from mirror.payments") == [(Decimal("12.50"),)]
    assert shop.query("select count(*) from sync_drift") == [(0,)]


DIGITS = ["123456789012.345678", "0.000001", "-0", "1e3", "100000.10"]


def test_fault_47_every_digit_of_an_amount_arrives(shop):
    shop.suffer(*(on_payments(f"money={d},row={n},at=1") for n, d in enumerate(DIGITS)))
    shop.sync(PAYMENTS)
    rows = shop.query("select total, payload from mirror.payments")
    for digits in DIGITS:
        found = {total for total, body in rows if f'"total":{digits},' in f"{body[:-1]},"}
        assert found == {Decimal(digits)}


@pytest.mark.parametrize("digits", ["1e400", "12345678901234567890.12"])
def test_fault_47_an_amount_no_column_holds_is_kept_in_its_payload_and_recorded(digits, shop):
    shop.suffer(on_payments(f"money={digits}"))
    assert shop.sync(PAYMENTS).exit_code in (0, 3)
    assert shop.query("select count(*) from sync_drift where column_name = 'total'") == [(1,)]
    assert shop.query(f"select count(*) from mirror.payments where payload like '%{digits}%'")[0][0]


TEXTS = ["surrogate", "nul", "emoji", "rtl", "formula", "markup", "escape"]


def test_fault_47_text_of_every_kind_comes_back_as_it_was(shop):
    texts = [f"text={t},field=payment_conditions,row={n},at=1" for n, t in enumerate(TEXTS)]
    shop.suffer(*map(on_payments, texts))
    assert shop.sync(PAYMENTS).exit_code == 0
    shop.suffer()
    bodies = [json.loads(body) for (body,) in shop.query("select payload from mirror.payments")]
    assert len({b.get("payment_conditions") for b in bodies} - {None}) == len(TEXTS)
    assert shop.sync(PAYMENTS, is_full=True).exit_code == 0
    assert shop.differences(PAYMENTS) == []


def test_half_a_character_in_an_invoice_stops_no_later_sync(shop):
    shop.suffer("text=surrogate,field=conditions,row=0,at=1,path=/invoices/income")
    assert shop.sync(INCOME).exit_code == 0
    shop.suffer()
    assert shop.sync(INCOME, is_full=True).exit_code == 0
    assert shop.query("select count(*) from changes where change = 'updated'") == [(1,)]
    assert shop.differences(INCOME) == []


@pytest.mark.parametrize(
    "fault",
    [
        "drop_key=total",
        "drop_key=client",
        "new_key=tax_stamp",
        "case_change=payment_form",
        "duplicate_key=status",
        "deep_row=200",
        "huge_row=1000000",
    ],
)
def test_fault_46_a_row_of_another_shape_is_mirrored_with_its_body(fault, shop):
    shop.suffer(on_payments(fault))
    report = shop.sync(PAYMENTS)
    assert report.exit_code in (0, 3)
    assert shop.query("select count(*) from mirror.payments where deleted_at is null")[0][0] > 100
    shop.suffer()
    assert shop.sync(PAYMENTS, is_full=True).exit_code == 0
    assert shop.differences(PAYMENTS) == []


def test_fault_23_a_row_too_deep_to_read_spoils_no_other(shop):
    shop.suffer(on_payments("deep_row=100000,at=1"))
    assert shop.sync(PAYMENTS).exit_code in (0, 3)
    shop.suffer()
    assert shop.sync(PAYMENTS, is_full=True).exit_code == 0
    assert shop.differences(PAYMENTS) == []

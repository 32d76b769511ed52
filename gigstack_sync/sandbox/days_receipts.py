"""The counter: receipts, invoices their buyers ask for, and the global invoice of the month."""

from __future__ import annotations

from gigstack_sync.sandbox import business_calendar as calendar
from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.days_cancel import cancel
from gigstack_sync.sandbox.days_sales import give_back
from gigstack_sync.sandbox.days_shop import DAY, Shop
from gigstack_sync.sandbox.fiscal import rules
from gigstack_sync.sandbox.fiscal.cfdi import Line, Order
from gigstack_sync.sandbox.fiscal.payments import (
    Charge,
    Receipt,
    close_receipt,
    open_receipt,
    register_payment,
    sums_of,
)

IMPORTED_TOGETHER = 130  # rows in one second, as a shop's import makes them
_PER_GLOBAL = 25
_SALE: Json = {
    "id": None,
    "product_key": "01010101",
    "unit_key": "ACT",
    "unit_name": "Actividad",
    "taxability": "02",
}
_PERIODS = ("month", "month", "month", "week", "day", "two_weeks")


def ring_up(shop: Shop, at: int) -> Row:
    """Sell over the counter: a payment and a receipt, to be invoiced later or never."""
    public = shop.customers[0]
    order = shop.order(public, at)
    form = "01" if shop.chance(0.4) else "28"
    charge = Charge(public.snapshot, order.lines, form=form, processor="clip")
    payment = register_payment(shop.team, charge, at)
    periodicity = _PERIODS[int(shop.rng.random() * len(_PERIODS))]
    receipt = open_receipt(shop.team, charge, at, periodicity=periodicity)
    payment.state["receipts"] = [receipt.id]
    receipt.state["payments"] = [payment.id]
    shop.tally["receipts"] += 1
    dice = shop.rng.random()
    if dice < 0.35:
        shop.later(shop.in_days(at, dice * 25), _invoice_self, receipt)
    elif dice < 0.85:
        shop.till.append(receipt)
    elif dice < 0.9:
        shop.later(shop.in_days(at, 1), _close, receipt, "canceled")
    elif dice < 0.92:
        shop.later(shop.in_days(at, 2), _return, receipt, payment)
    else:
        source = receipt.source
        until = source.valid_until if isinstance(source, Receipt) else at
        shop.later(until, _close, receipt, "expired")
    return receipt


def import_receipts(shop: Shop, at: int) -> None:
    """Take in many slips at once: all bear the same second."""
    for _ in range(IMPORTED_TOGETHER):
        ring_up(shop, at)


def _invoice_self(shop: Shop, at: int, receipt: Row) -> None:
    source = receipt.source
    if not isinstance(source, Receipt) or receipt["status"] != "pending" or not shop.room():
        return
    buyer = shop.any_customer()
    lines = source.charge.lines
    order = Order(buyer.snapshot, lines, use=buyer.sheet["use"], form=source.charge.form)
    order.series, order.extras = "T", {"from": "self_invoice", "payments": receipt["payments"]}
    invoice = rules.issue(shop.team, "I", order, at)
    close_receipt(shop.team, receipt, invoice)
    shop.tally["receipts stamped"] += 1


def _close(shop: Shop, _at: int, receipt: Row, status: str) -> None:
    if receipt["status"] == "pending":
        shop.team["receipts"].change(receipt.id, status=status)
        shop.tally[f"receipts {status}"] += 1


def _return(shop: Shop, at: int, receipt: Row, payment: Row) -> None:
    give_back(shop, at, payment, None)
    refunded = payment["total_refunded"]
    shop.team["receipts"].change(receipt.id, total_refunded=refunded, status="canceled")


def end_of_month(shop: Shop, at: int) -> None:
    """Put the receipts nobody claimed into global invoices; comes again next month."""
    here = [receipt for receipt in shop.till if not receipt.gone]
    waiting = [receipt for receipt in here if receipt["status"] == "pending"]
    shop.till = []
    for start in range(0, len(waiting), _PER_GLOBAL):
        if shop.room():
            _global_invoice(shop, at, waiting[start : start + _PER_GLOBAL])
        else:
            shop.till += waiting[start : start + _PER_GLOBAL]
    first = calendar.next_month(calendar.next_month(calendar.on(calendar.day_of(at))))
    shop.later(calendar.midnight(calendar.number(first)) - 60, end_of_month)


def _global_invoice(shop: Shop, at: int, receipts: list[Row]) -> None:
    order = Order(receipts[0]["client"], tuple(map(_slip, receipts)), use="S01", form="01")
    month = calendar.on(calendar.day_of(at - DAY))
    period = {"periodicity": "04", "months": f"{month.month:02}", "year": month.year}
    paid_by = [receipt.state["payments"][0] for receipt in receipts]
    order.extras, order.series = {"global": period, "payments": paid_by, "from": "eom"}, "G"
    invoice = rules.issue(shop.team, "I", order, at)
    for receipt in receipts:
        close_receipt(shop.team, receipt, invoice)
    shop.tally["global invoices"] += 1
    shop.tally["receipts stamped"] += len(receipts)
    if shop.chance(0.12):
        shop.later(shop.in_days(at, 6), _take_apart, invoice, receipts)


def _take_apart(shop: Shop, at: int, invoice: Row, receipts: list[Row]) -> None:
    """Cancel a global invoice because one buyer wants an own one (motive 04)."""
    cancel(shop, at, invoice, "04")
    if invoice["status"] != "canceled":
        return
    receipts = [receipt for receipt in receipts if not receipt.gone]
    for receipt in receipts:
        files = {"pdf": None, "xml": None}
        shop.team["receipts"].change(receipt.id, status="pending", invoices=[], files=files)
    shop.till += receipts[1:]
    for receipt in receipts[:1]:
        _invoice_self(shop, at, receipt)


def _slip(receipt: Row) -> Line:
    source = receipt.source
    assert isinstance(source, Receipt)  # the till holds nothing else
    sums = sums_of(source.charge)
    levies = "iva16" if sums.taxes else "iva0"
    sale = {**_SALE, "description": "Venta", "sku": receipt.id}
    return Line(sale, 10, max(sums.subtotal - sums.discount, 1), 0, levies)

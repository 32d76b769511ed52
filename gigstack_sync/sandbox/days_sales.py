"""Sales: invoices paid at once or on credit, advances, payment links."""

from __future__ import annotations

from dataclasses import replace

from gigstack_sync.sandbox.business_people import Customer
from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.days_cancel import cancel, give_credit, note_for, replace_invoice
from gigstack_sync.sandbox.days_collect import complement_twice, plan_payments
from gigstack_sync.sandbox.days_shop import DAY, HOUR, Shop
from gigstack_sync.sandbox.fiscal import rules
from gigstack_sync.sandbox.fiscal.cfdi import Cfdi, Line, Order, add_up
from gigstack_sync.sandbox.fiscal.money import cents
from gigstack_sync.sandbox.fiscal.payments import (
    Charge,
    link,
    refund,
    register_payment,
    request_payment,
    settle,
    sums_of,
)

ADVANCE: Json = {
    "id": None,
    "description": "Anticipo del bien o servicio",
    "product_key": "84111506",
    "unit_key": "ACT",
    "unit_name": "Actividad",
    "sku": None,
    "taxability": "02",
}
_PROCESSORS = (
    "stripe", "stripe", "stripe", "stripe", "mercadopago", "paypal", "conekta", "openpay", "clip",
)  # fmt: skip
_SHAPES = ("minor", "minor", "minor", "full", "items")
_MOTIVES = ("01", "01", "02", "02", "02", "03", "03")
_NOT_STAMPED: Json = {
    "status": "pending",
    "uuid": None,
    "stamp": None,
    "verification_url": None,
    "files": {"pdf": None, "xml": None},
}


def sell(shop: Shop, at: int) -> Row:
    """Issue one income invoice and set going what will follow from it."""
    customer = shop.any_customer()
    return sell_to(shop, at, customer, shop.order(customer, at))


def sell_to(shop: Shop, at: int, customer: Customer, order: Order) -> Row:
    """Invoice an order the way this customer buys."""
    dice = shop.rng.random()
    if dice < customer.credit:
        shop.on_credit(order, customer.terms)
        invoice = rules.issue(shop.team, "I", order, at)
        plan_payments(shop, customer, invoice, at)
    elif dice > 0.985:
        invoice = _advance(shop, at, order)
    else:
        invoice = rules.issue(shop.team, "I", order, at)
        _paid_at_once(shop, at, invoice, order)
    shop.tally["invoices"] += 1
    _aftermath(shop, at, customer, invoice)
    return invoice


def _aftermath(shop: Shop, at: int, customer: Customer, invoice: Row) -> None:
    dice = shop.rng.random()
    if dice < 0.028:
        motive = _MOTIVES[int(dice * 10_000) % len(_MOTIVES)]
        when = shop.in_days(at, dice * 400)
        if motive == "01":
            shop.later(when, _correct, customer, invoice)
        else:
            shop.later(when, cancel, invoice, motive)
    elif dice < 0.055:
        shop.later(shop.in_days(at, 2 + dice * 200), _allow, invoice)
    elif dice < 0.056:
        shop.later(shop.in_days(at, 1), _sell_again, customer, invoice)
    elif dice < 0.062:
        slow_stamp(shop, at, invoice)


def slow_stamp(shop: Shop, at: int, invoice: Row, wait: int = HOUR) -> None:
    """Leave an invoice unstamped for a while, as when the PAC is slow."""
    shop.team["invoices_income"].change(invoice.id, **_NOT_STAMPED)
    shop.later(at + wait, _stamp_at_last, invoice)


def _stamp_at_last(shop: Shop, _at: int, invoice: Row) -> None:
    stamped = invoice.source.render()
    shop.team["invoices_income"].change(
        invoice.id, **{name: stamped[name] for name in _NOT_STAMPED}
    )


def _correct(shop: Shop, at: int, customer: Customer, invoice: Row) -> None:
    new = replace_invoice(shop, at, invoice)
    if new is not None and new["last_balance"] is not None:
        plan_payments(shop, customer, new, at)


def _allow(shop: Shop, at: int, invoice: Row) -> None:
    note = give_credit(shop, at, invoice)
    if note is not None and shop.chance(0.03):
        shop.later(shop.in_days(at, 4), cancel, note, "02")


def _sell_again(shop: Shop, at: int, customer: Customer, invoice: Row) -> None:
    source = invoice.source
    if isinstance(source, Cfdi) and shop.room():
        sell_to(shop, at, customer, replace(source.order, method="PUE", form="03"))


def _paid_at_once(shop: Shop, at: int, invoice: Row, order: Order) -> None:
    dice = shop.rng.random()
    if dice > 0.93:
        order.form = "01" if dice < 0.998 else "99"
        return  # paid outside gigstack, or not at all
    charge = Charge(order.client, order.lines, order.currency, order.rate, order.form)
    earlier = 0
    if dice < 0.5:
        charge.processor = _PROCESSORS[int(dice * 1000) % len(_PROCESSORS)]
        charge.extras = {"automation_type": "pue_invoice"}
        charge.form = order.form = "04" if dice < 0.35 else "28"
        if charge.processor == "stripe":
            charge.shape = _SHAPES[int(dice * 10_000) % len(_SHAPES)]
        earlier = int(dice * 4 * HOUR)
    payment = register_payment(shop.team, charge, at - earlier)
    payment.state.update(succeeded_at=at, invoices=[invoice.id])
    invoice.state["payments"] = [payment.id]
    shop.tally["payments received"] += 1
    if dice < 0.012:
        shop.later(shop.in_days(at, 1 + dice * 1500), give_back, payment, invoice)
    elif dice < 0.0135:
        shop.later(at + 2 * HOUR, _pay_twice, charge)
    elif dice < 0.0145:
        shop.later(shop.in_days(at, 3), complement_twice, invoice, payment)


def _pay_twice(shop: Shop, at: int, charge: Charge) -> None:
    register_payment(shop.team, charge, at)


def give_back(shop: Shop, at: int, payment: Row, invoice: Row | None) -> None:
    """Refund a payment, all or half, usually with a credit note."""
    charge = payment.source.charge  # type: ignore[attr-defined]
    total = sums_of(charge).total
    whole = shop.chance(0.7)
    refund(shop.team, payment, total if whole else total // 2, at)
    shop.tally["refunds"] += 1
    if invoice is None or not whole or shop.chance(0.2) or invoice["status"] != "valid":
        return
    source = invoice.source
    already = bool(rules.dependents(shop.team, invoice)) or invoice["cancellation"]
    if isinstance(source, Cfdi) and not already:
        rules.credit(shop.team, invoice, note_for(source.order, source.order.lines), "01", at)
        shop.tally["credit notes"] += 1


def _advance(shop: Shop, at: int, order: Order) -> Row:
    price = max(add_up(order.lines).subtotal * 3 // 10, 1)
    levies = "iva0" if order.lines[0].levies == "iva0" else "iva16"
    part = replace(order, lines=(Line(ADVANCE, 10, price, 0, levies),))
    invoice = rules.issue(shop.team, "I", part, at)
    _paid_at_once(shop, at, invoice, part)
    if shop.chance(0.85):
        shop.later(shop.in_days(at, 10 + 30 * shop.rng.random()), _deliver, invoice, order)
    return invoice


def _deliver(shop: Shop, at: int, advance: Row, order: Order) -> None:
    if advance["status"] != "valid" or advance["cancellation"] or not shop.room():
        return
    if rules.dependents(shop.team, advance) or advance["uuid"] is None:
        return
    related = {"relationship": "07", "documents": [advance["uuid"]]}
    full = replace(order, extras={**order.extras, "related_documents": [related]})
    invoice = rules.issue(shop.team, "I", full, at)
    _paid_at_once(shop, at, invoice, full)
    source = advance.source
    if isinstance(source, Cfdi) and source.sums.total <= cents(invoice["total"]):
        note = note_for(source.order, source.order.lines, form="30")
        rules.credit(shop.team, invoice, note, "07", at + 60)
    shop.tally["advances applied"] += 1


def ask(shop: Shop, at: int) -> None:
    """Send a payment link, and let it end in one of many ways."""
    customer = shop.any_customer()
    order = shop.order(customer, at)
    dice = shop.rng.random()
    charge = Charge(order.client, order.lines, order.currency, order.rate, None)
    charge.processor = _PROCESSORS[int(dice * 1000) % len(_PROCESSORS)]
    charge.shape = "minor" if charge.processor == "stripe" else "full"
    payment = request_payment(shop.team, charge, at)
    shop.tally["payment links"] += 1
    later = shop.in_days(at, dice * 12)
    if dice < 0.3:
        shop.later(at + 600, _turn, payment, "processing")
        shop.later(later, _turn, payment, "succeeded")
    elif dice < 0.45:
        shop.later(at + 600, _turn, payment, "pending")
        shop.later(later, _turn, payment, "failed")
    elif dice < 0.65:
        shop.later(later, _turn, payment, "canceled")
    elif dice < 0.75:
        shop.later(later, _drop, payment)
    elif dice < 0.8:
        shop.later(at + DAY, _turn, payment, "processing")


def _turn(shop: Shop, at: int, payment: Row, status: str) -> None:
    if payment.id not in shop.team["payments"]:
        return
    if status == "succeeded":
        settle(shop.team, payment, at)
        shop.tally["payments received"] += 1
        if shop.chance(0.7) and shop.room():
            _invoice_payment(shop, at, payment)
    else:
        shop.team["payments"].change(payment.id, status=status)
        shop.tally[f"payments {status}"] += 1


def _invoice_payment(shop: Shop, at: int, payment: Row) -> None:
    charge = payment.source.charge  # type: ignore[attr-defined]
    order = Order(charge.client, charge.lines, charge.currency, charge.rate, form="04")
    invoice = rules.issue(shop.team, "I", order, at)
    link(shop.team, payment, invoice)
    shop.tally["invoices"] += 1


def _drop(shop: Shop, _at: int, payment: Row) -> None:
    if payment.id in shop.team["payments"]:
        shop.team["payments"].delete(payment.id)
        shop.tally["payments deleted"] += 1

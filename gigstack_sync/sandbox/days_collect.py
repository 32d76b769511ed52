"""Money that customers owe: payments in parts, complements in time or late or never."""

from __future__ import annotations

from gigstack_sync.sandbox import business_calendar as calendar
from gigstack_sync.sandbox.business_people import Customer
from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.days_cancel import cancel
from gigstack_sync.sandbox.days_shop import Shop
from gigstack_sync.sandbox.fiscal.cfdi import Line
from gigstack_sync.sandbox.fiscal.payments import Charge, link, register_payment
from gigstack_sync.sandbox.fiscal.rules import Money, balance_of, register_complement

COLLECTED: Json = {
    "id": None,
    "description": "Abono a factura",
    "product_key": "84111506",
    "unit_key": "ACT",
    "unit_name": "Actividad",
    "sku": None,
    "taxability": "01",
}


def plan_payments(shop: Shop, customer: Customer, invoice: Row, at: int) -> None:
    """Decide when a customer will pay an invoice on credit, in how many parts, if at all."""
    rng = shop.rng
    customer.owing = [*customer.owing[-3:], invoice]
    if shop.chance(customer.defaults):
        if shop.chance(0.3):
            shop.later(shop.in_days(at, customer.terms), collect, customer, invoice, 3)
        return
    dice = rng.random()
    parts = 1 if dice < 0.72 else 2 if dice < 0.9 else 3
    days = float(customer.terms)
    for left in range(parts, 0, -1):
        days += rng.expovariate(1 / customer.late) if customer.late else 0.1
        shop.later(shop.in_days(at, days), collect, customer, invoice, left)
        days += 15


def open_amount(shop: Shop, invoice: Row) -> int:
    """Cents a customer would still pay on an invoice now."""
    if invoice["status"] != "valid" or (invoice["cancellation"] or {}).get("requested_at"):
        return 0
    return balance_of(invoice) - shop.promised.get(invoice.id, 0)


def collect(shop: Shop, at: int, customer: Customer, invoice: Row, parts: int) -> None:
    """Receive the next of `parts` payments on an invoice, sometimes for others too."""
    amount = open_amount(shop, invoice)
    if amount <= 0:
        return
    paid = [(invoice, amount if parts == 1 else max(amount // parts, 1))]
    if parts == 1 and shop.chance(0.25):
        currency = invoice["currency"]
        others = [row for row in customer.owing if row is not invoice]
        same = [row for row in others if row["currency"] == currency]
        paid += [(row, left) for row in same if (left := open_amount(shop, row)) > 0]
    _receive(shop, at, paid)


def _receive(shop: Shop, at: int, paid: list[tuple[Row, int]]) -> None:
    total = sum(amount for _, amount in paid)
    first = paid[0][0]
    form = "03" if shop.chance(0.85) else "02"
    charge = Charge(
        client=first["client"],
        lines=(Line(COLLECTED, 10, total, 0, "none"),),
        currency=first["currency"],
        rate=int(first["exchange_rate"] * 10_000),
        form=form,
        processor="manual" if shop.chance(0.3) else "api",
        amount=total,
    )
    payment = register_payment(shop.team, charge, at)
    for invoice, amount in paid:
        link(shop.team, payment, invoice)
        shop.promised[invoice.id] = shop.promised.get(invoice.id, 0) + amount
    shop.tally["payments received"] += 1
    dice = shop.rng.random()
    if dice < 0.02:
        return  # nobody stamps the complement: a finding for the accountant
    delay = dice * 2 if dice < 0.93 else 12 + dice * 30
    by = Money(payment.id, calendar.local_text(at), form)
    shop.later(at + 300 + delay * 86_400, complement, paid, by)


def complement(shop: Shop, at: int, paid: list[tuple[Row, int]], by: Money) -> None:
    """Stamp the complement of a payment for what is still owed."""
    owed = []
    for invoice, amount in paid:
        shop.promised[invoice.id] -= amount
        if invoice["status"] == "valid" and (left := min(amount, balance_of(invoice))) > 0:
            owed.append((invoice, left))
    if owed:
        row = register_complement(shop.team, owed, by, at)
        shop.tally["complements"] += 1
        if shop.chance(0.004):
            shop.later(shop.in_days(at, 3), cancel, row, "02")


def complement_twice(shop: Shop, at: int, invoice: Row, payment: Row) -> None:
    """Stamp a complement for an invoice that was paid at once: the IVA counts double."""
    if invoice["status"] == "valid":
        by = Money(payment.id, calendar.local_text(at), "03")
        register_complement(shop.team, [(invoice, balance_of(invoice))], by, at)

"""Payments and receipts: money that came in, with or without a CFDI."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.fiscal.cfdi import Issuer, Line, Sums, add_up, exchange_rate, items
from gigstack_sync.sandbox.fiscal.identity import record_id
from gigstack_sync.sandbox.fiscal.money import cents, money
from gigstack_sync.sandbox.fiscal.rules import issuer_of
from gigstack_sync.sandbox.world import Team

PERIODS = {"day": 1, "week": 7, "two_weeks": 14, "month": 31, "two_months": 61}  # days


@dataclass(slots=True)
class Charge:
    """What is paid. `shape` says how the API shows the amount: full, minor units, or items only."""

    client: Json
    lines: tuple[Line, ...]
    currency: str = "MXN"
    rate: int = 10_000
    form: str | None = "03"
    processor: str = "api"
    shape: str = "full"
    amount: int | None = None  # cents, when it is not the sum of the lines
    extras: Json = field(default_factory=dict)
    sums: Sums | None = None  # when `extras` hold the items and there are no lines


class Payment:
    """A payment; `created` is epoch seconds."""

    __slots__ = ("charge", "created", "id", "issuer")

    def __init__(self, payment_id: str, issuer: Issuer, charge: Charge, created: int) -> None:
        self.id = payment_id
        self.issuer = issuer
        self.charge = charge
        self.created = created

    def peek(self, field: str) -> Any:
        """Give one field; links grow from nothing, the client is at hand."""
        if field in ("invoices", "receipts"):
            return []
        return self.charge.client if field == "client" else self.render().get(field)

    def render(self) -> Json:
        """Spell the payment."""
        charge = self.charge
        body: Json = {
            "id": self.id,
            "client": charge.client,
            "status": "requires_payment_method",
            "currency": charge.currency,
            "exchange_rate": exchange_rate(charge.rate),
            "payment_form": charge.form,
            "items": items(charge.lines),
            "invoices": [],
            "receipts": [],
            "created_at": self.created,
            "succeeded_at": None,
            "payment_processor": charge.processor,
            "short_url": f"https://pay.gigstack.io/p/{self.id[-8:]}",
            "automation_type": "none",
            "livemode": self.issuer.livemode,
            "team": self.issuer.team,
            "owner": self.issuer.owner,
            "metadata": {},
            "idempotency_key": None,
        }
        body.update(amounts(charge))
        body.update(charge.extras)
        return body


def amounts(charge: Charge) -> Json:
    """Spell what was paid; processors differ in what they leave out."""
    sums = sums_of(charge)
    if charge.shape == "minor":
        return {"amount": sums.total}
    if charge.shape == "items":
        return {}
    return {
        "total": money(sums.total),
        "subtotal": money(sums.subtotal),
        "taxes": money(sums.taxes),
        "discount": money(sums.discount),
        "withholding_taxes": money(sums.withheld),
    }


def sums_of(charge: Charge) -> Sums:
    """Cents of a charge; a part payment is split as if it all bore IVA at 16 %."""
    if charge.sums is not None:
        return charge.sums
    if charge.amount is None:
        return add_up(charge.lines)
    subtotal = (charge.amount * 100 + 58) // 116
    return Sums(subtotal, 0, charge.amount - subtotal, 0)


def request_payment(team: Team, charge: Charge, at: int) -> Row:
    """Open a payment link; it waits for a payment method."""
    payment = Payment(record_id(team.ids, "payment_"), issuer_of(team), charge, at)
    row = Row(payment.id, at, payment, {"status": "requires_payment_method"})
    team["payments"].add(row)
    return row


def register_payment(team: Team, charge: Charge, at: int) -> Row:
    """Record money that is already in."""
    row = request_payment(team, charge, at)
    row.state.update(status="succeeded", succeeded_at=at)
    return row


def settle(team: Team, payment: Row, at: int) -> None:
    """Mark a requested payment as paid."""
    team["payments"].change(payment.id, status="succeeded", succeeded_at=at)


def link(team: Team, payment: Row, invoice: Row) -> None:
    """Tie a payment to the income invoice it pays, on both sides."""
    team["payments"].change(payment.id, invoices=[*payment["invoices"], invoice.id])
    if payment.id not in invoice["payments"]:
        paid_by = [*invoice["payments"], payment.id]
        team["invoices_income"].change(invoice.id, payments=paid_by)


def refund(team: Team, payment: Row, amount: int, at: int) -> None:
    """Give money back; a part leaves the payment succeeded, all of it refunded."""
    before = payment.state.get("total_refunded", 0)
    after = cents(before) + amount
    source = payment.source
    whole = isinstance(source, Payment) and after >= sums_of(source.charge).total
    status = "refunded" if whole else payment["status"]
    team["payments"].change(payment.id, status=status, total_refunded=money(after), refunded_at=at)


class Receipt:
    """A sales slip the buyer may turn into a CFDI until `valid_until` (epoch seconds)."""

    __slots__ = ("charge", "created", "id", "issuer", "periodicity", "valid_until")

    def __init__(self, receipt_id: str, issuer: Issuer, charge: Charge, created: int) -> None:
        self.id = receipt_id
        self.issuer = issuer
        self.charge = charge
        self.created = created
        self.periodicity = "month"
        self.valid_until = created

    def peek(self, field: str) -> Any:
        """Give one field."""
        return self.render().get(field)

    def render(self) -> Json:
        """Spell the receipt."""
        charge, sums = self.charge, sums_of(self.charge)
        body: Json = {
            "id": self.id,
            "client": charge.client,
            "status": "pending",
            "currency": charge.currency,
            "exchange_rate": exchange_rate(charge.rate),
            "total": money(sums.total),
            "subtotal": money(sums.subtotal),
            "taxes": money(sums.taxes),
            "discount": money(sums.discount),
            "withholding_taxes": money(sums.withheld),
            "total_refunded": 0,
            "payment_form": charge.form,
            "periodicity": self.periodicity,
            "created_at": self.created,
            "valid_until": self.valid_until,
            "url": f"https://invoicing.gigstack.pro/autofactura?id={self.id}",
            "short_url": f"https://gigstack.xyz/{self.id[-7:]}",
            "items": items(charge.lines),
            "invoices": [],
            "payments": [],
            "files": {"pdf": None, "xml": None},
            "automatic_invoice_error": None,
            "invoice_config": None,
            "livemode": self.issuer.livemode,
            "team": self.issuer.team,
            "owner": self.issuer.owner,
            "from": "api",
            "metadata": {},
            "idempotency_key": None,
        }
        body.update(charge.extras)
        return body


def open_receipt(team: Team, charge: Charge, at: int, *, periodicity: str = "month") -> Row:
    """Hand out a receipt, valid for its period."""
    receipt = Receipt(record_id(team.ids, "receipt_"), issuer_of(team), charge, at)
    receipt.periodicity = periodicity
    receipt.valid_until = at + PERIODS[periodicity] * 86_400
    row = Row(receipt.id, at, receipt, {"status": "pending"})
    team["receipts"].add(row)
    return row


def close_receipt(team: Team, receipt: Row, invoice: Row) -> None:
    """Mark a receipt as invoiced by `invoice`, its own or a global one."""
    team["receipts"].change(
        receipt.id, status="stamped", invoices=[invoice.id], files=invoice["files"]
    )

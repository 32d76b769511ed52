"""What a payment sets going: an invoice, a complement, a receipt; and its way back."""

from __future__ import annotations

from gigstack_sync.sandbox.business_calendar import local_text
from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.fiscal import rules
from gigstack_sync.sandbox.fiscal.cfdi import Cfdi
from gigstack_sync.sandbox.fiscal.money import cents, money
from gigstack_sync.sandbox.fiscal.payments import (
    Charge,
    Payment,
    link,
    open_receipt,
    refund,
)
from gigstack_sync.sandbox.fiscal.priced import part_of
from gigstack_sync.sandbox.ordering import order_of, settle_later, spend_credit, with_extras
from gigstack_sync.sandbox.routes_call import Call
from gigstack_sync.sandbox.world import Team

AUTOMATIONS = (
    "none", "payment", "payment_and_complement", "pue_invoice", "ppd_invoice_and_complement",
    "receipt",
)  # fmt: skip
_ALLOWANCE: Json = {
    "id": None,
    "description": "Devolución",
    "product_key": "84111506",
    "unit_key": "ACT",
    "unit_name": "Actividad",
    "sku": None,
    "quantity": 1,
    "discount": 0,
    "taxability": "02",
}


def run_automation(call: Call, payment: Row, automation: str) -> None:
    """Issue what a payment that is in asks for; other words ask for nothing."""
    charge = _charge_of(payment)
    if charge is None:
        return
    if automation in ("pue_invoice", "payment"):
        settle_later(call, _invoice(call, payment, charge, "PUE"))
    elif automation in ("ppd_invoice_and_complement", "payment_and_complement"):
        invoice = _invoice(call, payment, charge, "PPD")
        _complement(call, payment, invoice)
        settle_later(call, invoice)
    elif automation == "receipt":
        receipt = open_receipt(call.company, charge, call.now)
        receipt.state["payments"] = [payment.id]
        call.company["payments"].change(payment.id, receipts=[receipt.id])


def give_back(call: Call, payment: Row, amount: int) -> None:
    """Refund cents; credits the invoice and closes the receipts as the team is set to."""
    team = call.company
    refund(team, payment, amount, call.now)
    settings: Json = team["teams"].row(team.id)["settings"] if team.id in team["teams"] else {}
    handler = (settings.get("refunds") or {}).get("current_month_handler")
    for reference in payment["invoices"]:
        if handler == "credit_note":
            _credit(call, str(reference), amount)
    whole = payment["status"] == "refunded"
    for reference in payment["receipts"] or []:
        _note_refund(team, str(reference), amount, whole=whole)


def _charge_of(payment: Row) -> Charge | None:
    source = payment.source
    return source.charge if isinstance(source, Payment) else None


def _invoice(call: Call, payment: Row, charge: Charge, method: str) -> Row:
    spend_credit(call)
    form = "99" if method == "PPD" else payment["payment_form"]
    order = with_extras(order_of(charge, method=method, form=form), **{"from": "payment"})
    invoice = rules.issue(call.company, "I", order, call.now)
    link(call.company, payment, invoice)
    return invoice


def _complement(call: Call, payment: Row, invoice: Row) -> None:
    spend_credit(call)
    by = rules.Money(payment.id, local_text(call.now), payment["payment_form"] or "03")
    row = rules.register_complement(
        call.company, [(invoice, rules.balance_of(invoice))], by, call.now
    )
    settle_later(call, row)


def _credit(call: Call, reference: str, amount: int) -> None:
    income = call.company["invoices_income"]
    row_id = income.find(reference)
    if row_id is None:
        return
    invoice = income.row(row_id)
    source = invoice.source
    if not isinstance(source, Cfdi) or invoice["status"] != "valid" or invoice["cancellation"]:
        return
    if rules.dependents(call.company, invoice) or amount > rules.balance_of(invoice):
        return
    spend_credit(call)
    sums = part_of(source.sums, amount)
    line = _ALLOWANCE | {"unit_price": money(sums.subtotal), "taxes": []}
    order = order_of(
        Charge(source.order.client, (), source.order.currency, source.order.rate, sums=sums)
    )
    order.series, order.use = "NC", "G02"
    note = with_extras(order, items=[line])
    settle_later(call, rules.credit(call.company, invoice, note, "03", call.now))


def _note_refund(team: Team, reference: str, amount: int, *, whole: bool) -> None:
    receipts = team["receipts"]
    if reference in receipts:
        row = receipts.row(reference)
        changed: Json = {"total_refunded": money(cents(row["total_refunded"] or 0) + amount)}
        if whole and row["status"] == "pending":
            changed["status"] = "canceled"
        receipts.change(reference, **changed)

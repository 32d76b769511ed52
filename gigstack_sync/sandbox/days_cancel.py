"""Documents taken back: cancellations and the receiver's answer, credit notes."""

from __future__ import annotations

from dataclasses import replace

from gigstack_sync.sandbox import business_calendar as calendar
from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.days_shop import DAY, HOUR, Shop
from gigstack_sync.sandbox.fiscal import rules
from gigstack_sync.sandbox.fiscal.cfdi import Cfdi, Line, Order, add_up

ALLOWANCE: Json = {
    "id": None,
    "description": "Bonificación sobre factura",
    "product_key": "84111506",
    "unit_key": "ACT",
    "unit_name": "Actividad",
    "sku": None,
    "taxability": "02",
}
_NO_NOTE = ("related_documents", "payment_conditions", "global", "metadata")


def cancel(shop: Shop, at: int, document: Row, motive: str) -> None:
    """Ask for a cancellation, unless other documents rest on this one or it is gone already."""
    try:
        done = rules.request_cancellation(shop.team, document, motive, at)
    except rules.Refusal:
        return
    _await(shop, at, document, done=done)


def replace_invoice(shop: Shop, at: int, document: Row) -> Row | None:
    """Issue a corrected CFDI (relation 04), then cancel the wrong one with motive 01."""
    source = document.source
    if not isinstance(source, Cfdi) or not shop.room() or document["status"] != "valid":
        return None
    if rules.dependents(shop.team, document) or document["cancellation"]:
        return None
    related = {"relationship": "04", "documents": [document["uuid"]]}
    order = replace(source.order, extras={**source.order.extras, "related_documents": [related]})
    new = rules.issue(shop.team, "I", order, at)
    done = rules.request_cancellation(shop.team, document, "01", at + 60, substitution=new["uuid"])
    _await(shop, at, document, done=done)
    shop.tally["invoices replaced"] += 1
    return new


def _await(shop: Shop, at: int, document: Row, *, done: bool) -> None:
    shop.tally["cancellations requested"] += 1
    if done:
        shop.tally["cancellations accepted"] += 1
        return
    dice = shop.rng.random()
    if dice < 0.6:
        shop.later(shop.in_days(at, 1 + dice * 3), _answer, document, "Cancelado con aceptación")
    elif dice < 0.9:
        today = (at - 6 * HOUR) // DAY
        shop.later(
            calendar.midnight(calendar.workday(today + 4)), _answer, document, "Plazo vencido"
        )
    else:
        shop.later(shop.in_days(at, 2), _answer, document, "")
    shop.later(at + 20 * HOUR, _look, document)


def _look(shop: Shop, at: int, document: Row) -> None:
    if document["cancellation"]["cancellation_status"] == "pending":
        rules.check_cancellation(shop.team, document, at)


def _answer(shop: Shop, at: int, document: Row, how: str) -> None:
    """Close a request: refused by the receiver, or by a complement stamped while it waited."""
    if document["cancellation"]["cancellation_status"] != "pending":
        return
    if how and not rules.dependents(shop.team, document):
        rules.accept_cancellation(shop.team, document, at, how)
        shop.tally["cancellations accepted"] += 1
    else:
        rules.reject_cancellation(shop.team, document, at)
        shop.tally["cancellations rejected"] += 1


def give_credit(shop: Shop, at: int, invoice: Row) -> Row | None:
    """Take back a line of an invoice (03), or allow 5 to 20 % of it (01), within its balance."""
    source = invoice.source
    if not isinstance(source, Cfdi) or invoice["status"] != "valid" or invoice["cancellation"]:
        return None
    if invoice["last_balance"] is None and rules.dependents(shop.team, invoice):
        return None  # no balance is kept to say how much may still be taken back
    first = source.order.lines[0]
    returned = shop.chance(0.4)
    if returned:
        line = first
    else:
        part = max((first.amount - first.discount) * (5 + int(shop.rng.random() * 16)) // 100, 1)
        line = Line(ALLOWANCE, 10, part, 0, first.levies)
    if add_up((line,)).total > rules.balance_of(invoice) - shop.promised.get(invoice.id, 0):
        return None
    order = note_for(source.order, (line,))
    shop.tally["credit notes"] += 1
    return rules.credit(shop.team, invoice, order, "03" if returned else "01", at)


def note_for(order: Order, lines: tuple[Line, ...], form: str | None = None) -> Order:
    """Draft a credit note to the client of an order."""
    kept = {name: value for name, value in order.extras.items() if name not in _NO_NOTE}
    own_form = form or ("03" if order.form == "99" else order.form)
    return replace(
        order, lines=lines, series="NC", use="G02", form=own_form, method="PUE", extras=kept
    )

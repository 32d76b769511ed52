"""From a request's body to what a CFDI, a payment or a receipt is about; and its stamping."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from gigstack_sync.sandbox.collection import Collection, Json, Row
from gigstack_sync.sandbox.errors import Refusal
from gigstack_sync.sandbox.fiscal import rules
from gigstack_sync.sandbox.fiscal.cfdi import Cfdi, Order, Sums
from gigstack_sync.sandbox.fiscal.payments import Charge
from gigstack_sync.sandbox.fiscal.priced import number, price
from gigstack_sync.sandbox.reading import bad, choice, mails, rows, table, text, whole
from gigstack_sync.sandbox.routes_call import Call
from gigstack_sync.sandbox.world import Team
from gigstack_sync.sandbox.writing import catalogue_of, client_of

_NOT_STAMPED: Json = {
    "status": "pending", "uuid": None, "stamp": None, "verification_url": None,
    "files": {"pdf": None, "xml": None},
}  # fmt: skip
_TEXTS = ("addenda", "payment_conditions", "invoice_pdf_notes", "exports", "idempotency_key")
_NOTHING = Sums(0, 0, 0, 0)


def order_from(call: Call, body: Json, *, draft: bool = False) -> Order:
    """Read what an invoice is about; a draft may leave client and items for later."""
    currency, rate = _currency(body)
    order = Order({}, (), currency, rate, extras=extras_from(body), sums=_NOTHING)
    if body.get("client") is not None or not draft:
        order.client = client_of(call, body)
    if body.get("items") or not draft:
        order.extras["items"], order.sums = price(body.get("items"), catalogue_of(call))
    else:
        order.extras["items"] = []
    order.use = text(body, "use", order.client.get("use") or "G03")
    order.method = choice(body, "payment_method", ("PUE", "PPD"), "PUE")
    order.form = _form(body, "99" if order.method == "PPD" else "03")
    order.series = text(body, "series", "A")
    if draft and not order.client:
        order.extras["client"] = None
    return order


def charge_from(call: Call, body: Json, form: str | None) -> Charge:
    """Read what a payment or a receipt is about."""
    client = client_of(call, body)
    items, sums = price(body.get("items"), catalogue_of(call))
    currency, rate = _currency(body)
    extras: Json = {"items": items, "metadata": table(body, "metadata")}
    extras["idempotency_key"] = body.get("idempotency_key")
    return Charge(client, (), currency, rate, form, extras=extras, sums=sums)


def extras_from(body: Json) -> Json:
    """Read the fields of an invoice that nothing is computed from."""
    extras: Json = {name: text(body, name) for name in _TEXTS if body.get(name) is not None}
    extras["metadata"] = table(body, "metadata")
    for name in ("related_documents", "complements"):
        extras[name] = rows(body, name)
    if body.get("global") is not None:
        extras["global"] = table(body, "global")
    if body.get("emails"):
        extras["emails"] = mails(body)
    if body.get("date") is not None:
        extras["date"] = whole(body, "date")
    return extras


def stamp(call: Call, kind: str, order: Order) -> Row:
    """Stamp a document, for a credit."""
    spend_credit(call)
    related = order.extras.get("related_documents") or []
    credited = _income_of(call.company, related) if kind == "E" else None
    if credited is None:
        return rules.issue(call.company, kind, order, call.now)
    if credited["status"] not in ("valid", "stamped"):
        raise Refusal(400, "Failed to stamp invoice", "The invoice it credits is not in force")
    if order.add_up().total > rules.balance_of(credited):
        raise Refusal(400, "Failed to stamp invoice", "The credit note exceeds the balance")
    relationship = str(related[0].get("relationship", "01"))
    return rules.credit(call.company, credited, order, relationship, call.now)


def spend_credit(call: Call) -> None:
    """Take one credit; Refusal when none is left."""
    used, limit = call.shop.credits_used.get(call.team, 0), call.quirks.credits
    if limit and used >= limit:
        raise Refusal(400, "Team credit limit reached", "No remaining credits")
    call.shop.credits_used[call.team] = used + 1


def settle_later(call: Call, row: Row) -> None:
    """Show a fresh document as not stamped yet for a while, where the quirks say so."""
    quirks, team = call.quirks, call.company
    if quirks.stamping == "at_once" or not isinstance(row.source, Cfdi):
        return
    stock = team[rules.STREAM_OF[row.source.kind]]
    stamped = {name: row[name] for name in _NOT_STAMPED}
    stock.change(row.id, **_NOT_STAMPED)
    world, ready = call.shop.world, call.shop.now() + quirks.stamp_seconds
    if quirks.stamping == "late":
        stock.delete(row.id)
        half = ready - quirks.stamp_seconds / 2
        world.later(half, lambda _: stock.add(row, alias=row.source.peek("uuid")))
    world.later(ready, partial(_finish, stock, row, stamped))


def _finish(stock: Collection, row: Row, stamped: Json, _at: int) -> None:
    if not row.gone and row["status"] == "pending":
        stock.change(row.id, **stamped)


def _income_of(team: Team, related: list[Any]) -> Row | None:
    documents = related[0].get("documents") if related and isinstance(related[0], dict) else None
    reference = str(documents[0]) if isinstance(documents, list) and documents else ""
    income = team["invoices_income"]
    row_id = income.find(reference) or income.find(reference.upper())
    return income.row(row_id) if row_id else None


def _currency(body: Json) -> tuple[str, int]:
    """Currency, and ten-thousandths of MXN per unit of it."""
    currency = text(body, "currency", "MXN").upper()
    if len(currency) != 3 or not currency.isalpha():
        raise bad("currency must be an ISO code")
    if currency == "MXN":
        return currency, 10_000
    if body.get("exchange_rate") is None:
        raise bad(f"exchange_rate is required for {currency}")
    rate = number(body["exchange_rate"], "exchange_rate", least=Decimal("0.0001"))
    return currency, int(rate * 10_000)


def _form(body: Json, usual: str) -> str:
    form = text(body, "payment_form", usual)
    if len(form) != 2 or not form.isdecimal():
        raise bad("payment_form must be a SAT code such as 03")
    return form


def order_of(charge: Charge, *, method: str = "PUE", form: str | None = None) -> Order:
    """Turn what was paid into an invoice for it."""
    return Order(
        charge.client,
        charge.lines,
        charge.currency,
        charge.rate,
        charge.client.get("use") or "G03",
        form=form or charge.form or "03",
        method=method,
        extras={name: charge.extras[name] for name in ("items",) if name in charge.extras},
        sums=charge.sums,
    )


def with_extras(order: Order, **extras: Any) -> Order:
    """Add fields to an order."""
    return replace(order, extras={**order.extras, **extras})

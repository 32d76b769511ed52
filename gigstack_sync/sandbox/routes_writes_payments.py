"""Handlers of payments: asked for, recorded, paid, given back."""

from __future__ import annotations

from functools import partial
from typing import Any

from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.errors import Refusal
from gigstack_sync.sandbox.fiscal.identity import record_id
from gigstack_sync.sandbox.fiscal.money import cents
from gigstack_sync.sandbox.fiscal.payments import (
    Charge,
    Payment,
    register_payment,
    request_payment,
    settle,
    sums_of,
)
from gigstack_sync.sandbox.fiscal.priced import number
from gigstack_sync.sandbox.ordering import charge_from
from gigstack_sync.sandbox.paid import AUTOMATIONS, give_back, run_automation
from gigstack_sync.sandbox.reading import (
    bad,
    body_of,
    choice,
    flag,
    mails,
    rows,
    table,
    text,
    whole,
)
from gigstack_sync.sandbox.routes_call import Answer, Call, answer
from gigstack_sync.sandbox.writing import Made, deleted, once, placed, shown

_OPEN = ("requires_payment_method", "pending", "processing", "failed")


def request(call: Call) -> Answer:
    """POST /payments/request: a link, waiting for a payment method."""
    body = body_of(call)

    def make() -> Made:
        charge = _charge(call, body, None)
        row = request_payment(call.company, charge, call.now)
        token = record_id(call.company.ids, "", 8)
        row.state["short_url"] = f"https://pay.gigstack.io/p/{token}"
        row.state["allowed_payment_methods"] = rows(body, "allowed_payment_methods")
        return "payments", row.id

    return once(call, body, make, "Payment requested successfully")


def register(call: Call) -> Answer:
    """POST /payments/register: money that is in, and what it sets going."""
    body = body_of(call)

    def make() -> Made:
        row = register_payment(call.company, _charge(call, body, _form(body)), call.now)
        run_automation(call, row, _automation(body))
        return "payments", row.id

    return once(call, body, make, "Payment registered successfully")


def paid(call: Call) -> Answer:
    """POST /payments/{id}/paid: a requested payment comes in."""
    body = body_of(call)
    form = _form(body)
    at = whole(body, "date", call.now)
    row = _payment(call)
    if row["status"] not in _OPEN:
        raise Refusal(400, "Cannot mark as paid", f"The payment is {row['status']}")
    settle(call.company, row, at)
    call.company["payments"].change(row.id, payment_form=form)
    run_automation(call, row, str(row["automation_type"]))
    return shown(call, ("payments", row.id), "Payment marked as paid")


def refund(call: Call) -> Answer:
    """POST /payments/{id}/refund: reason and amount, up to what is left."""
    body = body_of(call)
    text(body, "reason")
    flag(body, "external_processor_refund", True)
    if "amount" not in body:
        raise bad("amount is required")
    amount = cents(number(body["amount"], "amount"))
    row = _payment(call)
    if row["status"] != "succeeded":
        raise Refusal(400, "Cannot refund payment", f"The payment is {row['status']}")
    left = _total(row) - cents(row.state.get("total_refunded", 0))
    if not 0 < amount <= left:
        raise bad(f"amount must be between 0 and {left / 100:.2f}")
    give_back(call, row, amount)
    return shown(call, ("payments", row.id), "Payment refunded successfully")


def cancel(call: Call) -> Answer:
    """DELETE /payments/{id}: only one that nobody has paid."""
    row = _payment(call)
    if row["status"] not in _OPEN:
        raise Refusal(400, "Cannot cancel payment", f"The payment is {row['status']}")
    call.company["payments"].change(row.id, status="canceled")
    return deleted(call, "Payment canceled successfully")


def update(call: Call) -> Answer:
    """PUT /payments/{id}: descriptions, the client, an automation where there is none."""
    body = body_of(call)
    row = _payment(call)
    if not any(body.get(name) is not None for name in ("items", "automation_type", "client")):
        raise bad("items, automation_type or client is required")
    changed: Json = {}
    if body.get("items") is not None:
        changed["items"] = _described(row, rows(body, "items"))
    if body.get("client") is not None:
        changed["client"] = _patched(call, row, table(body, "client"))
    wanted = _automation(body) if body.get("automation_type") is not None else "none"
    if wanted != "none" and row["automation_type"] != "none":
        raise Refusal(400, "Invalid request", "The payment has an automation already")
    if changed:
        call.company["payments"].change(row.id, **changed)
    if wanted != "none":
        _attach(call, row, wanted)
    return answer("Operation completed successfully", {})


def _attach(call: Call, row: Row, automation: str) -> None:
    """Attach an automation; a payment that is in shows `succeeded_` until it has run."""
    payments = call.company["payments"]
    payments.change(row.id, automation_type=automation)
    if row["status"] != "succeeded":
        return
    if call.quirks.stamping == "at_once":
        run_automation(call, row, automation)
        return
    payments.change(row.id, status="succeeded_")
    errand = partial(_run_late, call, row, automation)
    call.shop.world.later(call.shop.now() + call.quirks.stamp_seconds, errand)


def _run_late(call: Call, row: Row, automation: str, _at: int) -> None:
    if not row.gone:
        call.company["payments"].change(row.id, status="succeeded")
        run_automation(call, row, automation)


def _charge(call: Call, body: Json, form: str | None) -> Charge:
    charge = charge_from(call, body, form)
    mails(body)
    flag(body, "send_email", False)
    charge.extras |= {"automation_type": _automation(body), "emails": rows(body, "emails")}
    return charge


def _automation(body: Json) -> str:
    return choice(body, "automation_type", AUTOMATIONS, "none")


def _form(body: Json) -> str:
    form = text(body, "payment_form")
    if len(form) != 2 or not form.isdecimal():
        raise bad("payment_form must be a SAT code such as 03")
    return form


def _payment(call: Call) -> Row:
    stock, row_id = call.find("payments", "Payment")
    _ = call.company
    return stock.row(row_id)


def _total(row: Row) -> int:
    source = row.source
    if isinstance(source, Payment):
        return sums_of(source.charge).total
    return cents(row["total"] or 0)


def _described(row: Row, given: list[Any]) -> list[Json]:
    words = {str(item.get("id")): item.get("description") for item in given if item}
    items: list[Json] = [dict(item) for item in row.body()["items"]]
    known = {str(item["id"]) for item in items}
    if stranger := next((ref for ref in words if ref not in known), None):
        raise Refusal(400, "Invalid item", f"Item {stranger} not found")
    for item in items:
        item["description"] = words.get(str(item["id"])) or item["description"]
    return items


def _patched(call: Call, row: Row, given: Json) -> Json:
    """Write what is new of a client into the payment's copy and into the client itself."""
    client: Json = dict(row["client"])
    fields = {name: value for name, value in given.items() if name in client and name != "id"}
    if "address" in fields:
        fields["address"] = placed(client["address"], table(given, "address"))
    master = call.company["clients"]
    if client["id"] in master:
        master.change(client["id"], **fields)
    return client | fields

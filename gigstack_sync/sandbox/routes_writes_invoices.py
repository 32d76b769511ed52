"""Handlers that stamp, cancel and mail invoices."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from gigstack_sync.sandbox.business_calendar import local_text
from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.errors import Refusal, not_found
from gigstack_sync.sandbox.fiscal import rules
from gigstack_sync.sandbox.fiscal.money import cents
from gigstack_sync.sandbox.fiscal.priced import number
from gigstack_sync.sandbox.ordering import order_from, settle_later, spend_credit, stamp
from gigstack_sync.sandbox.reading import bad, body_of, choice, mails, rows, text
from gigstack_sync.sandbox.routes_call import Answer, Call, Handler, answer
from gigstack_sync.sandbox.world import Team
from gigstack_sync.sandbox.writing import Made, once, shown

MOTIVES = ("01", "02", "03", "04")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_MADE = "Invoice created successfully"


def creates(kind: str) -> Handler:
    """Make the handler that stamps an I, E or T."""

    def handle(call: Call) -> Answer:
        body = body_of(call)

        def make() -> Made:
            row = stamp(call, kind, order_from(call, body))
            if "folio_number" in body:
                row.state["folio_number"] = body["folio_number"]
            row.state["automations"] = _automations(body)
            settle_later(call, row)
            return rules.STREAM_OF[kind], row.id

        return once(call, body, make, _MADE)

    return handle


def create_complement(call: Call) -> Answer:
    """POST /invoices/payment: payment_form, and `invoices` with id or uuid and amount."""
    body = body_of(call)

    def make() -> Made:
        paid = [_paid(call, part, place) for place, part in enumerate(rows(body, "invoices"))]
        if not paid:
            raise bad("invoices is required")
        if len({(row["currency"], row["client"]["id"]) for row, _ in paid}) > 1:
            raise bad("invoices must be of one client and in one currency")
        spend_credit(call)
        when = text(body, "payment_date", local_text(call.now))
        by = rules.Money(text(body, "payment", ""), when, text(body, "payment_form", "03"))
        row = rules.register_complement(call.company, paid, by, call.now)
        row.state["idempotency_key"] = body.get("idempotency_key")
        settle_later(call, row)
        return "invoices_payment", row.id

    return once(call, body, make, _MADE)


def cancel(call: Call) -> Answer:
    """DELETE /invoices/{id} of any type; the receiver may have to be asked."""
    body = body_of(call)
    motive = choice(body, "motive", MOTIVES)
    substitution = _substitution(body) if motive == "01" else None
    row, stream = invoice_of(call)
    team = call.company
    done = rules.request_cancellation(team, row, motive, call.now, substitution=substitution)
    if not done and call.quirks.cancellation == "at_once":
        rules.accept_cancellation(team, row, call.now, "Cancelado sin aceptación")
    elif not done:
        errand = partial(_answered, team, row, call.quirks.cancellation == "asks")
        call.shop.world.later(call.now + call.quirks.cancel_seconds, errand)
    word = "canceled" if row["status"] == "canceled" else "cancellation requested"
    return shown(call, (stream, row.id), f"Invoice {word}")


def send(call: Call) -> Answer:
    """POST /invoices/{id}/send: to the client, or to `emails`."""
    row, stream = invoice_of(call)
    to = mails(body_of(call)) or [row["client"].get("email")]
    if to == [None]:
        raise bad("the client has no e-mail; emails is required")
    if row["status"] == "pending":
        raise Refusal(400, "Cannot send invoice", "Invoice is not stamped yet")
    call.company[stream].change(row.id, emails=to)
    names = [f"{row['uuid']}.{kind}" for kind in ("pdf", "xml")]
    return answer("Invoice sent successfully", {"recipients": to, "attachments": names})


def invoice_of(call: Call) -> tuple[Row, str]:
    """Find an invoice of any type by id or UUID, and its stream; Refusal 404."""
    reference = call.reference()
    for stream in rules.STREAM_OF.values():
        stock = call.rows(stream)
        row_id = stock.find(reference) or stock.find(reference.upper())
        if row_id is not None:
            return stock.row(row_id), stream
    raise not_found("Invoice", call.params["id"])


def _substitution(body: Json) -> str:
    uuid = text(body, "substitution_uuid")
    if not _UUID.fullmatch(uuid):
        raise bad("substitution_uuid must be a UUID")
    return uuid.upper()


def _answered(team: Team, document: Row, agrees: bool, at: int) -> None:
    """Let the receiver answer, unless a complement was stamped while it was asked."""
    if document.gone or document["cancellation"]["cancellation_status"] != "pending":
        return
    if agrees and not rules.dependents(team, document):
        rules.accept_cancellation(team, document, at, "Cancelado con aceptación")
    else:
        rules.reject_cancellation(team, document, at)


def _paid(call: Call, part: Any, place: int) -> tuple[Row, int]:
    if not isinstance(part, dict):
        raise bad(f"invoices[{place}] must be an object")
    reference = call.shop.wire.inward(str(part.get("uuid") or part.get("id") or ""))
    income = call.rows("invoices_income")
    row_id = income.find(reference) or income.find(reference.upper())
    if row_id is None:
        raise not_found("Invoice", reference)
    row = income.row(row_id)
    if row["last_balance"] is None or row["status"] not in ("valid", "stamped"):
        raise bad(f"invoices[{place}] is not a PPD invoice in force")
    amount = cents(number(part.get("amount", row["last_balance"]), f"invoices[{place}].amount"))
    if not 0 < amount <= rules.balance_of(row):
        raise bad(f"invoices[{place}].amount must be between 0 and {row['last_balance']}")
    return row, amount


def _automations(body: Json) -> list[Json]:
    kind = body.get("automation_type")
    return [{"type": kind, "from": "api", "ref": None, "action": None}] if kind else []

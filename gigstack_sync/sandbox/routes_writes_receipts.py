"""Handlers of receipts: handed out, stamped, taken back, opened again."""

from __future__ import annotations

from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.errors import Refusal
from gigstack_sync.sandbox.fiscal import rules
from gigstack_sync.sandbox.fiscal.identity import FOREIGN, PUBLIC
from gigstack_sync.sandbox.fiscal.payments import PERIODS, Receipt, close_receipt, open_receipt
from gigstack_sync.sandbox.ordering import charge_from, order_of, settle_later, spend_credit
from gigstack_sync.sandbox.reading import body_of, check_party, choice, table, text
from gigstack_sync.sandbox.routes_call import Answer, Call, answer
from gigstack_sync.sandbox.writing import Made, deleted, once

_TO = ("client", "general_public_national", "general_public_foreign")
_NEEDED = ("legal_name", "tax_id", "tax_system", "zip")
_AT_ONCE = 100  # receipts stamped in one call


def create(call: Call) -> Answer:
    """POST /receipts: the receipt there is, when its idempotency key is known."""
    body = body_of(call)

    def make() -> Made:
        charge = charge_from(call, body, text(body, "payment_form", "03"))
        if not (charge.client.get("efos") or {}).get("is_valid", True):
            raise Refusal(
                400,
                "Receipt creation failed",
                "Client RFC is invalid or client is in EFOS blacklist",
            )
        period = choice(body, "periodicity", tuple(PERIODS), "month")
        charge.extras["invoice_config"] = table(body, "invoice_config") or None
        row = open_receipt(call.company, charge, call.now, periodicity=period)
        return "receipts", row.id

    return once(call, body, make, "Receipt created successfully")


def stamp(call: Call) -> Answer:
    """POST /receipts/{id}/stamp: to its client, to a buyer who says who he is, or to nobody."""
    body = body_of(call)
    to = choice(body, "stamp_to", _TO)
    info = table(body, "fiscal_information")
    check_party(info)
    row = _receipt(call)
    if row["status"] == "stamped":
        raise Refusal(400, "Receipt already stamped", "Cannot modify a stamped receipt")
    if row["status"] == "expired" or row["valid_until"] < call.now:
        raise Refusal(400, "Receipt expired", "Cannot stamp an expired receipt")
    if row["status"] != "pending":
        raise Refusal(400, "Stamping failed", f"The receipt is {row['status']}")
    invoice = _issue(call, row, _buyer(row, to, info))
    shown_id = call.shop.wire.outward(invoice.id)
    data = {"id": shown_id, "uuid": invoice["uuid"], "status": invoice["status"]}
    return answer("Receipt stamped successfully", data)


def cancel(call: Call) -> Answer:
    """DELETE /receipts/{id}: closed for good, still to be seen."""
    row = _receipt(call)
    if row["status"] == "stamped":
        raise Refusal(400, "Receipt already stamped", "Cannot modify a stamped receipt")
    call.company["receipts"].change(row.id, status="canceled")
    return deleted(call, "Receipt canceled successfully")


def reopen(call: Call) -> Answer:
    """POST /receipts/{id}/reopen: pending again, for as long as it once was."""
    text(body_of(call), "reason")
    row = _receipt(call)
    if row["status"] not in ("canceled", "expired"):
        raise Refusal(400, "Cannot reopen receipt", f"The receipt is {row['status']}")
    days = PERIODS[str(row["periodicity"])]
    until = call.now + days * 86_400
    call.company["receipts"].change(row.id, status="pending", valid_until=until)
    return answer("Receipt reopened successfully", {"id": call.params["id"], "status": "pending"})


def stamp_pending(call: Call) -> Answer:
    """POST /clients/{id}/stamp-pending-receipts: the oldest hundred; some may fail."""
    _, client_id = call.find("clients", "Client")
    stock = call.company["receipts"]
    mine = [stock.row(ref) for ref in stock if stock.row(ref)["status"] == "pending"]
    mine = [row for row in mine if row["client"]["id"] == client_id]
    results = [_try_stamp(call, row) for row in mine[:_AT_ONCE]]
    stamped = sum(result["status"] == "stamped" for result in results)
    data = {"stamped": stamped, "failed": len(results) - stamped, "results": results}
    return answer("Receipts stamped", data | {"remaining": len(mine) - stamped})


def _try_stamp(call: Call, row: Row) -> Json:
    try:
        if row["valid_until"] < call.now:
            raise Refusal(400, "Receipt expired", "Cannot stamp an expired receipt")
        _issue(call, row, _buyer(row, "client", {}))
    except Refusal as refusal:
        reference = call.shop.wire.outward(row.id)
        return {"id": reference, "status": "failed", "error": refusal.detail}
    return {"id": call.shop.wire.outward(row.id), "status": "stamped"}


def _receipt(call: Call) -> Row:
    stock, row_id = call.find("receipts", "Receipt")
    _ = call.company
    return stock.row(row_id)


def _buyer(row: Row, to: str, info: Json) -> Json:
    """Name whom a receipt is invoiced to."""
    client: Json = dict(row["client"])
    if to != "client":
        tax_id = PUBLIC if to.endswith("national") else FOREIGN
        return client | {"tax_id": tax_id, "tax_system": "616", "use": "S01"}
    client |= {name: info[name] for name in ("legal_name", "tax_id", "tax_system") if name in info}
    code = info.get("zip") or (client.get("address") or {}).get("zip")
    client["address"] = {**(client.get("address") or {}), "zip": code}
    facts = client | {"zip": code}
    missing = [name for name in _NEEDED if not facts.get(name)]
    if missing:
        detail = f"Missing required fiscal information: {', '.join(missing)}"
        raise Refusal(400, "Stamping failed", detail)
    return client


def _issue(call: Call, row: Row, buyer: Json) -> Row:
    source = row.source
    if not isinstance(source, Receipt):
        raise Refusal(400, "Stamping failed", "The receipt was not made by a sale")
    spend_credit(call)
    order = order_of(source.charge)
    order.client, order.use, order.series = buyer, buyer.get("use") or "G03", "T"
    order.extras = {**order.extras, "from": "self_invoice", "payments": row["payments"]}
    invoice = rules.issue(call.company, "I", order, call.now)
    close_receipt(call.company, row, invoice)
    settle_later(call, invoice)
    return invoice

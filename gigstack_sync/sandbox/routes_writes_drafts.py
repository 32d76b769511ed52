"""Handlers of drafts: kept, edited, thrown away, drawn and stamped."""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.fiscal import rules
from gigstack_sync.sandbox.ordering import order_from, settle_later, spend_credit
from gigstack_sync.sandbox.reading import body_of, choice, flag
from gigstack_sync.sandbox.routes_call import Answer, Call, answer
from gigstack_sync.sandbox.routes_files import pdf_of, xml_of
from gigstack_sync.sandbox.writing import created, deleted, shown

_EDITED = (
    "client", "items", "currency", "exchange_rate", "use", "payment_method", "payment_form",
    "series", "metadata", "related_documents", "complements", "global", "emails", "date",
    "addenda", "payment_conditions", "invoice_pdf_notes", "exports",
)  # fmt: skip


def create(call: Call) -> Answer:
    """POST /invoices/draft: only the type is needed."""
    body = body_of(call)
    kind = choice(body, "invoice_type", ("I", "E"))
    order = order_from(call, body, draft=True)
    row = rules.save_draft(call.company, kind, order, call.shop.now())
    return created(call, ("invoices_draft", row.id), "Draft created successfully")


def update(call: Call) -> Answer:
    """PUT /invoices/draft/{id}: says everything anew, or only what changes (a quirk)."""
    body = body_of(call)
    _, draft_id = call.find("invoices_draft", "Draft")
    if call.quirks.draft_update == "merge":
        body = _as_sent(call, draft_id) | body
    order = order_from(call, body, draft=True)
    rules.edit_draft(call.company, draft_id, order, call.shop.now())
    return shown(call, ("invoices_draft", draft_id), "Draft updated successfully")


def delete(call: Call) -> Answer:
    """DELETE /invoices/draft/{id}, for good."""
    _, draft_id = call.find("invoices_draft", "Draft")
    call.company["invoices_draft"].delete(draft_id)
    return deleted(call, "Draft deleted successfully")


def stamp(call: Call) -> Answer:
    """POST /invoices/draft/{id}/stamp: the draft goes, an invoice with an own id comes."""
    body = body_of(call)
    with_files = flag(body, "return_files", False)
    flag(body, "send_email", True)
    drafts, draft_id = call.find("invoices_draft", "Draft")
    draft = drafts.row(draft_id).body()
    if not draft["client"] or not draft["items"]:
        raise rules.Refusal(
            "Draft is incomplete — a client and at least one item are required to stamp", ""
        )
    spend_credit(call)
    row = rules.stamp_draft(call.company, draft_id, call.now)
    files = _files(row.body()) if with_files else None
    settle_later(call, row)
    made = rules.STREAM_OF[draft["invoice_type"]], row.id
    reply = shown(call, made, "Invoice created from draft")
    return reply if files is None else _add_files(reply.body, files)


def preview(call: Call) -> Answer:
    """POST /invoices/draft/{id}/preview: a PDF without fiscal value."""
    drafts, draft_id = call.find("invoices_draft", "Draft")
    pdf = base64.b64encode(pdf_of(drafts.row(draft_id).body())).decode()
    data = {"pdf_base64": pdf, "draft_id": call.params["id"], "watermark": True}
    return answer("Preview generated successfully", data)


def _as_sent(call: Call, draft_id: str) -> Json:
    """Read a draft back as the body that would make it."""
    draft = call.rows("invoices_draft").row(draft_id).body()
    body = {name: draft[name] for name in _EDITED if draft.get(name) is not None}
    if draft.get("client"):
        body["client"] = {"id": draft["client"]["id"]}
    body["items"] = [{k: v for k, v in item.items() if k != "id"} for item in draft["items"]]
    return body


def _files(body: Json) -> Json:
    return {
        "pdf": base64.b64encode(pdf_of(body)).decode(),
        "xml": base64.b64encode(xml_of(body)).decode(),
    }


def _add_files(body: bytes, files: Json) -> Answer:
    whole: dict[str, msgspec.Raw] = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    data: dict[str, Any] = msgspec.json.decode(whole["data"], type=dict[str, msgspec.Raw])
    return answer("Invoice created from draft", {**data, "files": files})

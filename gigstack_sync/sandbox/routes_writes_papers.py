"""Handlers of papers beside invoices: support documents, and certificates of taxes withheld."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from gigstack_sync.sandbox.business_calendar import local_text
from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.errors import Refusal
from gigstack_sync.sandbox.fiscal.identity import fiscal_uuid, record_id, verification_url
from gigstack_sync.sandbox.fiscal.priced import number, spelled
from gigstack_sync.sandbox.ordering import spend_credit
from gigstack_sync.sandbox.reading import bad, body_of, choice, rows, text, upload_of, whole
from gigstack_sync.sandbox.routes_call import Answer, Call, Handler, standard
from gigstack_sync.sandbox.routes_files import links_of
from gigstack_sync.sandbox.routes_writes_invoices import MOTIVES, invoice_of
from gigstack_sync.sandbox.writing import client_of, created, shown

_KINDS = (
    "contract", "delivery_proof", "payment_proof", "communication", "payment_confirmation",
    "subscription_info",
)  # fmt: skip
_MEDIA = ("application/pdf", "image/png", "image/jpeg", "image/webp")
_LARGEST = 10 << 20
_TAXES = {"ISR": "001", "IVA": "002", "IEPS": "003"}


def lists_documents(stream: str, noun: str) -> Handler:
    """Make the handler of GET …/support-documents."""

    def handle(call: Call) -> Answer:
        owner = _owner(call, stream, noun)
        stock = call.rows("documents")
        bodies = [stock.row(ref).body() for ref in stock.newest_first()]
        mine = [
            body
            for body in bodies
            if owner in {linked["entity_id"] for linked in body["linked_entities"]}
        ]
        return standard(mine, "Documents retrieved successfully")

    return handle


def adds_document(stream: str, noun: str) -> Handler:
    """Make the handler of POST …/support-documents."""

    def handle(call: Call) -> Answer:
        owner = _owner(call, stream, noun)
        form, team = upload_of(call), call.company
        kind = choice(dict(form.fields), "documentType", _KINDS)
        if form.content_type not in _MEDIA or len(form.content) > _LARGEST:
            raise Refusal(400, "Invalid file", "invalid_file_format")
        document_id = record_id(team.ids, "doc_", 12)
        at = int(call.shop.now() * 1000)
        link = {"entity_type": noun.lower(), "entity_id": owner, "linked_at": at}
        body: Json = {
            "id": document_id,
            "document_type": kind,
            "name": form.fields.get("name") or form.file_name,
            "description": form.fields.get("description"),
            "file_url": f"https://storage.googleapis.com/sandbox/{document_id}",
            "file_name": form.file_name,
            "file_size": len(form.content),
            "mime_type": form.content_type,
            "compliance_status": "pending_review",
            "ai_extraction": None,
            "linked_entities": [link],
            "created_by": team.owner,
            "created_at": at,
            "updated_at": at,
        }
        team["documents"].put(body)
        return created(call, ("documents", document_id), "Document uploaded", success=True)

    return handle


def create_retention(call: Call) -> Answer:
    """POST /retentions: stamped at once, its id is its UUID."""
    body, team = body_of(call), call.company
    client = client_of(call, body)
    said: Json = {
        "retention_key": text(body, "retention_key"),
        "receiver": {**_receiver(client), "nationality": "Nacional"},
        "client": client,
        "period": _period(body),
        "totals": _totals(body),
    }
    spend_credit(call)
    uuid = fiscal_uuid(team.ids)
    parties = team.profile["tax_id"], str(client["tax_id"])
    total = str(said["totals"]["total_retained"])
    team["retentions"].put(
        {
            "id": uuid,
            "uuid": uuid,
            "status": "valid",
            "document_type": "retenciones",
            "folio_number": str(team.next_folio("RET")),
            "series": "RET",
            "issuer": {n: team.profile[n] for n in ("legal_name", "tax_id", "tax_system")},
            **said,
            "stamp": {"uuid": uuid, "stamped_at": local_text(call.now), "provider": "prodigia"},
            "verification_url": verification_url(uuid, parties, total),
            "cancellation": None,
            "livemode": team.livemode,
            "created_at": call.now,
        }
    )
    return created(call, ("retentions", uuid), "Retention created successfully")


def cancel_retention(call: Call) -> Answer:
    """DELETE /retentions/{id}: nobody has to agree."""
    motive = choice(body_of(call), "motive", MOTIVES, "02")
    row = _retention(call)
    if row["status"] != "valid":
        raise Refusal(400, "Cannot cancel retention", "Retention is not in force")
    how = {"motive": motive, "cancelled_at": call.now, "cancellation_status": "accepted"}
    call.company["retentions"].change(row.id, status="canceled", cancellation=how)
    return shown(call, ("retentions", row.id), "Retention canceled")


def retention_files(call: Call) -> Answer:
    """GET /retentions/{id}/files."""
    return links_of(call, _retention(call).body(), "retentions")


def _retention(call: Call) -> Row:
    stock, row_id = call.find("retentions", "Retention")
    return stock.row(row_id)


def _owner(call: Call, stream: str, noun: str) -> str:
    if stream == "invoices":
        return invoice_of(call)[0].id
    return call.find(stream, noun)[1]


def _receiver(client: Json) -> Json:
    return {"legal_name": client["legal_name"], "tax_id": client["tax_id"]}


def _period(body: Json) -> Json:
    period = {name: whole(body, f"period_{name}") for name in ("start", "end", "year")}
    if not 1 <= period["start"] <= period["end"] <= 12:
        raise bad("period_start and period_end must be months, in order")
    return period


def _totals(body: Json) -> Json:
    taxes = [_tax(tax, place) for place, tax in enumerate(rows(body, "taxes"))]
    if not taxes:
        raise bad("taxes is required")
    total = number(body.get("total_operation"), "total_operation")
    exempt = number(body.get("total_exempt", 0), "total_exempt")
    held = sum((Decimal(tax["amount"]) for tax in taxes), Decimal(0))
    return {
        "total_operation": spelled(total),
        "total_taxable": spelled(total - exempt),
        "total_exempt": spelled(exempt),
        "total_retained": spelled(held),
        "tax_retained": taxes,
    }


def _tax(given: Any, place: int) -> Json:
    if not isinstance(given, dict) or str(given.get("tax")) not in _TAXES:
        raise bad(f"taxes[{place}].tax must be one of {', '.join(_TAXES)}")
    base = number(given.get("base"), f"taxes[{place}].base")
    amount = number(given.get("amount"), f"taxes[{place}].amount")
    return {
        "tax": _TAXES[given["tax"]],
        "base": spelled(base),
        "amount": spelled(amount),
        "payment_type": given.get("payment_type", "01"),
    }

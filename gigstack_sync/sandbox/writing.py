"""What handlers that write share: the client they act for, one answer per idempotency key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from gigstack_sync.sandbox.business_people import snapshot
from gigstack_sync.sandbox.collection import Collection, Json, Row
from gigstack_sync.sandbox.errors import Refusal
from gigstack_sync.sandbox.fiscal.identity import record_id
from gigstack_sync.sandbox.fiscal.priced import Catalogue
from gigstack_sync.sandbox.http_message import Reply
from gigstack_sync.sandbox.reading import bad, check_party, flag, table, text
from gigstack_sync.sandbox.routes_call import Call, Remembered, answer, standard

Made = tuple[str, str]  # stream and id
_BLANK: Json = {
    "name": None, "legal_name": None, "company": None, "phone": None, "email": None, "bcc": [],
    "tax_id": None, "tax_system": None, "use": "G03", "metadata": {},
}  # fmt: skip
_PLACE = (
    "country", "street", "exterior", "interior", "neighborhood", "municipality", "city", "state",
    "zip",
)  # fmt: skip


def shown(
    call: Call, made: Made, message: str, *, status: int = 200, success: bool = False
) -> Reply:
    """Answer with a row as GET would show it."""
    stream, row_id = made
    if row_id not in call.rows(stream):  # not to be seen yet
        early = {"id": call.shop.wire.outward(row_id), "status": "pending"}
        return answer(message, early, status=status)
    row = msgspec.Raw(call.shop.wire.row(stream, call.rows(stream), row_id, full=True))
    if success:
        return standard(row, message, status=status)
    return answer(message, row, status=status)


def created(call: Call, made: Made, message: str, *, success: bool = False) -> Reply:
    """Answer with a new row."""
    return shown(call, made, message, status=call.quirks.create_status, success=success)


def deleted(call: Call, message: str) -> Reply:
    """Answer that something is gone, with or without a body."""
    if call.quirks.empty_deletes == "yes":
        return Reply(204)
    return answer(message, {})


def once(call: Call, body: Json, make: Callable[[], Made], message: str) -> Reply:
    """Make something, unless its idempotency key has already made it: then show that again."""
    key = body.get("idempotency_key")
    if key is None or call.quirks.idempotency == "ignored":
        return created(call, make(), message)
    if not isinstance(key, str) or not 0 < len(key) <= 256:
        raise bad("idempotency_key must be a text of at most 256 characters")
    place = call.team, call.request.path, key
    digest = hashlib.sha256(msgspec.json.encode(body, order="deterministic")).digest()
    known = call.shop.remembered.get(place)
    if known is None:
        stream, row_id = make()
        call.shop.remembered[place] = Remembered(digest, stream, row_id)
        return created(call, (stream, row_id), message)
    if known.digest != digest:
        raise Refusal(409, "Conflict", "idempotency_key was used with another body")
    return shown(call, (known.stream, known.row_id), message)


def catalogue_of(call: Call) -> Catalogue:
    """Look services up by a field."""
    rows = call.rows("services")

    def find(field: str, value: str) -> Json | None:
        if field == "id":
            return rows.get(call.shop.wire.inward(value))
        return next((rows.get(ref) for ref in rows if rows.row(ref)[field] == value), None)

    return find


def client_of(call: Call, body: Json) -> Json:
    """Find, or with auto_create make, the client of a body; its snapshot for documents."""
    given = table(body, "client")
    if not given:
        raise bad("client is required")
    rows = call.rows("clients")
    search = table(given, "search")
    if given.get("id"):
        row_id = rows.find(call.shop.wire.inward(text(given, "id")))
    elif search:
        row_id = find_client(rows, search)
        if row_id is None and flag(search, "auto_create", False):
            named = {search["on_key"]: search["on_value"]} if "on_key" in search else {}
            row_id = new_client(call, named | given).id
    else:
        raise bad("client.id or client.search is required")
    if row_id is None:
        raise Refusal(404, "Client not found", "The specified client does not exist")
    return snapshot(rows.row(row_id).body())


def find_client(rows: Collection, search: Json) -> str | None:
    """Find the one client that a search names; Refusal 409 when there are several."""
    field, value = text(search, "on_key"), search.get("on_value")
    if field.startswith("metadata."):
        name = field.partition(".")[2]
        found = [ref for ref in rows if (rows.row(ref)["metadata"] or {}).get(name) == value]
    else:
        found = [ref for ref in rows if rows.row(ref)[field] == value]
    if len(found) > 1:
        raise Refusal(409, "Conflict", f"{len(found)} clients have {field} {value}")
    return found[0] if found else None


def new_client(call: Call, given: Json) -> Row:
    """Add a client."""
    team = call.company
    check_party(given)
    text(given, "name", given.get("legal_name"))
    sheet = _BLANK | {name: given[name] for name in _BLANK if given.get(name) is not None}
    sheet["name"] = given.get("name") or given.get("legal_name")
    sheet["legal_name"] = given.get("legal_name") or sheet["name"].upper()
    sheet |= {
        "id": record_id(team.ids, "client_"),
        "address": placed({}, table(given, "address")),
        "is_valid": bool(given.get("tax_id")),
        "efos": {"is_valid": True},
        "fiscal_validation": {"status": "valid", "message": None},
        "defaults": _defaults(given),
        "livemode": team.livemode,
        "team": team.id,
        "owner": team.owner,
        "from": "api",
        "created_at": call.now,
    }
    team["clients"].put(sheet)
    return team["clients"].row(sheet["id"])


def placed(old: Json, given: Json) -> Json:
    """Write an address: what is given over what was there; countries have three letters."""
    address: dict[str, Any] = dict.fromkeys(_PLACE) | old
    address |= {name: given[name] for name in _PLACE if name in given}
    country = str(address["country"] or "MEX")
    address["country"] = "MEX" if country.lower() in ("mexico", "méxico", "mx") else country[:3]
    return address


def _defaults(given: Json) -> Json:
    usual = {
        "keep_full_legal_name": False,
        "issue_automatic_invoices": True,
        "issue_invoiceable_receipts": True,
    }
    return usual | table(given, "defaults")

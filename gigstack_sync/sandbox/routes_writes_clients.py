"""Handlers that change clients and the catalogue."""

from __future__ import annotations

from decimal import Decimal

from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.errors import Refusal, not_found
from gigstack_sync.sandbox.fiscal.identity import record_id
from gigstack_sync.sandbox.fiscal.priced import number, spelled
from gigstack_sync.sandbox.reading import (
    bad,
    body_of,
    check_party,
    flag,
    rows,
    table,
    text,
    upload_of,
)
from gigstack_sync.sandbox.routes_call import Answer, Call, answer
from gigstack_sync.sandbox.writing import created, deleted, find_client, new_client, placed, shown

_CLIENT = (
    "name", "legal_name", "company", "phone", "email", "bcc", "tax_id", "tax_system", "use",
    "metadata",
)  # fmt: skip
_SERVICE = ("description", "sku", "product_key", "unit_key", "unit_name", "taxability", "metadata")
_PORTAL_DAYS = 5


def create_client(call: Call) -> Answer:
    """POST /clients: a new one, or the one that `search` finds, updated if told so."""
    body = body_of(call)
    search = table(body, "search")
    found = find_client(call.rows("clients"), search) if search else None
    if found is None:
        row = new_client(call, body)
        return created(call, ("clients", row.id), "Client created successfully")
    if flag(search, "update", False):
        _change(call, found, {k: v for k, v in body.items() if k != "search"})
    return shown(call, ("clients", found), "Client retrieved successfully")


def update_client(call: Call) -> Answer:
    """PUT /clients/{id}: what is named changes."""
    _, row_id = call.find("clients", "Client")
    _change(call, row_id, body_of(call))
    return shown(call, ("clients", row_id), "Client updated successfully")


def delete_client(call: Call) -> Answer:
    """DELETE /clients/{id}; documents keep what they say of it."""
    _, row_id = call.find("clients", "Client")
    call.company["clients"].delete(row_id)
    return deleted(call, "Client deleted successfully")


def validate(call: Call) -> Answer:
    """POST /clients/validate/{id}: asks SAT whether name, RFC, system and zip go together."""
    stock, row_id = call.find("clients", "Client")
    client = stock.row(row_id).body()
    missing = [name for name in ("legal_name", "tax_id", "tax_system") if not client[name]]
    missing += [] if client["address"]["zip"] else ["zip"]
    verdict: Json = {"status": "valid", "message": None}
    if missing:
        verdict = {"status": "invalid", "message": f"{', '.join(missing)} missing"}
    call.company["clients"].change(row_id, fiscal_validation=verdict, is_valid=not missing)
    return answer("Client validated successfully", {"is_valid": not missing, **verdict})


def portal(call: Call) -> Answer:
    """POST /clients/customerportal: an address by the client's id or e-mail."""
    body = body_of(call)
    stock = call.rows("clients")
    if body.get("id"):
        row_id = stock.find(call.shop.wire.inward(text(body, "id")))
    else:
        mail = text(body, "email")
        row_id = next((ref for ref in stock if stock.row(ref)["email"] == mail), None)
    if row_id is None:
        raise not_found("Client", str(body.get("id") or body.get("email")))
    token = record_id(call.company.ids, "portal_", 32)
    until = call.now + _PORTAL_DAYS * 86_400
    url = f"https://portal.gigstack.pro/?token={token}"
    return answer("Portal created", {"url": url, "token": token, "expires_at": until})


def csf(call: Call) -> Answer:
    """POST /clients/csf: a constancia becomes a client; the sandbox reads its lines of text."""
    form = upload_of(call)
    if not form.content.startswith(b"%PDF-"):
        raise Refusal(400, "Invalid file", "invalid_file_format")
    said = _constancia(form.content)
    wanted = call.request.query.get("client_id")
    if wanted is None:
        row = new_client(call, said)
        return created(call, ("clients", row.id), "Client created from CSF")
    row_id = call.rows("clients").find(call.shop.wire.inward(wanted))
    if row_id is None:
        raise not_found("Client", wanted)
    _change(call, row_id, said)
    return shown(call, ("clients", row_id), "Client updated from CSF")


def create_service(call: Call) -> Answer:
    """POST /services."""
    body, team = body_of(call), call.company
    text(body, "description")
    service: Json = dict.fromkeys(_SERVICE) | {"taxability": "02", "metadata": {}, "quantity": 1}
    service |= _service(body)
    if "unit_price" not in service:
        raise bad("unit_price is required")
    service |= {"id": record_id(team.ids, "service_"), "team": team.id, "livemode": team.livemode}
    team["services"].put({"taxes": [], **service, "created_at": call.now})
    return created(call, ("services", service["id"]), "Service created successfully")


def update_service(call: Call) -> Answer:
    """PUT /services/{id}: what is named changes."""
    _, row_id = call.find("services", "Service")
    call.company["services"].change(row_id, **_service(body_of(call)))
    return shown(call, ("services", row_id), "Service updated successfully")


def delete_service(call: Call) -> Answer:
    """DELETE /services/{id}."""
    _, row_id = call.find("services", "Service")
    call.company["services"].delete(row_id)
    return deleted(call, "Service deleted successfully")


def _service(body: Json) -> Json:
    fields: Json = {name: body[name] for name in _SERVICE if name in body}
    for name, least in (("unit_price", Decimal(0)), ("quantity", Decimal("0.000001"))):
        if name in body:
            fields[name] = spelled(number(body[name], name, least=least))
    if "taxes" in body:
        fields["taxes"] = rows(body, "taxes")
    return fields


def _change(call: Call, row_id: str, body: Json) -> None:
    check_party(body)
    stock = call.company["clients"]
    changed: Json = {name: body[name] for name in _CLIENT if name in body}
    if "address" in body:
        changed["address"] = placed(stock.row(row_id)["address"], table(body, "address"))
    if "defaults" in body:
        changed["defaults"] = stock.row(row_id)["defaults"] | table(body, "defaults")
    stock.change(row_id, **changed)


def _constancia(content: bytes) -> Json:
    """Read `NAME: value` lines, the way a sandbox's constancia has them inside its PDF."""
    lines = (line.partition(b":") for line in content.splitlines())
    said = {k.decode("ascii", "ignore").strip(): v.decode().strip() for k, _, v in lines if v}
    if "RFC" not in said:
        raise Refusal(422, "CSF could not be read", "the PDF names no RFC")
    name = said.get("Nombre", said["RFC"])
    code = said.get("CP", "06600")
    fields: Json = {"name": name, "legal_name": name.upper(), "tax_id": said["RFC"]}
    return fields | {"tax_system": said.get("Regimen", "601"), "address": {"zip": code}}

"""Handlers of the account's folder of support documents, and of a team's logs."""

from __future__ import annotations

import msgspec

from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.errors import Refusal
from gigstack_sync.sandbox.http_message import Reply
from gigstack_sync.sandbox.listing_ask import limit_of
from gigstack_sync.sandbox.reading import bad, body_of, choice, text
from gigstack_sync.sandbox.routes_account import team_id_of
from gigstack_sync.sandbox.routes_call import Answer, Call, standard
from gigstack_sync.sandbox.writing import shown

_OWNERS = ("client", "payment", "invoice")


def folder(call: Call) -> Answer:
    """GET /documents: rows and cursor are inside `data`."""
    query, stock = call.request.query, call.rows("documents")
    found = [body for ref in stock.newest_first() if _fits(body := stock.row(ref).body(), query)]
    limit, start = limit_of(query, call.quirks), _start(query.get("cursor"))
    end = start + limit
    more = end < len(found)
    page = {"data": found[start:end], "has_more": more, "next_cursor": str(end) if more else None}
    return standard(page, "Documents retrieved successfully")


def delete(call: Call) -> Answer:
    """DELETE /documents/{id}."""
    row = _document(call)
    call.company["documents"].delete(row.id)
    return standard({"id": row.id, "deleted": True}, "Document deleted")


def link(call: Call) -> Answer:
    """POST /documents/{id}/link: one record more."""
    row, owner = _document(call), _owner(call)
    links: list[Json] = [each for each in row["linked_entities"] if _same(each) != _same(owner)]
    at = int(call.shop.now() * 1000)
    return _relinked(call, row, [*links, owner | {"linked_at": at}])


def unlink(call: Call) -> Answer:
    """DELETE /documents/{id}/link: one record less."""
    row, owner = _document(call), _owner(call)
    links = [each for each in row["linked_entities"] if _same(each) != _same(owner)]
    if len(links) == len(row["linked_entities"]):
        raise Refusal(404, "Link not found", "The document is not linked to that record")
    return _relinked(call, row, links)


def analyze(call: Call) -> Answer:
    """POST /documents/{id}/analyze: the sandbox finds every document in order."""
    row = _document(call)
    found = {"compliance_status": "valid", "ai_extraction": {"document_type": row["document_type"]}}
    call.company["documents"].change(row.id, **found, updated_at=int(call.shop.now() * 1000))
    return shown(call, ("documents", row.id), "Document analyzed", success=True)


def log(call: Call) -> Answer:
    """GET /teams/{id}/api-logs and /webhook-deliveries: the sandbox keeps none."""
    team_id_of(call)
    page = {"success": True, "data": [], "has_more": False, "next_cursor": None}
    page |= {"scanned_count": 0, "livemode": call.key.livemode}
    return Reply(body=msgspec.json.encode(page))


def _fits(body: Json, query: dict[str, str]) -> bool:
    plain = ("document_type", "compliance_status")
    if any(query.get(name) not in (None, body[name]) for name in plain):
        return False
    wanted = {name: query[name] for name in ("entity_type", "entity_id") if name in query}
    return any(wanted.items() <= each.items() for each in body["linked_entities"]) or not wanted


def _start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdecimal():
        raise bad("cursor is not one of ours")
    return int(cursor)


def _document(call: Call) -> Row:
    stock, row_id = call.find("documents", "Document")
    return stock.row(row_id)


def _owner(call: Call) -> Json:
    body = body_of(call)
    kind = choice(body, "entity_type", _OWNERS)
    return {"entity_type": kind, "entity_id": call.shop.wire.inward(text(body, "entity_id"))}


def _same(entity: Json) -> tuple[str, str]:
    return entity["entity_type"], entity["entity_id"]


def _relinked(call: Call, row: Row, links: list[Json]) -> Answer:
    at = int(call.shop.now() * 1000)
    call.company["documents"].change(row.id, linked_entities=links, updated_at=at)
    return shown(call, ("documents", row.id), "Document updated", success=True)

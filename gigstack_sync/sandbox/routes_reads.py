"""Handlers that read: lists, single rows and searches of any stream."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from gigstack_sync.sandbox import meddling
from gigstack_sync.sandbox.collection import Collection
from gigstack_sync.sandbox.errors import Refusal, invalid
from gigstack_sync.sandbox.listing import Predicate, count, select
from gigstack_sync.sandbox.listing_ask import Kind, limit_of, read_ask, whole
from gigstack_sync.sandbox.page import Family, Page
from gigstack_sync.sandbox.routes_call import Answer, Call, Handler, answer, standard
from gigstack_sync.sandbox.wire import Wire

_SEARCHED = [
    "id",
    "uuid",
    "name",
    "legal_name",
    "company",
    "tax_id",
    "email",
    "description",
    "series",
    "folio_number",
]


def lists(stream: str, plural: str, kind: Kind, family: Family = "list") -> Handler:
    """Make the handler of a list endpoint."""

    def handle(call: Call) -> Answer:
        _open(call, stream)
        rows, quirks, world = call.rows(stream), call.quirks, call.shop.world
        query = {k: call.shop.wire.inward(text) for k, text in call.request.query.items()}
        asked = read_ask(query, kind, rows, call.shop.facets, quirks)
        listed = call.shop.visibility.test(rows, world.now, call.shop.request_number)
        ask = replace(
            asked,
            limit=asked.limit if call.limit is None else call.limit,
            listed=_both(listed, _reachable_teams(call, stream)),
            binding=f"{call.team} {call.request.path} {asked.binding}",
        )
        chosen = select(rows, ask, salt=call.shop.request_number)
        filtered = quirks.total == "filtered" or ask.page is not None
        return Page(
            family=family,
            message=f"{plural} retrieved successfully",
            rows=[call.shop.wire.row(stream, rows, row_id) for row_id in chosen.ids],
            next=chosen.next,
            has_more=chosen.has_more,
            total=count(rows, ask) if filtered or stream == "teams" else len(rows),
            now=world.now,
            binding=ask.binding,
            began=chosen.began,
            ids=chosen.ids,
            change=partial(_changed, call.shop.wire, stream, rows),
        )

    return handle


def gets(stream: str, noun: str, *, success: bool = False) -> Handler:
    """Make the handler that reads one row by id or fiscal UUID."""

    def handle(call: Call) -> Answer:
        _open(call, stream)
        rows, row_id = call.find(stream, noun)
        body = msgspec.Raw(call.shop.wire.row(stream, rows, row_id, full=True))
        message = f"{noun} retrieved successfully"
        return standard(body, message) if success else answer(message, body)

    return handle


def searches(stream: str, plural: str) -> Handler:
    """Make the handler of a full-text search: every word of `q` must occur."""

    def handle(call: Call) -> Answer:
        query = call.request.query
        words = query.get("q", "").lower().split()
        if not words:
            raise invalid("q is required")
        rows = call.rows(stream)
        page = whole(query, "page", 1)
        per_page = limit_of({"limit": query.get("per_page", "10")}, call.quirks)
        newest_found = call.shop.now() - call.quirks.search_lag
        found = [
            row_id
            for row_id in rows.newest_first()
            if rows.position(row_id) <= newest_found and _matches(rows, row_id, words)
        ]
        chosen = found[(page - 1) * per_page : page * per_page]
        return Page(
            family="search",
            message=f"{plural} retrieved successfully",
            rows=[call.shop.wire.row(stream, rows, row_id) for row_id in chosen],
            total=len(found),
            page=page,
            per_page=per_page,
        )

    return handle


def _open(call: Call, stream: str) -> None:
    if stream == "invoices_transfer" and call.quirks.transfer == "missing":
        raise Refusal(404, "Not found", f"Cannot {call.request.method} {call.request.path}")
    if stream == "invoices_sat" and not call.sat_active:
        status = 200 if call.quirks.sat == "refused" else 403
        raise Refusal(status, "Descarga Masiva is not activated", "needs_activation")


def _matches(rows: Collection, row_id: str, words: list[str]) -> bool:
    body: Any = rows.get(row_id) or {}
    client = body.get("client")
    places = [body, client] if isinstance(client, dict) else [body]
    text = " ".join(str(place.get(name) or "") for place in places for name in _SEARCHED).lower()
    return all(word in text for word in words)


def _reachable_teams(call: Call, stream: str) -> Predicate | None:
    """Keep the teams a key reaches, in its mode."""
    if stream != "teams":
        return None
    teams, own = call.shop.world.teams, call.key.team

    def listed(team_id: str) -> bool:
        team = teams.get(team_id)
        if team is None or not call.reaches(team_id) or team.livemode != call.key.livemode:
            return False
        return team_id != own or call.quirks.own_team == "listed"

    return listed


def _changed(wire: Wire, stream: str, rows: Collection, row_id: str) -> bytes:
    meddling.touch(rows, [row_id])
    return wire.row(stream, rows, row_id)


def _both(first: Predicate | None, second: Predicate | None) -> Predicate | None:
    if first is None or second is None:
        return first or second
    return lambda row_id: first(row_id) and second(row_id)

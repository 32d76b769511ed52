"""Filters of list requests: query parameters against fields of a row."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from typing import Any

from gigstack_sync.sandbox.collection import Collection, Json
from gigstack_sync.sandbox.quirks import Quirks

Predicate = Callable[[str], bool]
_SAME_STATUS = {"cancelled": "canceled", "stamped": "valid"}


def _client(body: Json, name: str) -> Any:
    client = body.get("client")
    if isinstance(client, dict):
        return client.get(name)
    return client if name == "id" else None


def _party(body: Json, role: str) -> Any:
    party = body.get(role)
    return party.get("rfc") if isinstance(party, dict) else None


_FACETS: dict[str, Callable[[Json], Any]] = {
    "client_id": lambda body: _client(body, "id"),
    "email": lambda body: body.get("email") or _client(body, "email"),
    "tax_id": lambda body: body.get("tax_id") or _client(body, "tax_id"),
    "issuer_rfc": lambda body: _party(body, "issuer"),
    "receiver_rfc": lambda body: _party(body, "receiver"),
    "invoice_id": lambda body: body.get("invoices"),
}


def facet(body: Json, name: str) -> Any:
    """Read what a filter looks at: a text, or a list of which one must match."""
    if name in _FACETS:
        return _FACETS[name](body)
    if name.startswith("metadata."):
        return (body.get("metadata") or {}).get(name.removeprefix("metadata."))
    return body.get(name)


class Facets:
    """Remembers facets per row and version, so that filters do not build bodies again."""

    def __init__(self) -> None:
        self._values: dict[tuple[int, str], dict[str, tuple[int, Any]]] = {}

    def value(self, rows: Collection, row_id: str, name: str) -> Any:
        """One facet of one row as it is now."""
        known = self._values.setdefault((id(rows), name), {})
        version = rows.version(row_id)
        if row_id not in known or known[row_id][0] != version:
            known[row_id] = (version, facet(rows.get(row_id) or {}, name))
        return known[row_id][1]

    def test(self, rows: Collection, name: str, wanted: str) -> Predicate:
        """Make the predicate `name` = `wanted`; statuses match in either spelling."""
        if name == "status":
            wanted = _SAME_STATUS.get(wanted, wanted)

        def passes(row_id: str) -> bool:
            value = self.value(rows, row_id, name)
            if isinstance(value, list):
                return wanted in value
            text = "" if value is None else str(value)
            return wanted == (_SAME_STATUS.get(text, text) if name == "status" else text)

        return passes


class Visibility:
    """Rows that exist and that lists do not show: hidden for good, or not yet."""

    def __init__(self, quirks: Quirks) -> None:
        self._quirks = quirks
        self._first_seen: dict[int, dict[str, int]] = {}

    def test(self, rows: Collection, now: float, request_number: int) -> Predicate | None:
        """Make the predicate for one request; None when everything is listed."""
        quirks, tests = self._quirks, []
        if quirks.hidden > 0:
            tests.append(lambda row_id: zlib.crc32(row_id.encode()) % 10_000 >= quirks.hidden * 1e4)
        if quirks.late_seconds > 0:
            tests.append(lambda row_id: rows.position(row_id) <= now - quirks.late_seconds)
        if quirks.late_requests > 0:
            seen = self._see(rows, request_number)
            oldest = request_number - quirks.late_requests
            tests.append(lambda row_id: seen[row_id] <= oldest)
        return _all(tests) if tests else None

    def _see(self, rows: Collection, request_number: int) -> dict[str, int]:
        first_look = id(rows) not in self._first_seen
        seen = self._first_seen.setdefault(id(rows), {})
        since = request_number - self._quirks.late_requests if first_look else request_number
        for row_id in rows:
            seen.setdefault(row_id, since)
        return seen


def _all(tests: Iterable[Predicate]) -> Predicate:
    every = tuple(tests)
    return lambda row_id: all(test(row_id) for test in every)

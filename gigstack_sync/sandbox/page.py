"""One page of a list: rows already encoded, and the envelope of its family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from gigstack_sync.sandbox.listing import Where
from gigstack_sync.sandbox.quirks import Quirks

Family = Literal["list", "sat", "webhooks", "search", "catalogue"]
_encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass(slots=True)
class Page:
    """Rows and what the envelope says of them; `overrides` replaces or (None) drops keys."""

    family: Family
    message: str
    rows: list[bytes]
    next: str | None = None
    has_more: bool = False
    total: int = 0
    page: int = 1
    per_page: int = 10
    now: int = 0  # epoch seconds, for the families that carry a timestamp
    binding: str = ""  # with `began`, a cursor that leads back to where this page starts
    began: Where = None
    ids: list[str] = field(default_factory=list)
    change: Callable[[str], bytes] | None = None  # edits a row for good; its new bytes
    overrides: dict[str, bytes | None] = field(default_factory=dict)

    def encode(self, quirks: Quirks) -> bytes:
        """Render the envelope around the rows."""
        keys: dict[str, bytes | None] = {
            name: None if value is _ABSENT else _encode(value)
            for name, value in self._envelope(quirks).items()
        }
        keys |= self.overrides
        # One flat join: pages are large, and every further copy costs a tenth of a millisecond.
        parts = [b"{"]
        for name, value in keys.items():
            if name == "data" and name not in self.overrides:
                parts += (b'"data":[', *self._data(quirks), b"],")
            elif value is not None:
                parts.append(b'"%s":%s,' % (name.encode(), value))
        parts[-1] = parts[-1][:-1]
        return b"".join((*parts, b"}"))

    def _data(self, quirks: Quirks) -> list[bytes]:
        rows = self.rows
        if quirks.null_rows > 0:
            rows = []
            for count, row in enumerate(self.rows, start=1):
                rows.append(row)
                if count % quirks.null_rows == 0:
                    rows.append(b"null")
        separated = [b","] * max(0, 2 * len(rows) - 1)
        separated[::2] = rows
        return separated

    def _envelope(self, quirks: Quirks) -> dict[str, Any]:
        return _FAMILIES[self.family](self, quirks)

    def cursor_keys(self, quirks: Quirks) -> dict[str, Any]:
        """`next` and `has_more` as the quirks spell the end."""
        end = {"null": None, "absent": _ABSENT, "empty": ""}[quirks.last_next]
        more = self.has_more if quirks.has_more == "present" else _ABSENT
        return {"next": end if self.next is None else self.next, "has_more": more}


_ABSENT = object()


def _list(page: Page, quirks: Quirks) -> dict[str, Any]:
    total: Any = {
        "absent": _ABSENT,
        "null": None,
        "wrong": page.total + 7,
        "text": str(page.total),
    }.get(quirks.total, page.total)
    head = {"message": page.message, "data": None}
    return head | page.cursor_keys(quirks) | {"total_results": total}


def _sat(page: Page, quirks: Quirks) -> dict[str, Any]:
    count = len(page.rows) if quirks.sat_count == "page" else page.total
    return {"success": True, "data": None} | page.cursor_keys(quirks) | {"count": count}


def _webhooks(page: Page, quirks: Quirks) -> dict[str, Any]:
    stamp = {"timestamp": page.now * 1000}
    if quirks.webhook_envelope == "standard":
        return {"success": True, "message": page.message, "data": None} | stamp
    return {"success": True} | _list(page, quirks) | stamp


def _search(page: Page, quirks: Quirks) -> dict[str, Any]:
    counters = {"found": page.total, "page": page.page, "per_page": page.per_page}
    return {"message": page.message, "data": None} | counters


def _catalogue(page: Page, quirks: Quirks) -> dict[str, Any]:
    counters = {"total": page.total, "page": page.page, "limit": page.per_page}
    closing = {"message": page.message, "timestamp": "2026-01-01T00:00:00.000Z"}
    return {"success": True, "data": None} | counters | closing


_FAMILIES = {
    "list": _list,
    "sat": _sat,
    "webhooks": _webhooks,
    "search": _search,
    "catalogue": _catalogue,
}

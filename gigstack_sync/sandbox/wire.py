"""Rows as bytes: shaped by the quirks, encoded once per version, money digit for digit."""

from __future__ import annotations

import contextlib
import copy
import re
from typing import Any

import msgspec

from gigstack_sync.sandbox.collection import Collection
from gigstack_sync.sandbox.quirks import Quirks
from gigstack_sync.sandbox.wire_shapes import ODD_TAIL, odd, shapers_for

_encode = msgspec.json.Encoder(decimal_format="number").encode
_CACHE_BYTES = 512 * 1024 * 1024
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


class Wire:
    """Encodes rows under one set of quirks; a changed row is encoded afresh."""

    def __init__(self, quirks: Quirks) -> None:
        self.quirks = quirks
        self._shapers = {full: shapers_for(quirks, full=full) for full in (False, True)}
        self._same = self._shapers[False] == self._shapers[True]
        self._rows: dict[tuple[int, bool], dict[str, tuple[int, bytes]]] = {}
        self._bytes = 0

    def row(self, stream: str, rows: Collection, row_id: str, *, full: bool = False) -> bytes:
        """Encode one row as lists show it, or as GET does with `full`; KeyError if gone."""
        cache = self._rows.setdefault((id(rows), full and not self._same), {})
        version = rows.version(row_id)
        known = cache.get(row_id)
        if known is not None and known[0] == version:
            return known[1]
        encoded = self._shape(stream, rows, row_id, full)
        self._remember(cache, row_id, version, encoded)
        return encoded

    def text(self, body: bytes) -> bytes:
        """Give a whole body the whitespace and the escapes the quirks ask for."""
        if self.quirks.json == "pretty":
            with contextlib.suppress(msgspec.DecodeError, RecursionError):  # faults spoil JSON
                body = msgspec.json.format(body, indent=2)
        if self.quirks.escapes == "unicode":
            body = _NOT_ASCII.sub(_escape, body.decode()).encode()
        return body

    def outward(self, row_id: str) -> str:
        """Turn the world's id into the one on the wire."""
        return odd(row_id) if self.quirks.odd_ids == "yes" else row_id

    def inward(self, reference: str) -> str:
        """Turn an id from the wire into the world's own."""
        return reference.removesuffix(ODD_TAIL) if self.quirks.odd_ids == "yes" else reference

    def _shape(self, stream: str, rows: Collection, row_id: str, full: bool) -> bytes:
        body: Any = rows.get(row_id)
        if body is None:
            raise KeyError(row_id)
        if self._shapers[full]:
            body = copy.deepcopy(body)
            for shape in self._shapers[full]:
                shape(stream, body)
        return _encode(body)

    def _remember(
        self, cache: dict[str, tuple[int, bytes]], row_id: str, version: int, encoded: bytes
    ) -> None:
        if self._bytes > _CACHE_BYTES:
            self._rows.clear()
            self._bytes = 0
        self._bytes += len(encoded)
        cache[row_id] = (version, encoded)


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))

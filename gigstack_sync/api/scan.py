"""Splits JSON that a parser refuses to enter: thousands of levels deep, or with half surrogates."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|["\[\]{},]', re.DOTALL)
_KEY = re.compile(rb'\s*("[^"\\]*(?:\\.[^"\\]*)*")\s*:', re.DOTALL)


def members(text: bytes) -> dict[str, bytes]:
    """Split an object into its members' bytes; ValueError if it is none."""
    found = {}
    for piece in _split(text, b"{"):
        key = _KEY.match(piece)
        if key is None:
            raise ValueError("a member without a name")
        found[str(json.loads(key[1]))] = _sound(piece[key.end() :])
    return found


def elements(text: bytes) -> list[bytes]:
    """Split an array into its elements' bytes; ValueError if it is none."""
    return [_sound(piece) for piece in _split(text, b"[")]


def loads(text: bytes) -> Any:
    """Read strict JSON: no NaN, no Infinity, UTF-8 only."""
    return json.loads(text.decode(), parse_constant=_refuse)


def _split(text: bytes, opening: bytes) -> list[bytes]:
    text = text.strip(b" \t\r\n")
    if not text.startswith(opening):
        raise ValueError(f"expected {opening.decode()}")
    pieces = list(_pieces(text))
    return [] if len(pieces) == 1 and not pieces[0].strip() else pieces


def _pieces(text: bytes) -> Iterator[bytes]:
    depth, start = 0, 1
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in b"[{":
            depth += 1
        elif mark == b'"':
            break
        elif mark in b"]}":
            depth -= 1
        if depth == 0 or (depth == 1 and mark == b","):
            yield text[start : token.start()]
            start = token.end()
        if depth == 0:
            break
    if depth or start != len(text):
        raise ValueError("the JSON is cut or has a tail")


def _sound(piece: bytes) -> bytes:
    """Check a piece; one too deep for any parser is let through, to be set aside."""
    piece = piece.strip(b" \t\r\n")
    try:
        loads(piece)
    except RecursionError:
        return piece
    return piece


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")

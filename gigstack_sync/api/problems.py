"""Reads the body of a refusal, in any of the shapes the API uses, and never fails itself.

Seen: prose in `error`, a code in `error`, an object in `error`, details as
text, list or tree, `success: false` under HTTP 200, HTML pages, nothing at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gigstack_sync.api.decode import decode
from gigstack_sync.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+|unauthorized|forbidden")
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>|<h1[^>]*>(.*?)</h1>", re.IGNORECASE | re.DOTALL)
_DETAIL_KEYS = ("details", "errors", "detail")
_MAX_TEXT = 300
_MAX_DETAILS = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """What a refusal says. All texts are short, on one line, without control characters."""

    message: str = ""
    api_code: str = ""
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Message and details as one sentence, without repeating itself."""
        extra = ", ".join(detail for detail in self.details if detail != self.message)
        return ": ".join(part for part in (self.message, extra) if part)


def read_problem(body: bytes) -> Problem:
    """Find what a body complains of; an empty Problem when of nothing."""
    try:
        value = decode(body)
    except BadAnswer:
        return Problem(message=_page_title(body))
    if not isinstance(value, dict):
        return Problem(message=_clean(value) if isinstance(value, str) else "")
    return _from_object(value)


def _from_object(body: dict[str, Any]) -> Problem:
    error = body.get("error")
    inner = error if isinstance(error, dict) else {}
    texts = [*_texts(body.get("message")), *_texts(inner.get("message"))]
    details = [*texts[1:], *_all_details(inner), *_all_details(body)]
    code = _code_of(inner.get("code")) or _code_of(body.get("code"))
    for text in [] if inner else _texts(error):
        code, details = (text, details) if _is_code(text) else (code, [text, *details])
    message = texts[0] if texts else next(iter(details), "")
    return Problem(message, code, tuple(dict.fromkeys(details))[:_MAX_DETAILS])


def _all_details(source: dict[str, Any]) -> Iterator[str]:
    for key in _DETAIL_KEYS:
        yield from _texts(source.get(key))


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """List every text in a tree, field names kept in front of their complaints."""
    if isinstance(value, dict) and depth < 5:
        for key, inner in list(value.items())[:_MAX_DETAILS]:
            prefix = "" if key in {"message", "error", *_DETAIL_KEYS} else f"{_clean(key)}: "
            yield from (prefix + text for text in _texts(inner, depth + 1))
    elif isinstance(value, list) and depth < 5:
        for inner in value[:_MAX_DETAILS]:
            yield from _texts(inner, depth + 1)
    elif value is not None and not isinstance(value, dict | list | bool):
        text = _clean(str(value))
        if text:
            yield text


def _code_of(value: Any) -> str:
    return _clean(str(value)) if isinstance(value, str | int) and value else ""


def _is_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None


def _page_title(body: bytes) -> str:
    text = body[:4096].decode("utf-8", "replace")
    title = _TITLE.search(text)
    return _clean((title[1] or title[2] or "") if title else re.sub(r"<[^>]*>", " ", text))


def _clean(text: str) -> str:
    visible = "".join(char if char.isprintable() else " " for char in text[: _MAX_TEXT * 4])
    return " ".join(visible.split())[:_MAX_TEXT]

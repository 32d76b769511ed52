"""Takes a list page apart without touching its rows: their bytes stay exactly as received.

All the API's envelopes are read here: `data` as a list, `data.data`,
`data.history`; cursors `next`, `next_cursor`, `cursor`; five names for a total.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from gigstack_sync.api import scan
from gigstack_sync.api.decode import decode
from gigstack_sync.api.head import Head, read_head
from gigstack_sync.api.problems import Problem, read_problem
from gigstack_sync.errors import ApiError, BadAnswer, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Head",
    "RawPage",
    "Unreadable",
    "decode",
    "parse_answer",
    "parse_page",
    "parse_row",
    "read_head",
]

_TOTALS = ("total_results", "totalResults", "total", "found", "count")
_CURSORS = ("next", "next_cursor", "nextCursor", "cursor")
_MORE = ("has_more", "hasMore")
_ROW_KEYS = ("data", "history", "results")
_ABSENCE = re.compile(r"\bnot found\b|\bdoes not exist\b", re.IGNORECASE)

_PIECE = 8192

_Fields: TypeAlias = "Mapping[str, bytes | msgspec.Raw]"
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


class Unreadable(BadAnswer):
    """The body is not even JSON: cut, empty, HTML, or no UTF-8."""


class RawPage(msgspec.Struct, frozen=True):
    """One page. `rows` are JSON texts as received; `received_at` is the server's epoch seconds.

    `has_more` with no `next` is passed on as such: the caller must not take it for the end.
    `total` is the server's word, often unfiltered; a hint only.
    """

    rows: list[bytes]
    has_more: bool
    next: str | None = None
    total: int | None = None
    warnings: tuple[str, ...] = ()
    received_at: float = 0.0
    says_more: bool | None = None
    """The server's own has_more, None when it said nothing."""

    def __len__(self) -> int:
        return len(self.rows)


def parse_page(body: bytes, received_at: float = 0.0) -> RawPage:
    """Find the rows and the cursor of a list body.

    Raises Unreadable for what is not JSON, BadAnswer for JSON without a list,
    ApiError for `success: false`. None of them is ever taken for zero rows.
    """
    fields = _fields(body)
    rows, fields = _rows(fields)
    cursor, doubts = _cursor(fields)
    more = _more(fields)
    has_more, warnings = _agree(more, cursor, len(rows))
    total = _total(fields, has_more, len(rows))
    return RawPage(rows, has_more, cursor, total, doubts + warnings, received_at, more)


def parse_row(body: bytes) -> bytes:
    """Cut out the `data` object of a single-record body, exactly as received."""
    data = _data(_fields(body))
    if not data.startswith(b"{"):
        raise BadAnswer("The API sent a record that is not an object.")
    return data


def parse_answer(body: bytes) -> dict[str, Any]:
    """Read the answer to a write whole: {} for no body, ApiError for `success: false`."""
    if not body.strip():
        return {}
    _fields(body)
    answer = decode(_text(body))
    if not isinstance(answer, dict):
        raise BadAnswer("The API sent JSON that is not an object.")
    return answer


def _fields(body: bytes) -> _Fields:
    """Split the outermost object; an answer that says it failed is raised."""
    fields = _members(_text(body))
    if "success" in fields and _value(fields["success"]) in (False, "false", 0):
        raise _refusal(body)
    if "error" in fields and "data" not in fields and _value(fields["error"]) is not None:
        raise _refusal(body)
    return fields


def _text(body: bytes) -> bytes:
    if not body.strip():
        raise Unreadable("The API sent an empty answer.")
    if not body.isascii():
        _check_utf8(body)
    return body.removeprefix(b"\xef\xbb\xbf")


def _check_utf8(body: bytes) -> None:
    """In pieces: one emoji makes every letter of a text decoded whole four bytes wide."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for begin in range(0, len(body), _PIECE):
            decoder.decode(body[begin : begin + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Unreadable("The API sent an answer that is not UTF-8.") from None


def _members(text: bytes) -> _Fields:
    try:
        return _OBJECT.decode(text)
    except msgspec.ValidationError:
        raise BadAnswer("The API sent JSON that is not an object.") from None
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return scan.members(text)
    except (ValueError, RecursionError) as error:
        raise _not_json(text, error) from None


def _not_json(text: bytes, error: Exception) -> Unreadable:
    if text.lstrip().startswith(b"<"):
        return Unreadable(f"The API sent a web page instead of JSON: {read_problem(text)}")
    return Unreadable(f"The API sent JSON that is cut or broken ({error}).")


def _refusal(body: bytes) -> ApiError:
    problem: Problem = read_problem(body)
    kind = NotFound if _is_absence(problem) else ApiError
    return kind(
        f"The API refused: {problem}" if str(problem) else "The API refused without saying why.",
        status=200,
        api_code=problem.api_code,
        details=problem.details,
    )


def _is_absence(problem: Problem) -> bool:
    """A 404 under HTTP 200: by its code, or by its words where there is no code."""
    if problem.api_code:
        return problem.api_code == "resource_not_found"
    return _ABSENCE.search(problem.message) is not None


def _data(fields: _Fields) -> bytes:
    if "data" not in fields:
        raise BadAnswer("The API sent an answer without data.")
    return bytes(fields["data"])


def _rows(
    fields: _Fields,
) -> tuple[list[bytes], _Fields]:
    """Find the rows, and the members among which the cursor is to be looked for."""
    data = _data(fields)
    if data.startswith(b"{"):
        inner = _members(data)
        key = next((key for key in _ROW_KEYS if key in inner), None)
        if key is None:
            raise BadAnswer("The API sent an object where a list belongs.")
        fields, data = {**fields, **inner}, bytes(inner[key])
    if not data.startswith(b"["):
        raise BadAnswer("The API sent a list page whose data is not a list.")
    return _elements(data), fields


def _elements(data: bytes) -> list[bytes]:
    try:
        return [bytes(row) for row in _ARRAY.decode(data)]
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return scan.elements(data)
    except ValueError as error:
        raise _not_json(data, error) from None


def _value(raw: bytes | msgspec.Raw) -> Any:
    """Read a small member; None when it is too odd to matter."""
    try:
        return decode(bytes(raw))
    except BadAnswer:
        return None


def _first(fields: _Fields, names: tuple[str, ...]) -> Any:
    """Read the first of several spellings that carries a value."""
    for name in names:
        value = _value(fields[name]) if name in fields else None
        if value not in (None, ""):
            return value
    return None


def _cursor(fields: _Fields) -> tuple[str | None, tuple[str, ...]]:
    value = _first(fields, _CURSORS)
    if value is None or isinstance(value, str):
        return value, ()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value), ()
    return None, ("the cursor is not text",)


def _more(fields: _Fields) -> bool | None:
    value = _first(fields, _MORE)
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower())
    return bool(value) if isinstance(value, bool | int) else None


def _agree(more: bool | None, cursor: str | None, rows: int) -> tuple[bool, tuple[str, ...]]:
    """Decide whether to go on, when has_more and the cursor disagree: towards more data."""
    if more is None:
        return cursor is not None, ("has_more is missing",)
    if more and cursor is None:
        return True, ("has_more without a cursor",)
    if not more and cursor is not None and rows:
        return True, ("a cursor although has_more is false",)
    return more, ()


def _total(fields: _Fields, has_more: bool, rows: int) -> int | None:
    for name in _TOTALS:
        total = _count(_value(fields[name])) if name in fields else None
        # SAT's `count` may be the page's size; with more to come that is no total
        if total is not None and not (name == "count" and has_more and total <= rows):
            return total
    pagination = _value(fields["pagination"]) if "pagination" in fields else None
    return _count(pagination.get("totalItems")) if isinstance(pagination, dict) else None


def _count(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

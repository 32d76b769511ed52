"""The few facts of a row that a sync needs before any database sees it."""

from __future__ import annotations

from typing import Any

import msgspec

from gigstack_sync.api import scan
from gigstack_sync.api.moments import epoch_seconds, local_seconds

MAX_ID = 160  # characters; the API's own limit


class Head(msgspec.Struct, frozen=True):
    """Who a row is and when. `problem` says why it cannot be stored; times are epoch seconds."""

    id: str | None = None
    uuid: str | None = None
    created: float | None = None
    issue_date: float | None = None
    problem: str | None = None


class _Row(msgspec.Struct):
    id: Any = None
    uuid: Any = None
    created_at: Any = None
    created: Any = None
    issue_date: Any = None
    issueDate: Any = None


_ROWS = msgspec.json.Decoder(_Row)


def read_head(raw: bytes) -> Head:
    """Read identity and position of one row; never raises, whatever the bytes are."""
    try:
        return _head(_ROWS.decode(raw))
    except (ValueError, RecursionError):
        return _odd_head(raw)


def _odd_head(raw: bytes) -> Head:
    """Read a row the fast decoder refuses: null, no object, half surrogates, huge numbers."""
    text = raw.strip(b" \t\r\n")
    if text == b"null":
        return Head(problem="null entry")
    if not text.startswith(b"{"):
        return Head(problem="not an object")
    try:
        row = scan.loads(text)
    except RecursionError:
        return Head(problem="nested too deeply")
    except ValueError:
        return Head(problem="not JSON")
    return _head(_Row(**{name: row.get(name) for name in _Row.__struct_fields__}))


def _head(row: _Row) -> Head:
    uuid = row.uuid if _id_problem(row.uuid) is None else None
    chosen = row.uuid if row.id is None else row.id
    problem = _id_problem(chosen)
    return Head(
        id=None if problem else chosen,
        uuid=uuid,
        created=epoch_seconds(row.created_at) or epoch_seconds(row.created),
        issue_date=local_seconds(row.issue_date) or local_seconds(row.issueDate),
        problem=problem,
    )


def _id_problem(value: Any) -> str | None:
    if value is None:
        return "no id"
    if not isinstance(value, str):
        return "id is not text"
    if not value:
        return "empty id"
    if len(value) > MAX_ID:
        return f"id longer than {MAX_ID} characters"
    return None if value.isprintable() else "id has unprintable characters"

"""Changes to a world from outside: rows made, moved, edited or removed on demand.

Every function expects the world's lock to be held.
"""

from __future__ import annotations

import copy
import itertools
import random
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from gigstack_sync.errors import UsageError
from gigstack_sync.sandbox.collection import Collection, Json

_serial = itertools.count(1)


def choose(rows: Collection, count: int, where: str = "newest") -> list[str]:
    """Pick ids: newest, oldest, middle, `random`, or one id itself."""
    ids = rows.newest_first()
    if where in rows:
        return [where]
    if where == "newest":
        return list(ids[:count])
    if where == "oldest":
        return list(ids[max(0, len(ids) - count) :])
    if where == "middle":
        return list(ids[len(ids) // 2 :][:count])
    if where == "random":
        return random.Random(len(ids)).sample(list(ids), min(count, len(ids)))
    raise UsageError(f"There is no row {where!r}.", hint="newest, oldest, middle, random or an id")


def insert(rows: Collection, at: float, count: int = 1, where: str = "newest") -> list[str]:
    """Put `count` copies of a row, created at epoch second `at`; their new ids."""
    model = rows.get(choose(rows, 1, where)[0]) if len(rows) else None
    if model is None:
        raise UsageError("An empty collection has no row to copy.")
    made = []
    for _ in range(count):
        body = copy.deepcopy(model)
        _rename(body)
        _date(body, at)
        rows.put(body)
        made.append(str(body["id"]))
    return made


def remove(rows: Collection, ids: Sequence[str]) -> list[Json]:
    """Delete rows; their bodies, so that they can return."""
    bodies = [rows.get(row_id) or {} for row_id in ids]
    for row_id in ids:
        rows.delete(row_id)
    return bodies


def touch(rows: Collection, ids: Sequence[str], **fields: Any) -> None:
    """Set fields; without any, a fresh value in the metadata."""
    for row_id in ids:
        given = fields or {"metadata": {"touched": str(next(_serial))}}
        rows.change(row_id, **given)


def move(rows: Collection, ids: Sequence[str], at: float) -> None:
    """Edit when rows were created, which is what lists are sorted by."""
    for body in remove(rows, ids):
        moved = copy.deepcopy(body)
        _date(moved, at)
        rows.put(moved)


def _rename(body: Json) -> None:
    serial = next(_serial)
    stem = str(body["id"])
    fresh = f"{stem.partition('_')[0]}_sandbox{serial:06}" if "_" in stem else _uuid(serial)
    body["id"] = fresh
    if body.get("uuid"):
        body["uuid"] = fresh if "_" not in fresh else _uuid(serial)


def _uuid(serial: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"sandbox {serial}")).upper()


def _date(body: Json, at: float) -> None:
    if isinstance(body.get("issue_date"), str):
        body["issue_date"] = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}"
    if "created_at" in body:
        in_milliseconds = body["created_at"] > 1e11
        body["created_at"] = int(at * 1000) if in_milliseconds else int(at)

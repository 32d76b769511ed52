"""What the mirror saw change: records before and after, compared field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.reports import Row, ask

if TYPE_CHECKING:
    import duckdb

_FOLIO: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
ABSENT: Final = object()
"""Stands for a field that a record does not have; None is the API's null."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that changed; `before` or `after` may be ABSENT."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One observed change. The change itself happened between two looks."""

    team_id: str
    stream: str
    id: str
    run_id: int
    observed_at: datetime
    kind: str
    """inserted, updated, deleted or returned."""
    differences: tuple[Difference, ...]


def history(con: duckdb.DuckDBPyConnection, record: str) -> list[Change]:
    """Every change of one record, oldest first; `record` is its id or folio fiscal."""
    rows = ask(
        con,
        "select team_id, stream, id, run_id, observed_at, change, payload_before "
        "from history.changes where list_contains(?::varchar[], id) "
        "order by team_id, stream, id, run_id, observed_at",
        [_ids(con, record)],
    )
    whole = (
        row | {"payload_after": after} for row, after in zip(rows, _afters(con, rows), strict=True)
    )
    return sorted(map(_change, whole), key=lambda change: (change.observed_at, change.run_id))


def _ids(con: duckdb.DuckDBPyConnection, record: str) -> list[str]:
    """The name itself, and what has it as its folio fiscal: invoices and SAT's record of them."""
    if not _FOLIO.fullmatch(record):
        return [record]
    sql = (
        "select id from invoices where uuid_fiscal = upper($1) "
        "union select id from sat_cfdis where uuid_fiscal = upper($1)"
    )
    return [record, *(row["id"] for row in ask(con, sql, [record]))]


def _afters(con: duckdb.DuckDBPyConnection, rows: list[Row]) -> Iterator[str | None]:
    """What each change led to: what the next one superseded, or else the record as it is.

    View `changes` says the same of all records; for one this reads a thousandth of it.
    """
    for n, row in enumerate(rows):
        record = (row["team_id"], row["stream"], row["id"])
        later = (
            each["payload_before"]
            for each in rows[n + 1 :]
            if (each["team_id"], each["stream"], each["id"]) == record
        )
        if row["change"] == "deleted":
            yield None
        else:
            found = next((payload for payload in later if payload is not None), None)
            yield _current(con, *record) if found is None else found


def _current(con: duckdb.DuckDBPyConnection, team_id: str, stream: str, record: str) -> str | None:
    sql = f'select payload from mirror."{stream}" where id = ? and team_id = ?'
    rows = ask(con, sql, [record, team_id])
    return rows[0]["payload"] if rows else None


def changes_since(
    con: duckdb.DuckDBPyConnection, day: date, *, stream: str | None = None, limit: int = 1000
) -> list[Change]:
    """What was seen to change from that day on, newest first; first sights left out."""
    rows = ask(
        con,
        "select * from changes where change <> 'inserted' and observed_at >= $1 "
        "and ($2 is null or stream = $2) order by observed_at desc, stream, id limit $3",
        [day, stream, limit],
    )
    return [_change(row) for row in rows]


def _change(row: Row) -> Change:
    before, after = _body(row["payload_before"]), _body(row["payload_after"])
    is_first = row["change"] == "inserted"
    return Change(
        team_id=row["team_id"],
        stream=row["stream"],
        id=row["id"],
        run_id=row["run_id"],
        observed_at=row["observed_at"],
        kind=row["change"],
        differences=() if is_first else tuple(_differences("", before, after)),
    )


def _body(payload: str | None) -> Any:
    """A payload with its numbers exact; ABSENT where there is none or it is not JSON."""
    if payload is None:
        return ABSENT
    try:
        return json.loads(payload, parse_float=Decimal)
    except ValueError:
        return ABSENT


def _differences(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if before is ABSENT or after is ABSENT:
        if path and before is not after:
            yield Difference(path, before, after)
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*before, *after]):
            deeper = f"{path}.{name}" if path else name
            yield from _pair(deeper, before.get(name, ABSENT), after.get(name, ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        for n in range(max(len(before), len(after))):
            yield from _pair(
                f"{path}[{n}]",
                before[n] if n < len(before) else ABSENT,
                after[n] if n < len(after) else ABSENT,
            )
    elif before != after or type(before) is not type(after):
        yield Difference(path, before, after)


def _pair(path: str, before: Any, after: Any) -> Iterator[Difference]:
    yield from _differences(path, before, after)

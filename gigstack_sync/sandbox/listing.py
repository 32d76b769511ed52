"""Which rows a page holds: order, date window, filters, cursor and limit."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec

from gigstack_sync.sandbox.collection import Collection
from gigstack_sync.sandbox.errors import invalid

Predicate = Callable[[str], bool]
Where = int | tuple[float | str, str] | None  # an offset, or a sort key with an id, or the start
_read_cursor = msgspec.json.Decoder(tuple[str, Where, int]).decode


@dataclass(frozen=True)
class Ask:
    """What a list request wants, free of spelling: bounds are inclusive epoch seconds."""

    limit: int = 10
    descending: bool = True
    by_name: bool = False
    since: float = -math.inf
    until: float = math.inf
    keep: tuple[Predicate, ...] = ()  # filters: they count towards a filtered total
    listed: Predicate | None = None  # visibility: what lists do not show yet
    offsets: bool = False
    cursor: str | None = None
    page: int | None = None  # page-based paging, as metadata filters have it
    binding: str = ""  # a cursor is only good for the request it came from


@dataclass
class Selection:
    """Ids of one page, oldest or newest first, and what follows."""

    ids: list[str]
    next: str | None = None
    has_more: bool = False
    began: Where = None  # where the page starts, as a cursor remembers it


def select(rows: Collection, ask: Ask, *, salt: int = 0) -> Selection:
    """Choose one page; `salt` makes cursors of equal meaning differ."""
    order = _by_name(rows, ask) if ask.by_name else _by_time(rows, ask)
    skip, after = _start(ask)
    began = skip if ask.offsets else after
    ids = _passing(order if skip else order.from_cursor(after), ask)
    taken = list(islice(ids, skip, skip + ask.limit + 1))
    chosen = taken[: ask.limit]
    if len(taken) <= ask.limit:
        return Selection(chosen, began=began)
    if ask.page is not None:
        return Selection(chosen, has_more=True, began=began)
    where = skip + len(chosen) if ask.offsets else order.place(chosen[-1])
    following = write_cursor(ask.binding, where, salt)
    return Selection(chosen, next=following, has_more=True, began=began)


def count(rows: Collection, ask: Ask) -> int:
    """Count all rows that pass dates and filters, whatever the page."""
    order = _by_time(rows, ask)
    if not ask.keep and ask.listed is None:
        return len(order)
    return sum(1 for _ in _passing(order, ask))


def write_cursor(binding: str, where: Where, salt: int = 0) -> str:
    """Make the opaque text that leads back to `where`."""
    text = msgspec.json.encode((binding, where, salt))
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def read_cursor(ask: Ask) -> Where:
    """Where the cursor leads; Refusal for a foreign, mangled or misused one."""
    if not ask.cursor:
        return None
    try:
        padded = ask.cursor + "=" * (-len(ask.cursor) % 4)
        binding, where, _ = _read_cursor(base64.b64decode(padded, b"-_", validate=True))
    except ValueError:
        raise invalid("Invalid cursor") from None
    of_names = isinstance(where, tuple) and isinstance(where[0], str)
    by_offset = isinstance(where, int)
    if binding != ask.binding or (by_offset, of_names) != (ask.offsets, _by_names(ask, where)):
        raise invalid("The cursor belongs to another request")
    return where


def _by_names(ask: Ask, where: Any) -> bool:
    return ask.by_name and isinstance(where, tuple)


def _start(ask: Ask) -> tuple[int, Where]:
    if ask.page is not None:
        return (ask.page - 1) * ask.limit, None
    where = read_cursor(ask)
    return (where, None) if isinstance(where, int) else (0, where)


class _Order:
    """Ids in the asked order; `span` indexes `ids`."""

    def __init__(self, ids: Sequence[str], span: range, rows: Collection, ask: Ask) -> None:
        self.ids = ids
        self.span = span
        self.rows = rows
        self.ask = ask

    def __iter__(self) -> Iterator[str]:
        ids = self.ids
        return (ids[index] for index in self.span)

    def __len__(self) -> int:
        return len(self.span)

    def from_cursor(self, where: Where) -> _Order:
        """Start right behind the row at `where`, even when it is gone."""
        if not isinstance(where, tuple):
            return self
        position, row_id = float(where[0]), where[1]
        first_older = self.rows.older_than(position, row_id)
        if self.ask.descending:
            span = range(max(self.span.start, first_older), self.span.stop)
            return _Order(self.ids, span, self.rows, self.ask)
        still_there = first_older > 0 and self.ids[first_older - 1] == row_id
        start = min(self.span.start, first_older - 1 - still_there)
        return _Order(self.ids, range(start, self.span.stop, -1), self.rows, self.ask)

    def place(self, row_id: str) -> tuple[float | str, str]:
        """What a cursor must remember of a row."""
        return (self.rows.position(row_id), row_id)


class _NameOrder(_Order):
    """Ids by name; the cursor remembers name and id."""

    def from_cursor(self, where: Where) -> _Order:
        """Start behind the name at `where`."""
        if not isinstance(where, tuple):
            return self
        down = self.ask.descending
        ids = [i for i in self.ids if i != where[1] and (self.place(i) < where) == down]
        return _NameOrder(ids, range(len(ids)), self.rows, self.ask)

    def place(self, row_id: str) -> tuple[float | str, str]:
        """Name and id."""
        return _name_of(self.rows, row_id)


def _by_time(rows: Collection, ask: Ask) -> _Order:
    newest = rows.newest_first()
    start = 0 if ask.until == math.inf else rows.older_than(math.nextafter(ask.until, math.inf))
    stop = len(newest) if ask.since == -math.inf else rows.older_than(ask.since)
    stop = max(start, stop)
    span = range(start, stop) if ask.descending else range(stop - 1, start - 1, -1)
    return _Order(newest, span, rows, ask)


def _by_name(rows: Collection, ask: Ask) -> _Order:
    ids = sorted(_by_time(rows, ask), key=lambda row_id: _name_of(rows, row_id))
    if ask.descending:
        ids.reverse()
    return _NameOrder(ids, range(len(ids)), rows, ask)


def _name_of(rows: Collection, row_id: str) -> tuple[str, str]:
    body = rows.get(row_id) or {}
    return (str(body.get("name") or body.get("description") or "").lower(), row_id)


def _passing(ids: _Order, ask: Ask) -> Iterator[str]:
    tests = ask.keep if ask.listed is None else (ask.listed, *ask.keep)
    if not tests:
        return iter(ids)
    return (row_id for row_id in ids if all(test(row_id) for test in tests))


def issue_bound(text: str) -> float | None:
    """Epoch seconds of an ISO date as if UTC; None when the text is no date."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None

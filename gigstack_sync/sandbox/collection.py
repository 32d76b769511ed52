"""One stream of one team: rows by id, kept in order of creation."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Protocol, overload

Json = dict[str, Any]

_GONE = -1  # no version of a living row
_MILLISECONDS_FROM = 1e11  # no second count reaches it before the year 5138


class Source(Protocol):
    """The part of a row that never changes after creation."""

    def render(self) -> Json:
        """Build a fresh top-level dict; nested values may be shared: copy before changing."""

    def peek(self, field: str) -> Any:
        """Give one field without building the rest; None when the body lacks it."""


class Given:
    """A body handed over whole."""

    __slots__ = ("body",)

    def __init__(self, body: Json) -> None:
        self.body = body

    def render(self) -> Json:
        """Copy the body, one level deep."""
        return dict(self.body)

    def peek(self, field: str) -> Any:
        """Give one field."""
        return self.body.get(field)


class Row:
    """A source and what happened to it since; `position` is epoch seconds of creation."""

    __slots__ = ("id", "position", "source", "state", "version")

    def __init__(
        self, row_id: str, position: float, source: Source, state: Json | None = None
    ) -> None:
        self.id = row_id
        self.position = position
        self.source = source
        self.state = {} if state is None else state
        self.version = 0

    @property
    def gone(self) -> bool:
        """Whether its collection has dropped or replaced it."""
        return self.version == _GONE

    def body(self) -> Json:
        """Build the row as the API would show it now."""
        body = self.source.render()
        body.update(self.state)
        return body

    def __getitem__(self, field: str) -> Any:
        if field in self.state:
            return self.state[field]
        return self.source.peek(field)


class Newest(Sequence[str]):
    """A live view of ids, newest first, ties by id descending."""

    def __init__(self, ascending: list[tuple[float, str]]) -> None:
        self._ascending = ascending

    def __len__(self) -> int:
        return len(self._ascending)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, int):
            return self._ascending[-1 - index if index >= 0 else -index - 1][1]
        size = len(self._ascending)
        return [self._ascending[size - 1 - i][1] for i in range(*index.indices(size))]


class Collection:
    """Rows by id. Not thread-safe: hold the world's lock."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._ascending: list[tuple[float, str]] = []
        self._aliases: dict[str, str] = {}
        self._versions = 0

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._rows

    def __iter__(self) -> Iterator[str]:
        """Ids, oldest first."""
        return (row_id for _, row_id in self._ascending)

    def put(self, body: Json) -> None:
        """Insert or replace by `id`; placed by created_at (s or ms) or a SAT issue_date."""
        self.add(
            Row(str(body["id"]), position_of(body), Given(body)), alias=_text(body.get("uuid"))
        )

    def add(self, row: Row, *, alias: str | None = None) -> None:
        """Insert or replace a row; `alias` is a second name for `find`, as a fiscal UUID."""
        if row.id in self._rows:
            self.delete(row.id)
        self._rows[row.id] = row
        self._stamp(row)
        key = (row.position, row.id)
        if not self._ascending or self._ascending[-1] < key:
            self._ascending.append(key)  # history is written forwards: nearly always the case
        else:
            insort(self._ascending, key)
        if alias:
            self._aliases[alias] = row.id

    def row(self, row_id: str) -> Row:
        """Give the row itself, for rules that read one field; KeyError when there is none."""
        return self._rows[row_id]

    def get(self, row_id: str) -> Json | None:
        """Build the body as of now; nested values may be shared: copy before changing."""
        row = self._rows.get(row_id)
        return None if row is None else row.body()

    def find(self, reference: str) -> str | None:
        """Resolve an id or an alias to an id; None when neither is known."""
        if reference in self._rows:
            return reference
        row_id = self._aliases.get(reference)
        return row_id if row_id in self._rows else None

    def delete(self, row_id: str) -> None:
        """Forget a row; KeyError when there is none."""
        row = self._rows.pop(row_id)
        row.version = _GONE
        del self._ascending[bisect_left(self._ascending, (row.position, row.id))]

    def change(self, row_id: str, /, **fields: Any) -> None:
        """Set fields of the body; the version moves on."""
        row = self._rows[row_id]
        row.state.update(fields)
        self._stamp(row)

    def newest_first(self) -> Sequence[str]:
        """Ids by creation descending, then id descending; a live view, free of charge."""
        return Newest(self._ascending)

    def older_than(self, position: float, row_id: str = "") -> int:
        """Index in `newest_first` of the first row strictly before (position, id)."""
        return len(self._ascending) - bisect_left(self._ascending, (position, row_id))

    def position(self, row_id: str) -> float:
        """Epoch seconds of creation; a SAT issue date counts as if it were UTC."""
        return self._rows[row_id].position

    def version(self, row_id: str) -> int:
        """Grows with every change; never repeats within a collection, not even after a delete."""
        return self._rows[row_id].version

    def _stamp(self, row: Row) -> None:
        self._versions += 1
        row.version = self._versions


def _text(name: Any) -> str | None:
    return name if isinstance(name, str) else None


def position_of(body: Json) -> float:
    """Where a body belongs in time, in epoch seconds; ValueError for none that can be ordered."""
    if isinstance(body.get("issue_date"), str):
        return datetime.fromisoformat(body["issue_date"]).replace(tzinfo=UTC).timestamp()
    created = float(body["created_at"])
    if not isfinite(created):
        raise ValueError(f"created_at is {body['created_at']!r}")
    return created / 1000 if created > _MILLISECONDS_FROM else created

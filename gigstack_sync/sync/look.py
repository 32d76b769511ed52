"""One request a walk wants made, and what came back of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gigstack_sync.sync.windows import Span

PAGE = 100


class PutOff(Exception):
    """The look cannot be finished with the requests that are left."""


class Kind(Enum):
    """Why a request is made."""

    HEAD = "head"
    """The newest rows, without any filter: also tells the total."""
    OLDEST = "oldest"
    """The oldest row: how far back the history goes."""
    SPAN = "span"
    """Rows of one stretch of time."""
    WHOLE = "whole"
    """The next page of a walk through everything by the server's cursor."""
    ROW = "row"
    """One row by its id, to have its full body."""
    CONFIRM = "confirm"
    """One row by its id, to learn whether it still exists."""


class Place(NamedTuple):
    """Where one row stands: its id and its second on the stream's axis, if it has one."""

    id: str
    at: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """What to ask for. Frozen, so that a failed one can be repeated as it is."""

    kind: Kind
    span: Span | None = None
    cursor: str | None = None
    anchor: Place | None = None
    """A row that must come back, or the filter is not what it seems."""
    cursors: frozenset[str] = frozenset()
    empties: int = 0
    row_id: str = ""
    restarts: int = 0
    """Times this span was begun again after its cursor was refused."""
    generation: int = 0
    """Counts the times a walk changed its method; older looks claim nothing."""

    def turned(self, cursor: str, *, is_empty: bool) -> Look:
        """The next page of the same question."""
        return replace(
            self,
            cursor=cursor,
            anchor=None,
            cursors=self.cursors | {cursor},
            empties=self.empties + 1 if is_empty else 0,
        )


@dataclass(slots=True)
class Answer:
    """What a look brought back, ready for the walk (places) and for the writer (lines)."""

    at: int
    """The server's clock, epoch seconds."""
    places: list[Place] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    """(payload, reason) of rows that cannot be mirrored."""
    has_more: bool = False
    next: str | None = None
    total: int | None = None
    size: int = 0
    """Rows on the page, the unusable ones included."""
    is_gone: bool = False
    """The row asked for by id does not exist."""
    is_anchor_lost: bool = False
    """The anchor exists and was not on the page: the filter is not honoured."""
    lacking: str | None = None
    """Id of a row that lacks an essential field."""
    digest: int = 0
    """Order-free fingerprint of the rows, to compare two passes."""

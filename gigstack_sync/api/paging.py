"""Pages for people, and the trail that notices a server walking in circles."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

from gigstack_sync.api.decode import decode
from gigstack_sync.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gigstack_sync.api.envelope import RawPage

log = logging.getLogger("gigstack_sync.api")
Row = TypeVar("Row")
MAX_EMPTY_PAGES = 3


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows. Fractions are Decimal; `skipped` counts entries that were no objects."""

    items: tuple[Row, ...]
    has_more: bool
    next: str | None = None
    total: int | None = None
    skipped: int = 0

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.items)


class Paged(Protocol):
    """Anything with rows and a cursor: a Page or a RawPage."""

    @property
    def has_more(self) -> bool:
        """Whether the server has more."""

    @property
    def next(self) -> str | None:
        """The cursor of the following page."""

    def __len__(self) -> int: ...


class Trail:
    """Remembers every cursor of one walk; a list may repeat none of them."""

    def __init__(self, start: str | None = None) -> None:
        self._seen = {start}
        self._empty = 0

    def follow(self, page: Paged) -> str | None:
        """Give the cursor to go on with, None at the end; BadAnswer when the list is a maze."""
        if not page.has_more:
            return None
        self._empty = 0 if len(page) else self._empty + 1
        if page.next is None:
            raise BadAnswer("The API has more rows but gives no cursor to reach them.")
        if page.next in self._seen:
            raise BadAnswer(f"The API gave the cursor {page.next[:40]!r} twice: its list loops.")
        if self._empty > MAX_EMPTY_PAGES:
            raise BadAnswer(f"The API sent {self._empty} empty pages in a row and promises more.")
        self._seen.add(page.next)
        return page.next


def walk(fetch: Callable[[str | None], Page[Row]], start: str | None = None) -> Iterator[Page[Row]]:
    """Fetch page after page until the end."""
    trail, cursor = Trail(start), start
    while True:
        page = fetch(cursor)
        yield page
        cursor = trail.follow(page)
        if cursor is None:
            return


def readable(raw: RawPage) -> Page[Any]:
    """Decode the rows of a page, setting aside null and other entries that are no objects."""
    values = [decode(row) for row in raw.rows]
    rows = tuple(cast("dict[str, Any]", value) for value in values if isinstance(value, dict))
    skipped = len(values) - len(rows)
    if skipped:
        log.warning("%d entries of a page are no objects and were left out", skipped)
    return Page(rows, raw.has_more, raw.next, raw.total, skipped)

"""What a run wants to look at in one stream, before it knows what the server has."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gigstack_sync.sync.look import PAGE
from gigstack_sync.sync.windows import Span, Window, due, gaps, union

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOM = PAGE * 9 // 10
"""Rows a page is planned to hold: the last look's estimate may be a little off."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """The ledger's windows, the rows that may have changed at any moment, and how far to go."""

    windows: tuple[Window, ...] = ()
    volatile: tuple[int, ...] = ()
    """Seconds of the volatile rows, newest first."""
    per_day: tuple[tuple[int, int], ...] = ()
    """(first second of a day, rows up to and with that day), oldest first."""
    is_full: bool = False
    since: int | None = None

    def spans(self, now: int, ceiling: int) -> list[Span]:
        """Everything to look at in this run, in order, up to `ceiling`."""
        everything = Span(0, ceiling)
        if self.since is not None:
            return [Span(min(self.since, ceiling), ceiling)]
        if self.is_full:
            return [everything]
        wanted = [*gaps(self.windows, everything), *self._pages(now)]
        return union(Span(s.start, min(s.end, ceiling)) for s in wanted if s.start < ceiling)

    def bodies(self, now: int, ceiling: int) -> list[Span]:
        """Where an unchanged list row is no proof: a list that leaves fields out cannot tell."""
        if self.is_full:
            return [Span(0, ceiling)]
        if self.since is not None:
            return [Span(min(self.since, ceiling), ceiling)]
        return union([*gaps(self.windows, Span(0, ceiling)), *due(self.windows, now)])

    def _pages(self, now: int) -> list[Span]:
        """What is due or volatile, in spans of about a page: a request costs the same, full or not.

        A page with something due is filled up with older rows, or each run would leave behind
        slivers that cost the later ones a request each.
        """
        # What was created this very second comes with the newest page, whatever is planned.
        dues = [span for span in due(self.windows, now) if span.start < now]
        # Volatile rows inside a due stretch are part of it: only then do spans end in order.
        spans = union([*dues, *(Span(at, at + 1) for at in self.volatile)])
        pages: list[tuple[Span, bool]] = []
        for span in reversed(spans):
            is_due = any(one.start < span.end and span.start < one.end for one in dues)
            page, fills = pages[-1] if pages else (span, False)
            if pages and self._fits(span, page):
                pages[-1] = (Span(span.start, page.end), fills or is_due)
            else:
                pages.append((span, is_due))
        return [self._filled(page) if fills else page for page, fills in pages]

    def _fits(self, span: Span, page: Span) -> bool:
        """Whether one page holds both; `span` ends earlier."""
        return self._rows_between(span.start, page.end) < ROOM

    def _filled(self, page: Span) -> Span:
        """The page begun earlier, so that it has as many rows as fit."""
        start = self._at(self._rank(page.end) - ROOM)
        return Span(max(0, min(page.start, start)), page.end)

    def _rows_between(self, older: int, newer: int) -> float:
        return self._rank(newer) - self._rank(older)

    def _rank(self, at: int) -> float:
        """Rows created up to `at`, read off the daily counts."""
        index = bisect_right(self.per_day, (at, 1 << 62)) - 1
        if index < 0:
            return 0.0
        begins, up_to = self.per_day[index]
        before = self.per_day[index - 1][1] if index else 0
        return before + (up_to - before) * min(1.0, (at - begins) / 86_400)

    def _at(self, rank: float) -> int:
        """The second up to which so many rows were created: the inverse of _rank."""
        index = bisect_left(self.per_day, rank, key=lambda day: day[1])
        if index >= len(self.per_day) or rank <= 0:
            return self.per_day[0][0] if self.per_day and rank <= 0 else 1 << 62
        begins, up_to = self.per_day[index]
        before = self.per_day[index - 1][1] if index else 0
        return begins + int(86_400 * (rank - before) / max(1, up_to - before))


def cumulated(counts: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Daily (day number, rows) as (first second, rows up to and with it)."""
    total, found = 0, []
    for day, rows in counts:
        total += rows
        found.append((day * 86_400, total))
    return tuple(found)

"""What a run wants to look at in one stream, before it knows what the server has."""

from __future__ import annotations

from bisect import bisect_right
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
        wanted = [*gaps(self.windows, everything), *due(self.windows, now), *self._pages()]
        return union(Span(s.start, min(s.end, ceiling)) for s in wanted if s.start < ceiling)

    def bodies(self, now: int, ceiling: int) -> list[Span]:
        """Where an unchanged list row is no proof: a list that leaves fields out cannot tell."""
        if self.is_full:
            return [Span(0, ceiling)]
        if self.since is not None:
            return [Span(min(self.since, ceiling), ceiling)]
        return union(due(self.windows, now))

    def _pages(self) -> list[Span]:
        """Spans over the volatile rows, each about one page: never more requests than rows."""
        found: list[Span] = []
        newest = oldest = None
        for at in self.volatile:
            if newest is not None and self._rows_between(at, newest) < ROOM:
                oldest = at
                continue
            if newest is not None and oldest is not None:
                found.append(Span(oldest, newest + 1))
            newest = oldest = at
        if newest is not None and oldest is not None:
            found.append(Span(oldest, newest + 1))
        return found

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


def cumulated(counts: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Daily (day number, rows) as (first second, rows up to and with it)."""
    total, found = 0, []
    for day, rows in counts:
        total += rows
        found.append((day * 86_400, total))
    return tuple(found)

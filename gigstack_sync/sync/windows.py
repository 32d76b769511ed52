"""Which stretches of a history were looked at and when: pure arithmetic on whole seconds.

A span is half open, [start, end). Windows of one stream never overlap and are kept in order.
Times are the server's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DAY = 86_400
OPEN_YEAR_LIMIT = 7 * DAY
CLOSED_YEAR_LIMIT = 30 * DAY
AGE_SHARE = 10
"""A look may be as old as a tenth of the row's age."""


class Span(NamedTuple):
    """Seconds from `start` up to, and without, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Window:
    """A span that was looked at completely; `walked_at` is when that look began."""

    start: int
    end: int
    walked_at: int

    def within(self, spans: Sequence[Span]) -> list[Window]:
        """The parts of it that these spans cover."""
        pieces = shared([Span(self.start, self.end)], spans)
        return [Window(piece.start, piece.end, self.walked_at) for piece in pieces]

    def outside(self, spans: Sequence[Span]) -> list[Window]:
        """The parts of it that these spans leave."""
        pieces = without_all([Span(self.start, self.end)], spans)
        return [Window(piece.start, piece.end, self.walked_at) for piece in pieces]


def overlay(windows: Iterable[Window], new: Window) -> list[Window]:
    """The windows with `new` laid over them, neighbours of nearly one age joined."""
    kept = [piece for old in windows for piece in _outside(old, new)]
    return _joined(sorted([*kept, new], key=lambda w: w.start))


def _outside(old: Window, new: Window) -> list[Window]:
    pieces = [
        Window(old.start, min(old.end, new.start), old.walked_at),
        Window(max(old.start, new.end), old.end, old.walked_at),
    ]
    return [piece for piece in pieces if piece.start < piece.end]


def _joined(windows: Sequence[Window]) -> list[Window]:
    joined: list[Window] = []
    for window in windows:
        last = joined[-1] if joined else None
        if last and last.end == window.start and _same_age(last, window):
            oldest = min(last.walked_at, window.walked_at)
            joined[-1] = Window(last.start, window.end, oldest)
        else:
            joined.append(window)
    return joined


def _same_age(older: Window, newer: Window) -> bool:
    """Close enough that claiming the older look for both costs little freshness."""
    latest = max(older.walked_at, newer.walked_at)
    slack = max(0, latest - newer.end) // (AGE_SHARE * 4)
    return abs(older.walked_at - newer.walked_at) <= min(slack, OPEN_YEAR_LIMIT // 4)


def gaps(windows: Sequence[Window], within: Span) -> list[Span]:
    """The parts of `within` that were never looked at."""
    found, at = [], within.start
    for window in windows:
        if window.end <= at:
            continue
        if window.start >= within.end:
            break
        if window.start > at:
            found.append(Span(at, window.start))
        at = window.end
    if at < within.end:
        found.append(Span(at, within.end))
    return found


def due(windows: Iterable[Window], now: int) -> list[Span]:
    """The parts whose last look is older than promised for rows of their age."""
    found = []
    for window in windows:
        start = max(window.start, _due_from(now - window.walked_at, now))
        if start < window.end:
            found.append(Span(start, window.end))
    return found


def _due_from(elapsed: int, now: int) -> int:
    """Rows created at or after this second are due when the last look is `elapsed` old."""
    if elapsed >= CLOSED_YEAR_LIMIT:
        return 0
    by_age = now - AGE_SHARE * elapsed
    return min(by_age, open_years_begin(now)) if elapsed >= OPEN_YEAR_LIMIT else by_age


def open_years_begin(now: int) -> int:
    """First second of the oldest fiscal year whose invoices can still be cancelled.

    A CFDI can be cancelled until the month of the annual return of its year: April of the
    next year at the latest (CFF 29-A).
    """
    today = datetime.fromtimestamp(now, UTC)
    year = today.year - 1 if today.month <= 4 else today.year
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


def promised_age(created: int, now: int) -> int:
    """Seconds a look at a row created then may be old at `now`."""
    limit = OPEN_YEAR_LIMIT if created >= open_years_begin(now) else CLOSED_YEAR_LIMIT
    return min(max(0, now - created) // AGE_SHARE, limit)


def union(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that touch or overlap joined."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def without(spans: Iterable[Span], cut: Span) -> list[Span]:
    """The spans less what `cut` covers."""
    pieces = [
        piece
        for span in spans
        for piece in (
            Span(span.start, min(span.end, cut.start)),
            Span(max(span.start, cut.end), span.end),
        )
    ]
    return [piece for piece in pieces if piece.start < piece.end]


def without_all(spans: Iterable[Span], cuts: Iterable[Span]) -> list[Span]:
    """The spans less what any of the cuts covers."""
    pieces = list(spans)
    for cut in cuts:
        pieces = without(pieces, cut)
    return pieces


def shared(some: Iterable[Span], others: Sequence[Span]) -> list[Span]:
    """What lies in one of `some` and in one of `others`."""
    pairs = ((a, b) for a in some for b in others)
    pieces = [Span(max(a.start, b.start), min(a.end, b.end)) for a, b in pairs]
    return [piece for piece in pieces if piece.start < piece.end]


def split(span: Span, parts: int) -> list[Span]:
    """`span` in at most `parts` nearly equal pieces of at least one second."""
    parts = max(1, min(parts, span.end - span.start))
    edges = [span.start + (span.end - span.start) * n // parts for n in range(parts + 1)]
    return [Span(a, b) for a, b in pairwise(edges)]

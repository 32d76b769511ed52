"""What one page proves: which seconds are complete, and what is still to be asked.

The walk pages by its own key, the second of the oldest row seen, so rows that appear, vanish
or move while it pages cannot shift anything past it. The server's cursor serves only inside
one indivisible second, and where no filter is honoured.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from gigstack_sync.errors import BadAnswer
from gigstack_sync.sync.look import Answer, Look, Place
from gigstack_sync.sync.windows import Span

MOST_EMPTY_PAGES = 3


class NotHonoured(Exception):
    """The server does not do what the filter or the sort asks for."""


@dataclass(frozen=True, slots=True)
class Step:
    """`covered` is complete now; `rest` is the next look, None at the end."""

    covered: Span | None
    rest: Look | None


def advance(look: Look, answer: Answer, resolution: int) -> Step:
    """Read one page of a span. Raises NotHonoured, or BadAnswer for a page that leads nowhere."""
    span = look.span
    assert span is not None
    placed = [place for place in answer.places if place.at is not None]
    moments = [place.at for place in placed if place.at is not None]
    check_inside(moments, span, resolution)
    if answer.is_anchor_lost:
        raise NotHonoured("a row the filter asks for was not returned")
    if not answer.has_more:
        return Step(span, None)
    if len(set(moments)) < 2:  # one second alone shows no order
        return Step(None, turn(look, answer))
    if descends(moments):
        edge = after(moments[-1], resolution)
        if edge < span.end:
            return _step(look, Span(edge, span.end), Span(span.start, edge), placed[-1])
    elif ascends(moments):
        edge = moments[-1] // resolution * resolution
        if edge > span.start:
            return _step(look, Span(span.start, edge), Span(edge, span.end), placed[-1])
    else:
        raise NotHonoured("rows come in no order of time")
    return Step(None, turn(look, answer))


def _step(look: Look, covered: Span, rest: Span, anchor: Place) -> Step:
    if rest.start >= rest.end:
        return Step(covered, None)
    return Step(
        covered,
        replace(look, span=rest, cursor=None, anchor=anchor, cursors=frozenset(), empties=0),
    )


def turn(look: Look, answer: Answer) -> Look:
    """The same question with the server's cursor; BadAnswer when it leads nowhere or in a loop."""
    if not answer.next:
        raise BadAnswer("The list says there is more but gives no cursor to reach it.")
    if answer.next in look.cursors:
        raise BadAnswer(f"The list repeats its cursor {answer.next[:80]!r}: it would never end.")
    following = look.turned(answer.next, is_empty=not answer.size)
    if following.empties > MOST_EMPTY_PAGES:
        raise BadAnswer("The list goes on with empty pages.")
    return following


def check_inside(moments: list[int], span: Span, resolution: int) -> None:
    """NotHonoured when a row lies outside the span; the wire's end is inclusive."""
    latest = span.end if resolution == 1 else span.end + resolution
    if any(at < span.start or at > latest for at in moments):
        raise NotHonoured("rows outside the dates asked for")


def after(moment: int, resolution: int) -> int:
    """First second past the smallest stretch a filter can name that holds `moment`."""
    return (moment // resolution + 1) * resolution


def descends(moments: list[int]) -> bool:
    """Newest first; rows of one second alone show no order."""
    return len(set(moments)) > 1 and all(a >= b for a, b in pairwise(moments))


def ascends(moments: list[int]) -> bool:
    """Oldest first; rows of one second alone show no order."""
    return len(set(moments)) > 1 and all(a <= b for a, b in pairwise(moments))


def is_passed(moments: list[int], at: int) -> bool:
    """The page reaches beyond that second, so every row of it has had its turn."""
    return (descends(moments) and moments[-1] < at) or (ascends(moments) and moments[-1] > at)

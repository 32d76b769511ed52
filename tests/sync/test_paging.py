"""Paging by time against a list that is honest, and what is refused of one that is not."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigstack_sync.errors import BadAnswer
from gigstack_sync.sync.look import Answer, Kind, Look, Place
from gigstack_sync.sync.paging import NotHonoured, advance
from gigstack_sync.sync.windows import DAY, Span, union

BEGIN, END = 100, 160


class List:
    """A list endpoint over (id, moment) rows; both ends of its filter are inclusive."""

    def __init__(self, moments, size, order, step=1):
        numbered = sorted(enumerate(moments), key=lambda row: (row[1], row[0]))
        self.rows = numbered if order == "asc" else numbered[::-1]
        self.size, self.step = size, step

    def answer(self, look):
        held = [r for r in self.rows if look.span.start <= r[1] <= look.span.end]
        at = int(look.cursor or 0)
        page, left = held[at : at + self.size], held[at + self.size :]
        places = [Place(str(name), int(moment)) for name, moment in page]
        following = str(at + self.size) if left else None
        return Answer(0, places, has_more=bool(left), next=following, size=len(page))


def walk(source, span, most):
    """Every id shown and every span covered; fails when it takes more requests than `most`."""
    look, seen, covered = Look(Kind.SPAN, span), set(), []
    for requests in count(1):
        assert requests <= most
        answer = source.answer(look)
        shown = {place.id for place in answer.places}
        seen |= shown
        step = advance(look, answer, source.step)
        covered += [step.covered] if step.covered else []
        if step.rest is None:
            return seen, union(covered)
        look = step.rest
    return None


def inside(source, span):
    return {str(name) for name, moment in source.rows if span.start <= moment < span.end}


MILLISECONDS = st.integers(BEGIN * 1000, END * 1000 + 999).map(lambda ms: ms / 1000)
CROWDED = st.sampled_from([BEGIN, BEGIN + 1, BEGIN + 1.5, END - 1, END])


@settings(max_examples=300)
@given(
    st.lists(MILLISECONDS | CROWDED, max_size=60),
    st.integers(1, 12),
    st.sampled_from(["asc", "desc"]),
)
def test_a_walk_sees_every_row_and_covers_exactly_its_span(moments, size, order):
    source, span = List(moments, size, order), Span(BEGIN, END)
    seen, covered = walk(source, span, most=4 * len(moments) + 4)
    assert seen >= inside(source, span)
    assert covered == [span]


@given(
    st.lists(st.integers(0, 6 * DAY), max_size=40),
    st.integers(1, 9),
    st.sampled_from(["asc", "desc"]),
)
def test_a_walk_by_days_sees_every_row(moments, size, order):
    source, span = List(moments, size, order, step=DAY), Span(0, 5 * DAY)
    seen, covered = walk(source, span, most=8 * len(moments) + 8)
    assert seen >= inside(source, span)
    assert covered == [span]


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_many_rows_in_one_second_are_paged_by_cursor(order):
    source = List([BEGIN + 5] * 1_000 + [BEGIN + 9], 100, order)
    seen, _ = walk(source, Span(BEGIN, END), most=15)
    assert len(seen) == 1_001


def test_what_a_page_covered_stays_covered_when_rows_vanish_behind_it():
    source = List(range(BEGIN, END), 10, "desc")
    step = advance(look := Look(Kind.SPAN, Span(BEGIN, END)), source.answer(look), 1)
    del source.rows[:10]
    seen, _ = walk(source, step.rest.span, most=20)
    assert seen >= {str(n) for n in range(50)}


def page(*moments, **more):
    places = [Place(f"row{n}", at) for n, at in enumerate(moments)]
    return Answer(0, places, **{"has_more": True, "next": "c1", "size": len(moments)} | more)


SPAN = Look(Kind.SPAN, Span(BEGIN, END))


@pytest.mark.parametrize("at", [BEGIN - 1, END + 1])
def test_rows_outside_the_dates_show_a_filter_that_is_ignored(at):
    with pytest.raises(NotHonoured, match="outside"):
        advance(SPAN, page(at), 1)


def test_a_row_on_the_inclusive_end_is_no_offence():
    assert advance(SPAN, page(END, END - 1), 1).rest


def test_a_lost_anchor_shows_a_filter_that_means_something_else():
    with pytest.raises(NotHonoured, match="not returned"):
        advance(SPAN, page(has_more=False, is_anchor_lost=True), 1)


def test_rows_in_no_order_of_time_cannot_be_paged_by_time():
    with pytest.raises(NotHonoured, match="order"):
        advance(SPAN, page(BEGIN + 5, BEGIN + 9, BEGIN + 7), 1)


def test_the_last_page_needs_no_order():
    assert advance(SPAN, page(105, 109, 107, has_more=False), 1).covered == SPAN.span


def test_the_next_look_expects_the_last_row_again():
    assert "row1" in str(advance(SPAN, page(BEGIN + 9, BEGIN + 5), 1).rest.anchor)


def test_more_without_a_cursor_inside_one_second_leads_nowhere():
    with pytest.raises(BadAnswer, match="no cursor"):
        advance(Look(Kind.SPAN, Span(BEGIN, BEGIN + 1)), page(BEGIN, next=None), 1)


def test_more_without_a_cursor_is_fine_where_time_leads_on():
    assert advance(SPAN, page(BEGIN + 9, BEGIN + 5, next=None), 1).rest.span.end == BEGIN + 6


def follow(cursors):
    look = SPAN
    for cursor in cursors:
        look = advance(look, page(None, next=cursor), 1).rest


@pytest.mark.parametrize("cursors", ["aa", "aba", "abcb"])
def test_a_cursor_seen_before_ends_the_walk(cursors):
    with pytest.raises(BadAnswer, match="repeats its cursor"):
        follow(cursors)


def test_empty_pages_are_borne_a_few_times_and_no_more():
    look = SPAN
    for cursor in "abc":
        look = advance(look, page(next=cursor), 1).rest
    with pytest.raises(BadAnswer, match="empty pages"):
        advance(look, page(next="d"), 1)


def test_a_row_between_empty_pages_begins_the_count_again():
    look = SPAN
    for cursor, moments in zip("abcdefg", [(), (), (), (None,), (), (), ()], strict=True):
        look = advance(look, page(*moments, next=cursor), 1).rest
    assert look.cursor == "g"

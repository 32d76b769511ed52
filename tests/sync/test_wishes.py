"""What a run wants to look at: everything unknown, due or volatile, at a bounded cost."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.sync.windows import DAY, Span, Window, due
from gigstack_sync.sync.wishes import Wishes, cumulated

NOW = 400 * DAY
ROWS = st.lists(st.integers(NOW - 300 * DAY, NOW), min_size=1, max_size=400)


def wishes(rows, volatile, **how):
    days = sorted(Counter(row // DAY for row in rows).items())
    fresh = (Window(0, NOW + 1, NOW),)
    volatile = tuple(sorted(set(volatile), reverse=True))
    return Wishes(fresh, volatile, cumulated(days), **how)


def is_inside(second, spans):
    return any(s.start <= second < s.end for s in spans)


@given(ROWS, st.data())
def test_every_volatile_row_is_looked_at(rows, data):
    volatile = data.draw(st.lists(st.sampled_from(rows)))
    spans = wishes(rows, volatile).spans(NOW, NOW + 1)
    assert all(is_inside(second, spans) for second in volatile)


@given(ROWS, st.data())
def test_everything_due_is_looked_at_wherever_volatile_rows_lie(rows, data):
    volatile = data.draw(st.lists(st.sampled_from(rows)))
    edges = sorted({0, NOW + 1, *data.draw(st.lists(st.sampled_from(rows), max_size=5))})
    looks = data.draw(st.lists(st.integers(0, 60 * DAY), min_size=len(edges)))
    windows = [Window(*w, NOW - ago) for w, ago in zip(pairwise(edges), looks, strict=False)]
    days = sorted(Counter(row // DAY for row in rows).items())
    volatile = tuple(sorted(set(volatile), reverse=True))
    spans = Wishes(tuple(windows), volatile, cumulated(days)).spans(NOW, NOW + 1)
    dues = [span for span in due(windows, NOW) if span.start < NOW]
    assert all(any(s.start <= d.start and d.end <= s.end for s in spans) for d in dues)


@given(ROWS, st.data())
def test_looking_at_volatile_rows_costs_no_more_requests_than_rows(rows, data):
    volatile = data.draw(st.lists(st.sampled_from(rows)))
    spans = wishes(rows, volatile)._pages(NOW)
    assert len(spans) <= len(set(volatile))


def test_volatile_rows_close_together_share_a_page():
    rows = [NOW - 5 * DAY + n for n in range(60)]
    assert len(wishes(rows, rows)._pages(NOW)) == 1


def test_a_page_over_volatile_rows_is_not_planned_beyond_what_it_holds():
    rows = [NOW - n * DAY // 10 for n in range(1_000)]
    for span in wishes(rows, rows[::5])._pages(NOW):
        assert sum(span.start <= row < span.end for row in rows) <= 100


def test_nothing_is_wanted_of_a_history_just_looked_at():
    spans = wishes([NOW - 100 * DAY], []).spans(NOW, NOW + 1)
    assert all(span.start >= NOW for span in spans)


def test_due_slivers_close_together_become_one_page_filled_with_older_rows():
    rows = [NOW - n * DAY // 10 for n in range(1_000)]
    days = cumulated(sorted(Counter(row // DAY for row in rows).items()))
    ledger = (
        Window(0, NOW - 3 * DAY, NOW),
        Window(NOW - 3 * DAY, NOW - 2 * DAY, NOW - 6 * 3600),
        Window(NOW - 2 * DAY, NOW - DAY, NOW),
        Window(NOW - DAY, NOW, NOW - 6 * 3600),
        Window(NOW, NOW + 1, NOW),
    )
    [page] = Wishes(ledger, (), days)._pages(NOW)
    assert page.end == NOW
    assert 80 <= sum(page.start <= row < page.end for row in rows) <= 100


def test_the_first_run_wants_everything():
    assert Wishes().spans(NOW, NOW + 1) == [Span(0, NOW + 1)]


def test_a_full_run_wants_everything_however_fresh():
    assert wishes([NOW], [], is_full=True).spans(NOW, NOW + 1) == [Span(0, NOW + 1)]


def test_since_wants_that_stretch_alone():
    assert wishes([NOW], [NOW - DAY], since=NOW - 9).spans(NOW, NOW + 1) == [Span(NOW - 9, NOW + 1)]


def test_since_the_future_wants_nothing_before_it():
    assert Wishes(since=NOW + DAY).spans(NOW, NOW + 1) == [Span(NOW + 1, NOW + 1)]


@given(ROWS)
def test_nothing_beyond_the_ceiling_is_wanted(rows):
    spans = wishes(rows, rows).spans(NOW, NOW - 150 * DAY)
    assert all(span.start < span.end <= NOW - 150 * DAY for span in spans)


def test_gaps_are_wanted_with_the_due_parts_in_one_order():
    ledger = (Window(10, 20, NOW), Window(30, NOW + 1, NOW))
    spans = Wishes(ledger).spans(NOW, NOW + 1)
    assert spans[:2] == [Span(0, 10), Span(20, 30)]

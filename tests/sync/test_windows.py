"""The ledger's arithmetic, held to what a second-by-second account says."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gigstack_sync.sync import windows as w
from gigstack_sync.sync.windows import DAY, Span, Window

NOW = int(datetime(2026, 10, 14, 12, tzinfo=UTC).timestamp())
SECONDS = range(40)
LOOKS = st.integers(0, 6_000)


@st.composite
def spans(draw, least=0, most=40):
    start = draw(st.integers(least, most - 1))
    return Span(start, draw(st.integers(start + 1, most)))


@st.composite
def looks(draw):
    return Window(*draw(spans()), draw(LOOKS))


def laid(history):
    ledger = []
    for look in history:
        ledger = w.overlay(ledger, look)
    return ledger


def last_look(history, second):
    covering = [x.walked_at for x in history if x.start <= second < x.end]
    return covering[-1] if covering else None


def covered(pieces):
    return [s for s in SECONDS if any(p.start <= s < p.end for p in pieces)]


@given(st.lists(looks()))
def test_windows_stay_ordered_and_disjoint(history):
    ledger = laid(history)
    assert all(a.end <= b.start for a, b in itertools.pairwise(ledger))
    assert all(x.start < x.end for x in ledger)


@given(st.lists(looks()))
def test_no_covered_second_is_lost_and_none_is_invented(history):
    assert covered(laid(history)) == covered(history)


@given(st.lists(looks()))
def test_no_second_claims_a_later_look_than_it_had(history):
    for window in laid(history):
        for second in range(window.start, window.end):
            assert window.walked_at <= last_look(history, second)


@given(looks(), looks())
def test_joining_two_windows_gives_away_little_freshness(old, new):
    for window in laid([old, new]):
        for second in range(window.start, window.end):
            had = last_look([old, new], second)
            assert had - window.walked_at <= max(0, (had - second) // 40)


def test_neighbours_looked_at_together_become_one():
    assert laid([Window(0, 5, 900), Window(5, 9, 900)]) == [Window(0, 9, 900)]


def test_joined_windows_claim_the_older_look():
    assert laid([Window(0, 5, 5_050), Window(5, 9, 5_000)]) == [Window(0, 9, 5_000)]


def test_neighbours_of_different_age_stay_apart():
    assert len(laid([Window(0, 5, 100), Window(5, 9, 5_000)])) == 2


@given(st.lists(looks()), spans())
def test_gaps_and_windows_share_out_every_second(history, within):
    ledger = laid(history)
    missing = covered(w.gaps(ledger, within))
    inside = [s for s in SECONDS if within.start <= s < within.end]
    assert missing == [s for s in inside if s not in covered(ledger)]


def is_due(created, walked_at):
    """The promise in words: a tenth of the age; 7 days in open years, 30 before."""
    elapsed, age = NOW - walked_at, NOW - created
    limit = 7 * DAY if created >= w.open_years_begin(NOW) else 30 * DAY
    return elapsed * 10 >= age or elapsed >= limit


@given(st.integers(0, 3_000 * DAY), st.integers(1, 400 * DAY), st.integers(0, 60 * DAY), st.data())
def test_due_is_what_the_promise_says_of_every_second(back, length, elapsed, data):
    window = Window(NOW - back, min(NOW, NOW - back + length) + 1, NOW - elapsed)
    found = w.due([window], NOW)
    for second in (window.start, window.end - 1, data.draw(st.integers(*window_range(window)))):
        is_found = any(s.start <= second < s.end for s in found)
        assert is_found == is_due(second, window.walked_at)


def window_range(window):
    return window.start, window.end - 1


@given(st.integers(0, 3_000 * DAY))
def test_a_look_as_old_as_promised_is_due(age):
    created = NOW - age
    walked_at = NOW - w.promised_age(created, NOW) - 1
    assert w.due([Window(created, created + 1, walked_at)], NOW)


@pytest.mark.parametrize(
    ("today", "year"), [("2026-04-30", 2025), ("2026-05-01", 2026), ("2026-12-31", 2026)]
)
def test_last_year_stays_open_until_its_annual_return(today, year):
    now = int(datetime.fromisoformat(f"{today}T12:00+00:00").timestamp())
    assert w.open_years_begin(now) == datetime(year, 1, 1, tzinfo=UTC).timestamp()


@given(st.lists(spans()))
def test_union_keeps_every_second_and_leaves_no_touching_spans(many):
    joined = w.union(many)
    assert covered(joined) == covered(many)
    assert all(a.end < b.start for a, b in itertools.pairwise(joined))


@given(st.lists(spans()), spans())
def test_without_takes_away_the_cut_and_no_more(many, cut):
    left = [s for s in covered(many) if not cut.start <= s < cut.end]
    assert covered(w.without(many, cut)) == left


@given(spans(), st.integers(-3, 60))
@example(Span(0, 1), 16)
def test_split_gives_even_pieces_that_make_up_the_span(span, parts):
    pieces = w.split(span, parts)
    assert len(pieces) == max(1, min(parts, span.end - span.start))
    assert w.union(pieces) == [span]
    lengths = [p.end - p.start for p in pieces]
    assert max(lengths) - min(lengths) <= 1
    assert sum(lengths) == span.end - span.start

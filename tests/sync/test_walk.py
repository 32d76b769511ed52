"""The state machine of one walk, fed by hand where threads would make it chance."""

from __future__ import annotations

import pytest

from gigstack_sync.errors import ApiError
from gigstack_sync.sync.look import Answer, Kind, Look, Place
from gigstack_sync.sync.streams import chosen
from gigstack_sync.sync.walk import Outcome, Walk
from gigstack_sync.sync.windows import DAY, Span, union
from gigstack_sync.sync.wishes import Wishes

NOW = 1_000_000
FAILURE = ApiError("broken", status=500)


def answer(*moments, more=True, at=NOW):
    places = [Place(f"row_{moment}", moment) for moment in moments]
    return Answer(at, places, has_more=more, next="c", total=9, size=len(places))


@pytest.fixture
def walk():
    return Walk(chosen(["services"])[0], "team_1", Wishes(), hungry=lambda: 8)


def after_head(walk, *moments):
    (head,) = walk.begin()
    return walk.take(head, answer(*moments))


def test_a_short_list_is_known_from_its_first_page(walk):
    outcome = walk.take(*walk.begin(), answer(9, 5, more=False))
    assert outcome == Outcome([Span(0, NOW + 1)], is_whole=True)


def test_the_frontier_is_the_servers_clock_not_the_newest_row(walk):
    after_head(walk, NOW - 5, NOW - 50)
    assert (walk.now, walk.ceiling) == (NOW, NOW + 1)


def test_the_first_page_covers_down_to_its_last_second(walk):
    assert after_head(walk, 900, 800).covered == [Span(801, NOW + 1)]


@pytest.mark.parametrize("moments", [(800, 900), (900, 900), (900, 800, 850)])
def test_a_first_page_not_newest_first_covers_nothing(walk, moments):
    assert after_head(walk, *moments).covered == []


def test_the_rest_is_asked_for_with_the_last_row_as_proof(walk):
    proof, oldest = after_head(walk, 900, 800).looks
    assert (proof.span, proof.anchor.id) == (Span(0, 801), "row_800")
    assert oldest.kind is Kind.OLDEST


def test_a_long_rest_is_shared_out_without_hole_or_overlap(walk):
    proof, oldest = after_head(walk, NOW - 1, NOW - 100).looks
    walk.take(oldest, answer(0))
    outcome = walk.take(proof, answer(NOW - 100, NOW - 200))
    spans = [look.span for look in outcome.looks]
    assert len(spans) > 4
    assert union(spans) == [Span(0, NOW - 199)]
    assert sum(s.end - s.start for s in spans) == NOW - 199


def test_only_the_part_that_holds_the_anchor_waits_for_it(walk):
    proof, oldest = after_head(walk, NOW - 1, NOW - 100).looks
    walk.take(oldest, answer(0))
    looks = walk.take(proof, answer(NOW - 100, NOW - 200)).looks
    (holder,) = [look for look in looks if look.anchor]
    assert holder.span.start <= holder.anchor.at < holder.span.end


def test_an_answer_to_a_question_of_an_abandoned_method_claims_nothing(walk):
    proof, _ = after_head(walk, 900, 800).looks
    walk.take(proof, answer(NOW))
    late = Look(Kind.SPAN, Span(0, 10), generation=0)
    assert walk.take(late, answer(5, more=False)) == Outcome()


def test_a_filter_not_honoured_starts_over_with_the_next_spelling(walk):
    proof, _ = after_head(walk, 900, 800).looks
    outcome = walk.take(proof, answer(NOW))
    assert outcome.starts_over
    assert walk.dialect.name == "underscores"
    assert {look.generation for look in outcome.looks} == {1}


def test_after_the_last_spelling_everything_is_listed(walk):
    looks = after_head(walk, 900, 800).looks
    for _ in range(3):
        outcome = walk.take(looks[0], answer(NOW))
        looks = outcome.looks
    assert [look.kind for look in looks] == [Kind.WHOLE]
    assert "everything is listed instead" in walk.warnings[0]


def test_a_look_that_fails_is_an_error_of_the_walk(walk):
    proof, _ = after_head(walk, 900, 800).looks
    assert walk.fail(proof, FAILURE) == Outcome()
    assert walk.errors == [FAILURE]


def test_not_knowing_the_oldest_row_is_no_failure(walk):
    _, oldest = after_head(walk, 900, 800).looks
    walk.fail(oldest, FAILURE)
    assert walk.errors == []


def test_a_span_whose_cursor_is_refused_begins_again_once(walk):
    look = Look(Kind.SPAN, Span(0, 10), cursor="c", cursors=frozenset("c"))
    (again,) = walk.fail(look, FAILURE).looks
    assert (again.cursor, again.span, again.cursors) == (None, look.span, frozenset())
    assert walk.fail(again.turned("d", is_empty=False), FAILURE) == Outcome()


def test_days_are_never_cut(walk):
    walk = Walk(chosen(["invoices_sat"])[0], "team_1", Wishes(), hungry=lambda: 8)
    now = 400 * DAY + 7
    head = walk.take(*walk.begin(), answer(399 * DAY + 5, 390 * DAY + 9, at=now))
    proof, oldest = head.looks
    walk.take(oldest, answer(3 * DAY + 9))
    outcome = walk.take(proof, answer(390 * DAY + 9, 380 * DAY))
    edges = {edge for look in outcome.looks for edge in look.span}
    assert {edge % DAY for edge in edges} == {0}
    assert walk.ceiling >= now + DAY

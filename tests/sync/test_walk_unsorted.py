"""A list that ignores `sort` hides where its history begins, and is shared out all the same."""

from __future__ import annotations

from gigstack_sync.sync.look import Answer, Kind, Look, Place
from gigstack_sync.sync.streams import STREAMS
from gigstack_sync.sync.walk import LIKELY_HISTORY, Walk
from gigstack_sync.sync.windows import DAY
from gigstack_sync.sync.wishes import Wishes

NOW = 1_795_000_000
SAT = next(stream for stream in STREAMS if stream.name == "invoices_sat")


def page(newest: int, *, size: int = 100) -> Answer:
    places = [Place(f"{newest - n * 3600}", newest - n * 3600) for n in range(size)]
    return Answer(at=NOW, places=places, has_more=True, next="x", total=90_000, size=size)


def looks_after(oldest: int) -> list[Look]:
    """What is asked for once the filter is proved and the oldest row was asked for."""
    walk = Walk(SAT, "team_1", Wishes(), hungry=lambda: 16)
    head = page(NOW - DAY)
    proof, question = walk.take(walk.begin()[0], head).looks
    answer = Answer(at=NOW, places=[Place("oldest", oldest)], has_more=True, size=1)
    found = walk.take(question, answer).looks
    return found + walk.take(proof, page(head.places[-1].at or 0)).looks


def test_the_newest_row_is_not_taken_for_the_oldest():
    looks = looks_after(oldest=NOW - DAY)
    begins = sorted(look.span.start for look in looks if look.kind is Kind.SPAN and look.span)
    assert len(looks) > 8
    assert begins[0] == 0
    assert begins[1] > NOW - LIKELY_HISTORY - 2 * DAY


def test_the_oldest_row_is_believed():
    looks = looks_after(oldest=NOW - 400 * DAY)
    begins = sorted(look.span.start for look in looks if look.kind is Kind.SPAN and look.span)
    assert NOW - 402 * DAY < begins[1] <= NOW - 400 * DAY

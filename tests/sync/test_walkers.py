"""The pool of walkers: order of answers, bounded memory, and a clean end."""

from __future__ import annotations

import threading

import pytest

from gigstack_sync.errors import AuthError, NetworkError
from gigstack_sync.sync.look import Answer, Kind, Look
from gigstack_sync.sync.streams import chosen
from gigstack_sync.sync.walk import Outcome, Walk
from gigstack_sync.sync.walkers import WAITING_ANSWERS, Walkers
from gigstack_sync.sync.wishes import Wishes


class Chain(Walk):
    """A walk in which every answer leads to `fan` more looks, `deep` levels down."""

    def __init__(self, deep, fan=1):
        super().__init__(chosen(["services"])[0], "team_1", Wishes())
        self.deep, self.fan = deep, fan

    def take(self, look, answer):
        level = look.restarts + 1
        return Outcome(looks=[Look(Kind.SPAN, restarts=level)] * (self.fan * (level < self.deep)))


@pytest.fixture
def pool():
    pools = []

    def make(perform=lambda _walk, _look: Answer(0), **how):
        settings = {"size": 4, "may_ask": lambda: True, "stop": threading.Event()} | how
        pools.append(Walkers(perform, **settings))
        return pools[-1]

    yield make
    for each in pools:
        each.close()


def test_every_look_is_answered_once(pool):
    walkers = pool()
    walkers.submit(Chain(deep=4, fan=3), [Look(Kind.HEAD)])
    assert sum(1 for _ in walkers.events()) == 1 + 3 + 9 + 27


def test_only_the_last_answer_of_a_walk_says_so(pool):
    walkers = pool()
    for walk in (walks := [Chain(3, 2), Chain(5)]):
        walkers.submit(walk, [Look(Kind.HEAD)])
    events = list(walkers.events())
    for walk in walks:
        flags = [e.is_last for e in events if e.walk is walk]
        assert flags == [False] * (len(flags) - 1) + [True]


def test_an_answer_comes_before_those_it_led_to(pool):
    walkers = pool()
    walkers.submit(Chain(deep=6, fan=2), [Look(Kind.HEAD)])
    first = {}
    for number, event in enumerate(walkers.events()):
        first.setdefault(event.look.restarts, number)
    assert list(first) == sorted(first)


def test_a_walk_may_go_on_after_its_last_answer(pool):
    walkers, walk = pool(), Chain(1)
    walkers.submit(walk, [Look(Kind.HEAD)])
    more = [[Look(Kind.ROW, row_id="a")], []]
    for event in walkers.events():
        if event.is_last:
            walkers.submit(walk, more.pop(0))
    assert more == []


def test_walkers_wait_for_a_writer_that_is_behind(pool):
    made = []
    walkers = pool(lambda _walk, look: made.append(look) or Answer(0))
    walkers.submit(Chain(1), [Look(Kind.SPAN)] * (WAITING_ANSWERS * 3))
    events = walkers.events()
    next(events)
    threading.Event().wait(0.2)
    assert len(made) <= WAITING_ANSWERS + 1
    assert sum(1 for _ in events) == WAITING_ANSWERS * 3 - 1


def test_a_refused_key_ends_everything_at_once(pool):
    def refuse(_walk, _look):
        raise AuthError("revoked")

    walkers = pool(refuse)
    walkers.submit(Chain(1), [Look(Kind.SPAN)] * 50)
    with pytest.raises(AuthError, match="revoked"):
        list(walkers.events())


def test_another_error_is_an_event_of_its_look(pool):
    def fail(_walk, _look):
        raise NetworkError("gone")

    walkers = pool(fail)
    walkers.submit(Chain(1), [Look(Kind.SPAN)] * 3)
    assert [str(e.error) for e in walkers.events()] == ["gone"] * 3


def test_a_defect_in_a_walker_reaches_the_writer(pool):
    walkers = pool(lambda *_: 1 // 0)
    walkers.submit(Chain(1), [Look(Kind.SPAN)])
    with pytest.raises(ZeroDivisionError):
        list(walkers.events())


def test_looks_are_put_off_once_told_to_stop(pool):
    stop = threading.Event()
    walkers = pool(lambda *_: stop.set() or Answer(0), stop=stop, size=1)
    walkers.submit(Chain(1), [Look(Kind.SPAN)] * 5)
    assert [e.is_put_off for e in walkers.events()] == [False, True, True, True, True]


def test_closing_ends_every_thread(pool):
    walkers = pool()
    walkers.submit(Chain(1), [Look(Kind.SPAN)])
    list(walkers.events())
    walkers.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("walker-")]


def test_closing_a_pool_that_never_began_is_fine(pool):
    pool().close()

from __future__ import annotations

import threading

import pytest

from gigstack_sync.api.gate import Gate
from gigstack_sync.api.timing import Timing
from gigstack_sync.errors import NetworkError


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self):
        self.now = 100.0

    def sleep(self, seconds):
        self.now += seconds

    @property
    def timing(self):
        return Timing(lambda: self.now, lambda: self.now, self.sleep, lambda: 0.5)


@pytest.fixture
def clock():
    return Clock()


def test_a_refusal_halves_and_successes_widen_again(clock):
    gate = Gate(16, timing=clock.timing)
    gate.congested(entered=clock.now)
    assert gate.limit == 8
    for _ in range(200):
        gate.succeeded()
    assert gate.limit == 16


def test_growth_is_additive(clock):
    gate = Gate(16, timing=clock.timing)
    gate.congested(entered=clock.now)
    for _ in range(9):
        gate.succeeded()
    assert gate.limit == 9


def test_one_wave_of_refusals_halves_once(clock):
    gate = Gate(16, timing=clock.timing)
    entered, clock.now = clock.now, clock.now + 1
    for _ in range(16):
        gate.congested(entered)
    assert gate.limit == 8


def test_at_least_one_request_may_always_pass(clock):
    gate = Gate(2, timing=clock.timing)
    for _ in range(5):
        clock.now += 1
        gate.congested(clock.now)
    with gate.slot():
        assert gate.in_flight == 1


def test_a_pause_holds_everybody_and_is_never_shortened(clock):
    gate = Gate(4, timing=clock.timing)
    gate.pause(10)
    gate.pause(1)
    with gate.slot() as entered:
        assert 10 <= entered - 100 <= 11


def test_the_retry_budget_runs_dry_and_successes_refill_it(clock):
    gate = Gate(4, budget=2, timing=clock.timing)
    assert [gate.pay_retry() for _ in range(3)] == [True, True, False]
    gate.succeeded()
    gate.succeeded()
    assert gate.pay_retry()


def test_no_more_than_the_limit_are_in_flight():
    gate, most, lock = Gate(3), [], threading.Lock()
    inside = threading.Barrier(3, timeout=5)

    def work():
        with gate.slot():
            with lock:
                most.append(gate.in_flight)
            inside.wait()

    threads = [threading.Thread(target=work) for _ in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 3


def test_closing_wakes_those_who_sleep_and_those_in_line():
    gate, ended = Gate(1), []

    def wait(act):
        with pytest.raises(NetworkError, match="closed"):
            act()
        ended.append(act)

    with gate.slot():
        acts = (lambda: gate.slot().__enter__(), lambda: gate.sleep(60))
        threads = [threading.Thread(target=wait, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        gate.close()
        for thread in threads:
            thread.join(5)
    assert len(ended) == 2


def test_an_error_inside_gives_the_slot_back():
    gate = Gate(1)
    with pytest.raises(ValueError), gate.slot():
        raise ValueError
    assert gate.in_flight == 0

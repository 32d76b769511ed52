from __future__ import annotations

import pytest

from gigstack_sync.api.retry import Policy, backoff, check_status, exhausted, may_repeat
from gigstack_sync.api.timing import Timing
from gigstack_sync.api.transport import Transport
from gigstack_sync.api.wire import Reply, Trouble
from gigstack_sync.errors import ApiError, AuthError, NetworkError, NotFound, UsageError


class Wire:
    """Answers as scripted, the last answer for ever."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []

    def send(self, call):
        self.calls.append(call)
        answer = self.answers[min(len(self.calls), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        return Reply(status, headers, b'{"message":"so"}', received_at=0.0)

    def close(self):
        pass


class Bench:
    """A transport on a scripted wire, where sleeping costs no time."""

    def __init__(self, *answers, **limits):
        self.now, self.slept = 0.0, []
        self.wire = Wire(*answers)
        timing = Timing(lambda: self.now, lambda: self.now, self.sleep, lambda: 0.5)
        self.transport = Transport("k", policy=Policy(**limits), timing=timing, wire=self.wire)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def get(self, method="GET", json=None):
        return self.transport.fetch(method, "/x", json=json, parse=lambda reply: reply.status)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_passing_trouble_is_repeated(status):
    bench = Bench(status, status, 200)
    assert bench.get() == 200
    assert bench.transport.traffic.retries == 2


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (401, AuthError, "gigstack login"),
        (403, AuthError, "team"),
        (404, NotFound, "id"),
        (400, ApiError, ""),
        (409, ApiError, ""),
        (422, ApiError, ""),
    ],
)
def test_a_plain_no_is_final_and_says_what_to_do(status, error, words):
    bench = Bench(status)
    with pytest.raises(error, match=r"/x.*so|so.*/x") as caught:
        bench.get()
    assert len(bench.wire.calls) == 1
    assert words in caught.value.hint


def test_tries_run_out_with_the_last_cause():
    bench = Bench(Trouble("connection refused"), 500, tries=4)
    with pytest.raises(NetworkError, match=r"/x failed 4 times.*HTTP 500 \(so\)"):
        bench.get()


def test_a_single_try_is_not_called_the_last_one():
    assert str(exhausted(Trouble("timed out"), "/v2/users", 1)) == "/v2/users failed: timed out."


def test_waits_double_under_a_cap_with_jitter():
    bench = Bench(500, tries=8, backoff_cap=4.0)
    with pytest.raises(NetworkError):
        bench.get()
    assert bench.slept == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0, 2.0]
    assert backoff(5000, Policy(), lambda: 1.0) == Policy().backoff_cap


def test_in_an_outage_the_budget_ends_the_retries():
    bench = Bench(500, tries=4, retry_budget=5)
    for _ in range(6):
        with pytest.raises(NetworkError):
            bench.get()
    assert len(bench.wire.calls) == 6 + 5


def test_retry_after_is_waited_for_and_bounded():
    bench = Bench((429, {"retry-after": "7"}), (429, {"retry-after": "86400"}), 200)
    assert bench.get() == 200
    assert bench.slept == [pytest.approx(7 * 1.05), pytest.approx(60 * 1.05)]


@pytest.mark.parametrize("headers", [{"retry-after": "0"}, {"retry-after": "-1"}, {}])
def test_a_storm_is_met_with_backoff_until_patience_ends(headers):
    bench = Bench((429, headers), patience=100.0)
    with pytest.raises(NetworkError, match="HTTP 429") as caught:
        bench.get()
    assert bench.now >= 100
    assert len(bench.wire.calls) < 25
    assert "later" in caught.value.hint


def test_being_told_to_wait_costs_neither_tries_nor_budget():
    bench = Bench(*[(429, {"retry-after": "1"})] * 20, 200, tries=2, retry_budget=1)
    assert bench.get() == 200
    assert bench.transport.traffic.throttled == 20


@pytest.mark.parametrize(("status", "limit"), [(429, 8), (503, 8), (500, 16)])
def test_only_congestion_narrows_the_gate(status, limit):
    bench = Bench(status, tries=1, patience=0.0)
    with pytest.raises(NetworkError):
        bench.get()
    assert bench.transport.gate.limit == limit


@pytest.mark.parametrize("answer", [500, Trouble("reset by peer")])
def test_a_write_is_sent_once_and_its_outcome_called_unknown(answer):
    bench = Bench(answer)
    with pytest.raises(NetworkError) as caught:
        bench.get("POST", {"amount": 1})
    assert len(bench.wire.calls) == 1
    assert "may have been carried out" in caught.value.hint


def test_a_refused_write_is_not_called_unknown():
    with pytest.raises(NetworkError) as caught:
        Bench(429).get("POST", {})
    assert "carried out" not in caught.value.hint


def test_a_write_with_an_idempotency_key_is_repeated():
    assert Bench(500, 200).get("POST", {"idempotency_key": "k1"}) == 200
    assert not may_repeat("DELETE", {"idempotency_key": ""})


def test_2xx_pass():
    check_status(Reply(204, {}, b"", 0.0), "/x")


@pytest.mark.parametrize("limits", [{"connections": 0}, {"tries": 0}, {"deadline": 0}])
def test_a_policy_that_could_do_nothing_is_refused(limits):
    with pytest.raises(UsageError):
        Policy(**limits)

"""One gate for all threads of a client: how many requests may be in flight, and when.

On 429 and 503 the limit is halved, at most once per wave; every success widens
it again. A pause the server asks for holds everybody. Retries are paid from a
budget that successes refill, so that in an outage they stop.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Condition, Event
from typing import TYPE_CHECKING

from gigstack_sync.api.timing import Timing
from gigstack_sync.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_REFILL = 0.5  # of a retry, per success
_SPREAD = 0.1  # of a pause, so that the threads do not all return at once


class Gate:
    """Thread-safe. Times are seconds of `timing.monotonic`."""

    def __init__(self, connections: int, *, budget: float = 64.0, timing: Timing | None = None):
        self._timing = timing or Timing()
        self._most = float(connections)
        self._limit = self._most
        self._in_flight = 0
        self._wave_ends = 0.0
        self._open_at = float("-inf")
        self._budget = self._tokens = budget
        self._free = Condition()
        self._closed = Event()
        self.allows: Callable[[], bool] = lambda: True
        """Asked before each retry: whoever has a limit of requests may say no."""

    @property
    def limit(self) -> int:
        """Requests allowed in flight right now."""
        return max(1, int(self._limit))

    @property
    def in_flight(self) -> int:
        """Requests in flight right now."""
        return self._in_flight

    @contextmanager
    def slot(self) -> Iterator[float]:
        """Wait for the pause to end and for a free slot; yields the time of entry."""
        self._enter()
        try:
            yield self._timing.monotonic()
        finally:
            with self._free:
                self._in_flight -= 1
                self._free.notify()

    def succeeded(self) -> None:
        """Widen the gate a little and refill the retry budget."""
        with self._free:
            self._limit = min(self._most, self._limit + 1 / self._limit)
            self._tokens = min(self._budget, self._tokens + _REFILL)
            self._free.notify()

    def congested(self, entered: float) -> None:
        """Halve the gate, unless the request entered before the last halving took hold."""
        with self._free:
            if entered >= self._wave_ends:
                self._limit = max(1.0, self._limit / 2)
                self._wave_ends = self._timing.monotonic()

    def pause(self, seconds: float) -> None:
        """Hold everybody back for so many seconds; a longer pause is not shortened."""
        with self._free:
            self._open_at = max(self._open_at, self._timing.monotonic() + seconds)

    def may_retry(self, *, is_free: bool) -> bool:
        """Whether one more try is allowed, and paid for unless the server only said to wait."""
        return self.allows() and (is_free or self.pay_retry())

    def pay_retry(self) -> bool:
        """Take one retry from the budget; False when it is used up."""
        with self._free:
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True

    def sleep(self, seconds: float) -> None:
        """Wait, unless the client is closed meanwhile: that is a NetworkError."""
        (self._timing.sleep or self._closed.wait)(seconds)
        self._check_open()

    def close(self) -> None:
        """Turn away everybody who waits or comes later."""
        self._closed.set()
        with self._free:
            self._free.notify_all()

    def _enter(self) -> None:
        while True:
            self._check_open()
            wait = self._open_at - self._timing.monotonic()
            if wait > 0:
                self.sleep(wait * (1 + _SPREAD * self._timing.random()))
            elif self._take():
                return

    def _take(self) -> bool:
        with self._free:
            while self._in_flight >= self.limit and not self._closed.is_set():
                self._free.wait()
            # a pause may have begun while we stood in line
            if self._closed.is_set() or self._open_at > self._timing.monotonic():
                return False
            self._in_flight += 1
            return True

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise NetworkError("The client was closed before the request was done.")

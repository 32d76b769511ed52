"""Threads that make looks, for all streams from one pool, and hand the answers over in order.

An answer reaches the writer's queue before the looks it leads to are made, so a span is never
called complete before the rows it stands on have arrived.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING

from gigstack_sync.errors import AuthError, GigstackError
from gigstack_sync.sync.look import PutOff
from gigstack_sync.sync.walk import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gigstack_sync.sync.look import Answer, Look
    from gigstack_sync.sync.walk import Walk

WAITING_ANSWERS = 64
"""Pages the queue holds before walkers wait for the writer: the bound on memory."""


@dataclass(slots=True)
class Event:
    """An answer with its meaning; `is_last` when the walk has nothing more outstanding."""

    walk: Walk
    look: Look
    answer: Answer | None = None
    error: GigstackError | None = None
    is_put_off: bool = False
    outcome: Outcome = field(default_factory=Outcome)
    is_last: bool = False


class Walkers:
    """A pool of `size` threads; iterate `events` in the writer's thread."""

    def __init__(
        self,
        perform: Callable[[Walk, Look], Answer],
        *,
        size: int,
        may_ask: Callable[[], bool],
        stop: threading.Event,
    ) -> None:
        self._perform = perform
        self._size = size
        self._may_ask = may_ask
        self._stop = stop
        self._ready: deque[tuple[Walk, Look]] = deque()
        self._condition = threading.Condition()
        self._events: SimpleQueue[Event | BaseException] = SimpleQueue()
        self._room = threading.Semaphore(WAITING_ANSWERS)
        self._threads: list[threading.Thread] = []
        self._is_closing = False
        self._open = 0

    def submit(self, walk: Walk, looks: list[Look]) -> None:
        """Have these looks made. Call from the writer's thread."""
        with self._condition:
            if looks and not walk.outstanding:
                self._open += 1
            walk.outstanding += len(looks)
            self._ready.extend((walk, look) for look in looks)
            self._condition.notify(len(looks))

    def hungry(self) -> int:
        """Walkers that would have nothing to do after this moment."""
        return max(0, self._size - len(self._ready))

    def events(self) -> Iterator[Event]:
        """Every answer, until no walk has anything outstanding; raises what stops the run."""
        self._start()
        while self._open:
            event = self._events.get()
            self._room.release()
            if isinstance(event, BaseException):
                raise event
            if event.is_last:
                self._open -= 1
            yield event

    def close(self) -> None:
        """Let the walkers end after the look they are at."""
        with self._condition:
            self._is_closing = True
            self._ready.clear()
            self._condition.notify_all()
        for _ in self._threads:
            self._room.release()
        for thread in self._threads:
            thread.join()

    def _start(self) -> None:
        if not self._threads:
            self._threads = [
                threading.Thread(target=self._work, name=f"walker-{n}", daemon=True)
                for n in range(self._size)
            ]
            for thread in self._threads:
                thread.start()

    def _work(self) -> None:
        while (task := self._next()) is not None:
            self._room.acquire()
            try:
                self._do(*task)
            except BaseException as error:  # the writer's thread raises it
                self._events.put(error)
                return

    def _next(self) -> tuple[Walk, Look] | None:
        with self._condition:
            while not self._ready and not self._is_closing:
                self._condition.wait()
            return None if self._is_closing else self._ready.popleft()

    def _do(self, walk: Walk, look: Look) -> None:
        if self._stop.is_set() or not self._may_ask():
            self._hand_over(walk, Event(walk, look, is_put_off=True))
            return
        try:
            answer = self._perform(walk, look)
        except AuthError:
            raise
        except PutOff:
            self._hand_over(walk, Event(walk, look, is_put_off=True))
        except GigstackError as error:
            self._hand_over(walk, Event(walk, look, error=error))
        else:
            self._hand_over(walk, Event(walk, look, answer))

    def _hand_over(self, walk: Walk, event: Event) -> None:
        """One step for all who watch: meaning, queue, and only then the looks that follow."""
        with self._condition:
            if event.answer:
                event.outcome = walk.take(event.look, event.answer)
            elif event.error:
                event.outcome = walk.fail(event.look, event.error)
            looks = event.outcome.looks
            walk.outstanding += len(looks) - 1
            event.is_last = not walk.outstanding
            self._events.put(event)
            self._ready.extend((walk, following) for following in looks)
            self._condition.notify(len(looks))

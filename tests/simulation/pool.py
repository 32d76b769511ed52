"""Walkers without threads: who asks, whose answer arrives and when it is written, by the dice."""

from __future__ import annotations

from random import Random
from typing import Any

from gigstack_sync.errors import AuthError, GigstackError
from gigstack_sync.sync.look import PutOff
from gigstack_sync.sync.walkers import Event, Walkers


class DrawnWalkers(Walkers):
    """As many looks in flight as there are walkers, answered in any order."""

    def __init__(self, *arguments: Any, rng: Random, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._rng = rng
        self._flying: list[tuple[Any, Event]] = []

    def events(self) -> Any:
        while self._open:
            event = self._step()
            if event is None:
                continue
            if isinstance(event, BaseException):
                raise event
            if event.is_last:
                self._open -= 1
            yield event

    def close(self) -> None:
        self._ready.clear()
        self._flying.clear()

    def _step(self) -> Any:
        moves = []
        if self._ready and len(self._flying) < self._size:
            moves.append(self._ask)
        if self._flying:
            moves.append(self._land)
        if not self._events.empty():
            moves.append(self._events.get)
        return self._rng.choice(moves)()

    def _ask(self) -> None:
        walk, look = self._ready.popleft()
        if self._stop.is_set() or not self._may_ask():
            event = Event(walk, look, is_put_off=True)
        else:
            try:
                event = Event(walk, look, self._perform(walk, look))
            except AuthError as error:
                self._events.put(error)
                return
            except PutOff:
                event = Event(walk, look, is_put_off=True)
            except GigstackError as error:
                event = Event(walk, look, error=error)
        self._flying.append((walk, event))

    def _land(self) -> None:
        walk, event = self._flying.pop(self._rng.randrange(len(self._flying)))
        self._hand_over(walk, event)

"""What was asked of the server, and how much of it at once."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Logged:
    """One request; `status` is 0 until it is answered. Keys are never recorded."""

    method: str
    path: str
    query: dict[str, str]
    status: int = 0
    faults: tuple[str, ...] = ()


class RequestLog:
    """Requests in order of arrival; safe to read from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Logged] = []
        self._in_flight = 0
        self._most_in_flight = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Any:
        with self._lock:
            return iter(list(self._entries))

    def __getitem__(self, index: int) -> Logged:
        return self._entries[index]

    @property
    def most_in_flight(self) -> int:
        """The most requests that were ever open at the same time."""
        return self._most_in_flight

    @property
    def in_flight(self) -> int:
        """Requests open right now."""
        return self._in_flight

    def paths(self) -> list[str]:
        """Paths in order of arrival."""
        return [entry.path for entry in self]

    def statuses(self) -> Counter[int]:
        """How often each status was answered."""
        return Counter(entry.status for entry in self)

    def begin(self, entry: Logged) -> None:
        """Note an arrival."""
        with self._lock:
            self._entries.append(entry)
            self._in_flight += 1
            self._most_in_flight = max(self._most_in_flight, self._in_flight)

    def finish(self) -> None:
        """Note that an answer is out, or its reader gone."""
        with self._lock:
            self._in_flight -= 1

    def reset(self) -> None:
        """Forget all but what is in flight."""
        with self._lock:
            self._entries.clear()
            self._most_in_flight = self._in_flight

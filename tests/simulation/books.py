"""What was true on the server at every moment, and what it showed though it was not."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

Body = dict[str, Any]


@lru_cache(maxsize=20_000)
def exact(text: bytes | str) -> Any:
    """JSON with every digit of its numbers; 1 and 1.0 are equal, as they are in JSON."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


@dataclass(frozen=True)
class State:
    """A row from `since` on: as lists show it, as GET does; None while there is none."""

    since: float
    listed: Body | None
    full: Body | None
    position: int | None

    def has(self, body: Body | None) -> bool:
        return body in (self.listed, self.full)


@dataclass
class Shelf:
    """One stream: the states of each row in order, and the lies told about it."""

    states: dict[str, list[State]] = field(default_factory=lambda: defaultdict(list))
    shown: dict[str, list[tuple[float, Body]]] = field(default_factory=lambda: defaultdict(list))
    """Bodies that went over the wire and were not true."""
    delivered: dict[str, tuple[float, Body]] = field(default_factory=dict)
    """In this run: the last true body of each row that a list brought, and when."""
    omissions: list[float] = field(default_factory=list)
    """When a list left out rows that it should have shown."""
    denied: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """When a GET said that a row does not exist although it did."""
    nulls: int = 0
    """Entries that are no rows, on pages that reached the client in this run."""

    def during(self, row_id: str, since: float) -> list[State]:
        """The states that held at some moment from `since` on."""
        states = self.states.get(row_id, [])
        later = [n for n, state in enumerate(states) if state.since > since]
        first = (later[0] if later else len(states)) - 1
        if first < 0:
            return [State(0.0, None, None, None), *states]
        return states[first:]

    def now(self, row_id: str) -> State:
        return self.states[row_id][-1]

    def live(self) -> dict[str, State]:
        """Every row there is now."""
        return {i: s[-1] for i, s in self.states.items() if s[-1].listed is not None}

"""One thing that goes wrong: what, and at which of the requests it concerns."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from gigstack_sync.errors import UsageError

if TYPE_CHECKING:
    from gigstack_sync.sandbox.world import World

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Fault:
    """A kind with its value, and its schedule over matching requests, counted from one.

    Without a schedule it strikes each time; `after` skips requests first; `times` caps strikes.
    """

    kind: str
    value: str = ""
    at: tuple[int, ...] = ()
    every: int = 0
    first: int = 0
    after: int = 0
    chance: float = 0.0
    times: int = 0
    path: str = ""  # a part of the path; none is every path
    options: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    hook: Callable[[World], object] | None = None  # for the kind `hook` alone

    def due(self, count: int, played: int, chance: random.Random) -> bool:
        """Tell whether the `count`-th matching request is struck, after `played` strikes."""
        number = count - self.after
        if number < 1 or (self.times and played >= self.times):
            return False
        if self.at:
            return number in self.at
        if self.first:
            return number <= self.first
        if self.every:
            return number % self.every == 0
        return not self.chance or chance.random() < self.chance

    def option(self, name: str, default: str = "") -> str:
        """One of the kind's own options, as text."""
        return self.options.get(name, default)

    def number(self, default: float) -> float:
        """The value as a number; UsageError when it is none."""
        return number(self.kind, self.value) if self.value else default


def number(name: str, text: str) -> float:
    """Read a number out of a fault's text."""
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"Fault {name} needs a number, not {text!r}.") from None


_SCHEDULE: dict[str, Callable[[str], Any]] = {
    "at": lambda text: tuple(int(part) for part in text.split("+")),
    "every": int,
    "first": int,
    "after": int,
    "chance": float,
    "times": int,
    "path": str,
}
assert set(_SCHEDULE) <= {each.name for each in fields(Fault)}


def read_fault(text: str) -> Fault:
    """Read `KIND[=VALUE][,every=N|at=1+5|first=N|chance=P][,after=N][,times=N][,path=P][,…]`."""
    head, *parts = text.split(",")
    kind, _, value = head.partition("=")
    schedule: dict[str, Any] = {}
    options: dict[str, str] = {}
    for part in parts:
        name, equals, argument = part.partition("=")
        if not equals:
            raise UsageError(f"In fault {text!r}, {part!r} has no value.", hint="NAME=VALUE")
        if name in _SCHEDULE:
            schedule[name] = _scheduled(text, name, argument)
        else:
            options[name] = argument
    return Fault(kind, value, options=options, **schedule)


def _scheduled(text: str, name: str, argument: str) -> Any:
    try:
        return _SCHEDULE[name](argument)
    except ValueError:
        raise UsageError(f"In fault {text!r}, {name}={argument!r} is no number.") from None

"""The only time there is in a simulation."""

from __future__ import annotations


class Clock:
    """Epoch seconds that pass when somebody waits, and not otherwise."""

    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += max(0.0, seconds)

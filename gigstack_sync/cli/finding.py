"""What a check found, and the next thing to type about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report. A note is worth reading; wrong earns exit code 8."""

    check: str
    state: State
    text: str
    hint: str = ""


def ok(check: str, text: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", text)


def note(check: str, text: str, hint: str = "") -> Finding:
    """Works, but might surprise."""
    return Finding(check, "note", text, hint)


def wrong(check: str, text: str, hint: str = "") -> Finding:
    """Does not work."""
    return Finding(check, "wrong", text, hint)

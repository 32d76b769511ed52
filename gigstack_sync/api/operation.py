"""How an operation says what it does, for a command line that is derived from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def writes(method: F) -> F:
    """Mark an operation that changes something: who runs it should be asked first."""
    method.writes = True  # type: ignore[attr-defined]
    return method


def is_write(method: Callable[..., Any]) -> bool:
    """Tell whether an operation changes something."""
    return bool(getattr(method, "writes", False))

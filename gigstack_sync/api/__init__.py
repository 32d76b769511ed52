"""The gigstack REST API: speaks HTTP; knows nothing of DuckDB, Typer or Rich."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gigstack_sync.api.client import Client
    from gigstack_sync.api.paging import Page
    from gigstack_sync.api.rehearsal import Rehearsal

__all__ = ["Client", "Page", "Rehearsal"]

_HOMES = {"Client": "client", "Page": "paging", "Rehearsal": "rehearsal"}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

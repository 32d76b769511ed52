"""The gigstack REST API: speaks HTTP; knows nothing of DuckDB, Typer or Rich."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gigstack_sync.api.client import Client

__all__ = ["Client"]


def __getattr__(name: str) -> Any:
    if name == "Client":
        from gigstack_sync.api.client import Client

        return Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""A local DuckDB warehouse of a gigstack account, kept fresh by `gigstack sync`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gigstack_sync.errors import (
    ApiError,
    AuthError,
    BadAnswer,
    CheckFailed,
    ConfigError,
    ExitCode,
    GigstackError,
    NetworkError,
    NotFound,
    StorageError,
    SyncRunning,
    UnknownOutcome,
    UsageError,
)

if TYPE_CHECKING:
    from gigstack_sync.api import Client, Page

_LATER = {"Client": "gigstack_sync.api", "Page": "gigstack_sync.api"}
__all__ = [
    "ApiError",
    "AuthError",
    "BadAnswer",
    "CheckFailed",
    "Client",
    "ConfigError",
    "ExitCode",
    "GigstackError",
    "NetworkError",
    "NotFound",
    "Page",
    "StorageError",
    "SyncRunning",
    "UnknownOutcome",
    "UsageError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Load on first use: the client costs start-up time, and the version is in the metadata."""
    if name == "__version__":
        from importlib.metadata import version

        return version("gigstack-sync")
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

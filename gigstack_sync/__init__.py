"""A local DuckDB warehouse of a gigstack account, kept fresh by `gigstack sync`."""

from __future__ import annotations

from typing import Any

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
    UsageError,
)

__all__ = [
    "ApiError",
    "AuthError",
    "BadAnswer",
    "CheckFailed",
    "ConfigError",
    "ExitCode",
    "GigstackError",
    "NetworkError",
    "NotFound",
    "StorageError",
    "SyncRunning",
    "UsageError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Read the version from the installed metadata, the only place it is kept, when asked."""
    if name == "__version__":
        from importlib.metadata import version

        return version("gigstack-sync")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

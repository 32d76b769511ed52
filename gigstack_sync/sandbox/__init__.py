"""An offline gigstack: a seeded business, its history and its faults, served over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gigstack_sync.sandbox.fault import Fault
    from gigstack_sync.sandbox.faults import Faults, describe_faults, parse_fault
    from gigstack_sync.sandbox.quirks import Quirks, describe_quirks, parse_quirk, parse_quirks
    from gigstack_sync.sandbox.server import Server, serve

_HOMES = {
    "Fault": "fault",
    "Faults": "faults",
    "describe_faults": "faults",
    "parse_fault": "faults",
    "Quirks": "quirks",
    "describe_quirks": "quirks",
    "parse_quirk": "quirks",
    "parse_quirks": "quirks",
    "Server": "server",
    "serve": "server",
}
__all__ = [
    "Fault",
    "Faults",
    "Quirks",
    "Server",
    "describe_faults",
    "describe_quirks",
    "parse_fault",
    "parse_quirk",
    "parse_quirks",
    "serve",
]


def __getattr__(name: str) -> Any:
    """Load a name from its module on first use: asyncio costs start-up time."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

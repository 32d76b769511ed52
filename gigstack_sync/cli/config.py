"""`gigstack config`: every setting, its value and where it came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from gigstack_sync.cli.language import heads, tr
from gigstack_sync.cli.session import session_of
from gigstack_sync.cli.table import plain
from gigstack_sync.errors import ConfigError


def config(context: typer.Context) -> None:
    """Show every setting, its value and where it came from: option, variable, profile, default.

    $ gigstack config
    $ gigstack config --json --db /tmp/other.duckdb
    """
    session = session_of(context)
    items = [(name, _shown(name, s.value), s.origin) for name, s in session.settings.items()]
    if session.json:
        session.emit({name: {"value": value, "origin": origin} for name, value, origin in items})
    else:
        # Paths cannot be wrapped: they come last, and run on where the terminal ends.
        rows = [(name, origin, value) for name, value, origin in items]
        print(*plain(heads("setting", "origin", "value"), rows), sep="\n")


def _shown(name: str, value: Any) -> Any:
    if name == "api_key" and value is not None:
        return _masked(value.reveal())
    return str(value) if isinstance(value, Path) else value


def _masked(key: str) -> str:
    from gigstack_sync.api.key import ApiKey

    try:
        return ApiKey.parse(key).masked
    except ConfigError:
        return tr("(not a key)")

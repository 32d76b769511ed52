"""The command line; the only folder that imports Typer and Rich."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (default: this process's) and return its exit code."""
    from gigstack_sync.cli.boundary import run

    return run(arguments)

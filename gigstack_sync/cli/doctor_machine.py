"""Checks of this machine: another `gigstack` in the way, and processors too old for Polars."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from gigstack_sync.cli.finding import Finding, note


def examine() -> Iterator[Finding]:
    """What may surprise; nothing when all is well."""
    yield from _other_command()
    yield from _old_processor()


def _other_command() -> Iterator[Finding]:
    """The official CLI installs a `gigstack` too; the first one on PATH wins."""
    ours = {Path(sys.argv[0]).absolute().parent, Path(sys.executable).parent}
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        other = Path(folder or ".", "gigstack")
        if other.parent.absolute() in ours:
            return
        if other.is_file() and os.access(other, os.X_OK):
            text = f"{other} comes first on PATH: `gigstack` alone starts that one."
            yield note("path", text, f"Type {sys.argv[0]}, or put its folder first on PATH.")
            return


def _old_processor() -> Iterator[Finding]:
    if platform.machine() not in {"x86_64", "AMD64"}:
        return
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return
    if "avx2" not in flags.split():
        yield note(
            "processor",
            "This processor has no AVX2; Polars needs its own build for it.",
            'pip install "polars[rtcompat]"',
        )

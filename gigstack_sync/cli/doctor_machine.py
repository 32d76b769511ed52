"""Checks of this machine: another `gigstack` in the way."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from gigstack_sync.cli.finding import Finding, note
from gigstack_sync.cli.language import marked, tr


def examine() -> Iterator[Finding]:
    """The official CLI installs a `gigstack` too; the first one on PATH wins."""
    ours = {Path(sys.argv[0]).absolute().parent, Path(sys.executable).parent}
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        other = Path(folder or ".", "gigstack")
        if other.parent.absolute() in ours:
            return
        if other.is_file() and os.access(other, os.X_OK):
            text = marked("{path} comes first on PATH: `gigstack` alone starts that one.")
            hint = tr("Type {path}, or put its folder first on PATH.", path=sys.argv[0])
            yield note("path", tr(text, path=other), hint)
            return

"""How long the command takes before it does anything, beside the interpreter alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api_server import ApiServer
from measure import median, run
from subjects import Setting, measured, sync

TIMES = 15


def measure(setting: Setting) -> Iterator[dict[str, Any]]:
    """One row per command; `times_python` is the ratio to a bare interpreter."""
    gigstack = Path(sys.executable).with_name("gigstack")
    commands: dict[str, list[str | Path]] = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import duckdb'": [sys.executable, "-c", "import duckdb"],
        "gigstack --version": [gigstack, "--version"],
        "gigstack --help": [gigstack, "--help"],
        "gigstack sql 'select 1'": [gigstack, "sql", "select 1"],
    }
    folder = setting.fresh()
    with ApiServer("serve_sandbox.py", "30") as server:
        measured(server, sync("--stream", "clients"), folder)  # so that there is a file to ask
        environment = server.environment(folder)
        walls: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(3 if setting.is_quick else TIMES):
            for name, command in commands.items():
                walls[name].append(run(command, environment).wall)
    bare = median(walls["python -c pass"])
    for name, seconds in walls.items():
        typical = median(seconds)
        yield {
            "case": "start-up",
            "subject": name,
            "wall_ms": round(typical * 1000),
            "fastest_ms": round(min(seconds) * 1000),
            "times_python": round(typical / bare, 1),
        }

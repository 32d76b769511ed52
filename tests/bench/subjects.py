"""What is compared: our command, the floors and dlt, each as a command to run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api_server import ApiServer
from measure import Cost, megabytes, run

HERE = Path(__file__).parent
GIGSTACK = [sys.executable, "-m", "gigstack_sync"]
DLT = "dlt[duckdb,parquet]==1.31.0"


@dataclass(frozen=True)
class Setting:
    """Sizes and places of one run of the benchmark."""

    folder: Path
    runs: int
    invoices: int
    many: int
    dlt: Path | None
    is_quick: bool
    latencies: tuple[int, ...] = (0, 50)
    """Milliseconds before every answer."""

    def fresh(self) -> Path:
        """An empty folder."""
        return Path(tempfile.mkdtemp(dir=self.folder))


def find_dlt(folder: Path) -> Path | None:
    """A Python of its own with dlt, made by pip; None with a notice when that fails."""
    home = folder / "dlt"
    try:
        subprocess.run([sys.executable, "-m", "venv", home], check=True, capture_output=True)
        pip = [home / "bin" / "python", "-m", "pip", "install", "-q", DLT]
        subprocess.run(pip, check=True, capture_output=True, timeout=600)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"dlt cannot be installed here and is left out: {error}", file=sys.stderr)
        return None
    return home / "bin" / "python"


def sync(*options: str) -> Callable[[Path], list[str | Path]]:
    """Our command."""
    return lambda _: [*GIGSTACK, "sync", "--json", *options]


def floor(connections: int, shape: str, *streams: str) -> Callable[[Path], list[str | Path]]:
    """The least that can be done over so many connections."""
    return lambda _: [sys.executable, HERE / "floor.py", str(connections), shape, *streams]


def dlt(python: Path, kind: str) -> Callable[[Path], list[str | Path]]:
    """dlt, `tuned` or `incremental`."""
    return lambda folder: [python, HERE / "dlt_pipeline.py", kind, folder]


def measured(
    server: ApiServer, command: Callable[[Path], list[str | Path]], folder: Path, **how: bool
) -> tuple[Cost, dict[str, Any]]:
    """Run one subject once: the cost, and its figures for the table."""
    server.count_from_now()
    cost = run(command(folder), server.environment(folder), **how)
    figures = {
        "wall_s": cost.wall,
        "cpu_s": cost.cpu,
        "peak_mb": cost.peak_mb,
        "requests": server.requests(),
        "file_mb": max(map(megabytes, folder.glob("*.duckdb")), default=0.0),
    }
    return cost, figures


def discard(folder: Path) -> None:
    """Free the disk."""
    shutil.rmtree(folder, ignore_errors=True)

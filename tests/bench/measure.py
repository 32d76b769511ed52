"""Runs a command and reads off the kernel what it cost."""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Failed(RuntimeError):
    """The measured command did not end with 0."""


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and CPU time, peak memory in MB, and what the command printed."""

    wall: float
    cpu: float
    peak_mb: float
    output: str
    memory_mb: tuple[float, ...] = ()
    """Resident memory at a quarter, a half, three quarters and the end of the run."""


def run(command: Sequence[str | Path], env: dict[str, str], *, sampled: bool = False) -> Cost:
    """Run to the end; Failed carries the output. Keep this process small: a child's peak
    memory counts that of the process it was forked from."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    samples: list[float] = []
    reader = threading.Thread(target=_sample, args=(process.pid, samples), daemon=True)
    if sampled:
        reader.start()
    errors: list[bytes] = []
    drain = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    drain.start()
    output = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    drain.join()
    process.stdout.close()
    process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{command[0]} ended with {process.returncode}: {errors[0].decode()[-2000:]}")
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(wall, cpu, usage.ru_maxrss / 1024, output, _quarters(samples))


def _sample(pid: int, samples: list[float]) -> None:
    """Resident memory every 50 ms until the process is gone."""
    while True:
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            return
        if not pages:
            return
        samples.append(pages * PAGE_BYTES / 1e6)
        time.sleep(0.05)


def _quarters(samples: list[float]) -> tuple[float, ...]:
    if len(samples) < 8:
        return ()
    last = len(samples) - 2  # the very last may show a process being taken down
    return tuple(round(samples[last * n // 4]) for n in (1, 2, 3, 4))


def median(values: Sequence[float]) -> float:
    """Median rounded for people."""
    return round(statistics.median(values), 3)


def megabytes(path: Path) -> float:
    """Size of a file, 0 when there is none."""
    return round(path.stat().st_size / 1e6, 1) if path.exists() else 0.0

"""A first sync and one with nothing new, against floors and dlt, at 0 and 50 ms a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from api_server import ApiServer
from measure import median
from subjects import Setting, discard, dlt, floor, measured, sync

STREAM = "invoices_income"
WORTH_COMPARING = 1_000
"""Invoices of an account whose other streams say something too."""
Command = Callable[[Path], list[str | Path]]


def measure(setting: Setting) -> Iterator[dict[str, Any]]:
    """One row per subject, latency and run of it."""
    with ApiServer("serve_sandbox.py", str(setting.invoices)) as server:
        rows = server.facts["rows"]
        whole = sum(count for stream, count in rows.items() if stream != "users")
        subjects = _of_one_stream(setting)
        measured_all = sync()
        for latency in setting.latencies:
            server.slow_down(latency)
            case = f"{rows[STREAM]:,} income invoices, {latency} ms a request"
            yield from _compare(setting, server, subjects, case, rows[STREAM])
            if setting.invoices < WORTH_COMPARING:
                continue
            case = f"the whole account, {whole:,} rows, {latency} ms a request"
            everything = {
                "gigstack sync": (measured_all, measured_all),
                "floor, 16 connections, raw": (floor(16, "raw"), None),
            }
            yield from _compare(setting, server, everything, case, whole)


def _of_one_stream(setting: Setting) -> dict[str, tuple[Command, Command | None]]:
    """Name → the command of the first run, and that of a second one with nothing new."""
    ours = sync("--stream", STREAM)
    found: dict[str, tuple[Command, Command | None]] = {
        "gigstack sync": (ours, ours),
        "floor, 1 connection, raw": (floor(1, "raw", STREAM), None),
        "floor, 16 connections, raw": (floor(16, "raw", STREAM), None),
        "floor, 16 connections, typed": (floor(16, "typed", STREAM), None),
    }
    if setting.dlt:
        found["dlt tuned"] = (dlt(setting.dlt, "tuned"), None)
        incremental = dlt(setting.dlt, "incremental")
        found["dlt incremental"] = (incremental, incremental)
    return found


def _compare(
    setting: Setting,
    server: ApiServer,
    subjects: dict[str, tuple[Command, Command | None]],
    case: str,
    rows: int,
) -> Iterator[dict[str, Any]]:
    gathered: dict[str, list[dict[str, Any]]] = {}
    for _ in range(setting.runs):  # in turns, so that a noisy minute hits all alike
        for name, (first, second) in subjects.items():
            folder = setting.fresh()
            gathered.setdefault(name, []).append(measured(server, first, folder)[1])
            if second:
                again = gathered.setdefault(f"{name}, nothing new", [])
                again.append(measured(server, second, folder)[1])
            discard(folder)
    for name, runs in gathered.items():
        row = {"case": case, "subject": name} | {
            figure: median([run[figure] for run in runs]) for figure in runs[0]
        }
        walls = [run["wall_s"] for run in runs]
        row |= {"wall_range": (min(walls), max(walls)), "requests": int(row["requests"])}
        if not name.endswith("nothing new"):
            row["rows_per_s"] = int(rows / row["wall_s"])
        yield row

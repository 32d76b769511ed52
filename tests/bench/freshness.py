"""Old rows change without the API saying so: how many are seen, and when.

500 rows of any age get a mark. Then a run a day, while the simulated clock and the account's
life go on; the promise is a week for the open fiscal years, a month for all others.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api_server import ApiServer
from measure import run
from subjects import HERE, Setting, discard, dlt, measured, sync

STREAM = "invoices_income"
MARKED = 500
CHECKED = (1, 2, 7, 14, 30)


def measure(setting: Setting) -> Iterator[dict[str, Any]]:
    """One row per subject: rows seen at once and after so many days of daily runs."""
    command = {"gigstack sync": sync("--stream", STREAM)}
    if setting.dlt:
        command["dlt incremental"] = dlt(setting.dlt, "incremental")
    marked = min(MARKED, setting.invoices // 10)
    with ApiServer("serve_sandbox.py", str(setting.invoices)) as server:
        folders = {name: setting.fresh() for name in command}
        for name, folder in folders.items():
            measured(server, command[name], folder)
        server.control(
            "POST",
            "/mutate",
            {"action": "change", "stream": STREAM, "count": marked, "where": "random"},
        )
        rows = {name: {"case": f"{marked} old rows changed", "subject": name} for name in command}
        for day in range(CHECKED[-1] + 1):
            if day:
                server.control("POST", "/live", {"days": 1})
            for name, folder in folders.items():
                if name != "gigstack sync" and day not in (0, *CHECKED):
                    continue
                _, figures = measured(server, command[name], folder)
                if day in (0, *CHECKED):
                    label = f"day_{day}" if day else "next_run"
                    rows[name][label] = _seen(server, setting, name, folder)
                    rows[name]["requests_a_day"] = figures["requests"]
        for folder in folders.values():
            discard(folder)
    yield from rows.values()


def _seen(server: ApiServer, setting: Setting, name: str, folder: Path) -> int:
    place = {
        "gigstack sync": (folder / "gigstack.duckdb", f"mirror.{STREAM}"),
        "dlt incremental": (folder / "dlt.duckdb", f"api.{STREAM}"),
    }[name]
    python = sys.executable if name == "gigstack sync" else setting.dlt
    assert python
    command = [python, HERE / "count_touched.py", place[0], place[1]]
    return int(run(command, server.environment(folder)).output)

"""Many rows: a first sync with flat memory, then nothing new, then 100 changes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from api_server import ApiServer
from measure import run
from subjects import HERE, Setting, discard, measured, sync

CHANGED = 100


def measure(setting: Setting) -> Iterator[dict[str, Any]]:
    """One row per step, all on one mirror; each is made once."""
    command = sync("--stream", "invoices_income")
    case = f"{setting.many:,} income invoices, 0 ms a request"
    with ApiServer("serve_many.py", str(setting.many)) as server:
        folder = setting.fresh()
        for step in ("first sync", "nothing new", f"{CHANGED} rows changed"):
            if step[0].isdigit():
                server.control("POST", "/change", {"count": CHANGED})
            cost, figures = measured(server, command, folder, sampled=True)
            row = {"case": case, "subject": step, **figures, "memory_mb": cost.memory_mb}
            if step == "first sync":
                row["rows_per_s"] = int(setting.many / cost.wall)
            yield row
        publishing = run([sys.executable, HERE / "publish_once.py"], server.environment(folder))
        yield {"case": case, "subject": "publishing alone", "wall_s": float(publishing.output)}
        discard(folder)

"""Every report from the shell on a large mirror, beside what no report can do without.

The floor starts Python, imports duckdb, opens the file and asks `select 1`. The bare query is what
the report asks, through an open connection, the second time. A report is held to twice the sum.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from measure import Failed, median, run
from subjects import GIGSTACK, HERE, Setting

REPORTS: dict[str, tuple[list[str], str]] = {
    "status": (["status"], "status_invoices status_payments status_receipts status_cobranza"),
    "cobranza": (["cobranza"], "cobranza_aging"),
    "conciliation": (["conciliation"], "conciliation_months conciliation_findings"),
    "conciliation sat": (["conciliation", "sat"], "conciliation_matrix conciliation_sat"),
    "conciliation C10": (["conciliation", "--detail", "C10"], "conciliation_uninvoiced"),
    "conciliation C11": (["conciliation", "--detail", "C11"], "conciliation_uncollected"),
    "conciliation C12": (["conciliation", "--detail", "C12"], "conciliation_complements"),
    "forecast": (["forecast"], "forecast_months forecast_periods forecast_links"),
}
"""Name → arguments of the command, and the views it asks."""
FLOOR = "import duckdb; duckdb.connect({!r}, read_only=True).execute('select 1').fetchall()"


def measure(setting: Setting) -> Iterator[dict[str, Any]]:
    """One row per report; seconds are medians, `times_floor` is the ratio to floor plus query."""
    folder = setting.fresh()
    file = folder / "gigstack.duckdb"
    command = [sys.executable, HERE / "generate_mirror.py", file, "--invoices", str(setting.many)]
    environment = {**os.environ, "GIGSTACK_DB": str(file), "HOME": str(folder), "NO_COLOR": "1"}
    case = f"reports on {setting.many:,} invoices"
    made = run(command, environment)
    yield {"case": case, "subject": "(generating the mirror)", "wall_s": made.wall}
    times = 1 if setting.is_quick else 7
    floor = _typical([sys.executable, "-c", FLOOR.format(str(file))], environment, times)
    yield {"case": case, "subject": "floor", "wall_s": floor}
    for name, (arguments, views) in REPORTS.items():
        if find_spec(f"gigstack_sync.cli.{arguments[0]}") is None:
            continue
        bare = _bare(file, views.split())
        wall = _typical([*GIGSTACK, *arguments], environment, times)
        ratio = None if bare is None else wall / (floor + bare)
        yield {
            "case": case,
            "subject": name,
            "wall_s": wall,
            "bare_query_s": bare,
            "times_floor": ratio,
        }


def _typical(command: list[str | Path], environment: dict[str, str], times: int) -> float:
    return median([run(command, environment).wall for _ in range(times)])


def _bare(file: Path, views: list[str]) -> float | None:
    """Seconds the views take when the file is open and warm; None when one is not there."""
    statement = (
        "import duckdb, sys, time\n"
        f"con = duckdb.connect({str(file)!r}, read_only=True, config={{'threads': 2}})\n"
        "con.execute('set enable_progress_bar = false')\n"
        f"for view in {views!r} * 2:\n"
        "    began = time.perf_counter()\n"
        "    con.execute(f'from {view}').fetchall()\n"
        "    print(time.perf_counter() - began)\n"
    )
    try:
        output = run([sys.executable, "-c", statement], dict(os.environ)).output
    except Failed as failure:
        print(f"A view is missing: {failure}", file=sys.stderr)
        return None
    return sum(map(float, output.split()[len(views) :]))

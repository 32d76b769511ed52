"""The benchmark: `python tests/bench/run.py [--quick] [--only NAME] [--dlt PYTHON]`.

Everything of one case is measured in one run against one server process, in turns, and the
medians are shown. Client and server share this machine's cores, so compare ratios, not seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import forecast_backtest
import freshness
import initial
import million
import reports
import start_up
from subjects import Setting, find_dlt
from table import show

CASES = {
    "initial": initial.measure,
    "freshness": freshness.measure,
    "million": million.measure,
    "start-up": start_up.measure,
    "reports": reports.measure,
    "forecast": forecast_backtest.compare,
}
RESULTS = Path(__file__).parent / "results.jsonl"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, one run of each")
    parser.add_argument("--only", choices=CASES, action="append", help="this case; repeatable")
    parser.add_argument("--runs", type=int, help="runs of which the median counts (3)")
    parser.add_argument("--invoices", type=int, help="income invoices (50000)")
    parser.add_argument("--many", type=int, help="rows of the large case (1000000)")
    parser.add_argument(
        "--latency", type=int, action="append", help="ms a request; repeatable (0 and 50)"
    )
    parser.add_argument("--dlt", type=Path, help="a Python that has dlt, else one is made by pip")
    parser.add_argument("--no-dlt", action="store_true", help="leave dlt out")
    parser.add_argument("--results", type=Path, default=RESULTS, help="JSON lines to append to")
    return parser.parse_args()


def machine() -> dict[str, object]:
    """What the figures depend on."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9),
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "busy_before": round(os.getloadavg()[0], 1),
        **{name: version(name) for name in ("gigstack-sync", "duckdb", "httpx", "msgspec")},
    }


def main() -> None:
    given = arguments()
    quick = given.quick
    facts = machine()
    with tempfile.TemporaryDirectory(prefix="gigstack-bench-") as folder:
        setting = Setting(
            folder=Path(folder),
            runs=given.runs or (1 if quick else 3),
            invoices=given.invoices or (3_000 if quick else 50_000),
            many=given.many or (20_000 if quick else 1_000_000),
            dlt=None if given.no_dlt else given.dlt or find_dlt(Path(folder)),
            latencies=tuple(given.latency or (0, 50)),
            is_quick=quick,
        )
        rows = [row for name in given.only or CASES for row in CASES[name](setting)]
    print(f"\n{json.dumps(facts)}\nServer and client share these cores.\n")
    show(rows)
    with given.results.open("a") as file:
        file.write(json.dumps({"machine": facts, "runs": setting.runs, "figures": rows}) + "\n")


if __name__ == "__main__":
    sys.exit(main())

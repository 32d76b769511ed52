"""The benchmark's command still runs; its figures are nobody's business here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parent / "bench" / "run.py"
SIZES = ("--quick", "--no-dlt", "--latency", "0", "--invoices", "250", "--many", "600")


@pytest.mark.parametrize("case", ["initial", "million", "start-up"])
def test_a_case_runs_with_tiny_sizes(tmp_path, case):
    results = tmp_path / "results.jsonl"
    command = [sys.executable, RUN, *SIZES, "--only", case, "--results", results]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    figures = json.loads(results.read_text())["figures"]
    assert all(figure["subject"] in done.stdout for figure in figures)

"""Every anomaly of the table in README.md has a test by its number, and the table no other."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
ANOMALIES = {f"{number:02}" for number in range(1, 51)}


def test_each_of_the_fifty_anomalies_has_a_test_of_its_number():
    texts = [path.read_text(encoding="utf-8") for path in HERE.rglob("test_*.py")]
    named = set(re.findall(r"^def test_fault_(\d\d)_", "\n".join(texts), re.MULTILINE))
    assert named == ANOMALIES


def test_the_table_has_a_line_for_each():
    table = (HERE / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d\d) ", table, re.MULTILINE) == sorted(ANOMALIES)

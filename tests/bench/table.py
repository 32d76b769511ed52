"""Figures as one table on stdout, a block for each case."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any


def show(rows: Sequence[dict[str, Any]]) -> None:
    """Print the rows, blank where a row has no such figure."""
    for case, group in groupby(rows, key=lambda row: row["case"]):
        block = [{k: _text(v) for k, v in row.items() if k != "case"} for row in group]
        names = list(dict.fromkeys(name for row in block for name in row))
        widths = [max(len(name), *(len(row.get(name, "")) for row in block)) for name in names]
        print(f"## {case}")
        _line(names, names, widths)
        for row in block:
            _line([row.get(name, "") for name in names], names, widths)
        print()


def _line(cells: Sequence[str], names: Sequence[str], widths: Sequence[int]) -> None:
    aligned = (
        cell.ljust(width) if name == "subject" else cell.rjust(width)
        for cell, name, width in zip(cells, names, widths, strict=True)
    )
    print("  ".join(aligned).rstrip())


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
    if isinstance(value, list | tuple):
        return "-".join(map(_text, value))
    return f"{value:,}" if isinstance(value, int) else str(value)

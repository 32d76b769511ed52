"""Tables: drawn by Rich on a terminal, plain columns of full width in a pipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gigstack_sync.cli.session import Session
from gigstack_sync.cli.text import clean


def show_table(
    session: Session,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    right: frozenset[int] = frozenset(),
) -> None:
    """Print rows under their columns; `right` holds the numbers of those set to the right."""
    if session.draws:
        _draw(session, columns, _cells(rows), right)
    else:
        print(*plain(columns, rows, right), sep="\n")


def show_facts(facts: Mapping[str, Any]) -> None:
    """Print names and values, one pair a line."""
    print(*plain((), list(facts.items())), sep="\n")


def plain(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], right: frozenset[int] = frozenset()
) -> list[str]:
    """Lines of aligned text, two spaces between columns."""
    table = [*([[clean(column) for column in columns]] if columns else []), *_cells(rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [_line(row, widths, right) for row in table]


def _line(row: Sequence[str], widths: list[int], right: frozenset[int]) -> str:
    cells = [
        text.rjust(width) if n in right else text.ljust(width)
        for n, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _draw(
    session: Session, columns: Sequence[str], rows: list[list[str]], right: frozenset[int]
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for n, column in enumerate(columns):
        table.add_column(
            Text(clean(column)), justify="right" if n in right else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    no_color = None if session.color is None else not session.color
    Console(no_color=no_color).print(table)


def _cells(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(value)

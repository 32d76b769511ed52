"""Tables: drawn to a terminal's width, or as records; plain columns of full width in a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.cli.language import marked, tr
from gigstack_sync.cli.session import Session
from gigstack_sync.cli.text import clean, columns_of

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

LAYOUTS: Final = ((2, 12), (1, 12), (1, 8))
"""Blanks between columns, and letters a shortened one keeps at least; the first that fits."""
_NONE: Final[frozenset[int]] = frozenset()


def show_table(
    session: Session,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    right: frozenset[int] = _NONE,
    cut: frozenset[int] = _NONE,
    spare: Sequence[int] = (),
) -> None:
    """Print rows under their columns; `right` numbers those set right, `cut` those to shorten.

    Only text gives way on a terminal: it is shortened where `cut`, else wrapped at spaces. Where
    that is not enough, `spare` columns are left out, the first one first, and it is said.
    """
    if session.draws:
        from rich.console import Console

        no_color = None if session.color is None else not session.color
        console = Console(no_color=no_color)
        if spare and (left_out := _left_out(console.width, columns, rows, (right, cut, spare))):
            kept = [n for n in range(len(columns)) if n not in left_out]
            names = ", ".join(columns[n] for n in sorted(left_out))
            text = marked("Too narrow for {columns}; a wider terminal or --json shows them.")
            session.say(tr(text, columns=names))
            columns, rows = _only(kept, columns), [_only(kept, row) for row in rows]
            right = frozenset(kept.index(n) for n in right if n in kept)
            cut = frozenset(kept.index(n) for n in cut if n in kept)
        for part in _drawn(console, columns, rows, right, cut):  # each is seen at once
            console.print(part)
    else:
        print(*plain(columns, rows, right), sep="\n")


def _only(kept: list[int], row: Sequence[Any]) -> list[Any]:
    return [row[n] for n in kept]


def _left_out(
    width: int,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    style: tuple[frozenset[int], frozenset[int], Sequence[int]],
) -> set[int]:
    """The fewest of the spare columns without which one table fits; none where it never does."""
    right, cut, spare = style
    heads, cells = [clean(column) for column in columns], _cells(rows)
    texts = {n for n in range(len(heads)) if n not in right and _is_text(rows, cells, n)}
    table = [*zip(heads, *cells, strict=True)]
    for count in range(len(spare) + 1):
        gone = {*spare[:count]}
        kept = [n for n in range(len(heads)) if n not in gone]
        text = {place for place, n in enumerate(kept) if n in texts}
        short = frozenset(place for place, n in enumerate(kept) if n in cut)
        if _layout([table[n] for n in kept], text, short, width) is not None:
            return gone
    return set()


def show_facts(facts: Mapping[str, Any]) -> None:
    """Print names and values, one pair a line."""
    print(*plain((), list(facts.items())), sep="\n")


def plain(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], right: frozenset[int] = _NONE
) -> list[str]:
    """Lines of aligned text, two spaces between columns."""
    table = [*([[clean(column) for column in columns]] if columns else []), *_cells(rows)]
    widths = [max(map(columns_of, column)) for column in zip(*table, strict=True)]
    return [_line(row, widths, right) for row in table]


def fitted(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], right: frozenset[int] = _NONE
) -> list[str]:
    """Lines of text no wider than the terminal, drawn without any style."""
    from io import StringIO

    from rich.console import Console

    out = StringIO()
    console = Console(file=out, force_terminal=False, color_system=None)
    console.print(*_drawn(console, columns, rows, right, _NONE), sep="\n")
    return [line.rstrip() for line in out.getvalue().splitlines()]


def _line(row: Sequence[str], widths: list[int], right: frozenset[int]) -> str:
    cells = []
    for n, (text, room) in enumerate(zip(row, widths, strict=True)):
        blank = " " * (room - columns_of(text))
        cells.append(blank + text if n in right else text + blank)
    return "  ".join(cells).rstrip()


def _drawn(
    console: Console,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    right: frozenset[int],
    cut: frozenset[int],
) -> Iterator[RenderableType]:
    """One table if it fits without breaking a word, else the records one below the other."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    heads, cells = [clean(column) for column in columns], _cells(rows)
    text = {n for n in range(len(heads)) if n not in right and _is_text(rows, cells, n)}
    layout = _layout([*zip(heads, *cells, strict=True)], text, cut, console.width)
    if layout is None:
        yield from _records(heads, cells, console.width)
        return
    gap, widths = layout
    padding = (0, gap - 1, 0, 0)  # the box itself has one blank between columns
    table = Table(
        box=box.SIMPLE_HEAD, header_style="bold", show_edge=False, pad_edge=False, padding=padding
    )
    for n, head in enumerate(heads):
        table.add_column(
            Text(head),
            justify="right" if n in right else "left",
            width=widths[n],
            no_wrap=n in cut or n not in text,
            overflow="ellipsis" if n in cut else "fold",
        )
    for row in cells:
        table.add_row(*map(Text, row))
    yield table


def _is_text(rows: Sequence[Sequence[Any]], cells: list[list[str]], n: int) -> bool:
    """Whether a column holds words: numbers, dates and codes are told by having no spaces."""
    return any(
        isinstance(row[n], (str, list, dict)) and " " in cell[n] and any(map(str.isalpha, cell[n]))
        for row, cell in zip(rows, cells, strict=True)
    )


def _layout(
    table: list[tuple[str, ...]], text: set[int], cut: frozenset[int], width: int
) -> tuple[int, list[int]] | None:
    """Blanks between the columns, and their widths; None if nothing fits."""
    for gap, shortest in LAYOUTS:
        least = _least(table, text, cut, shortest)
        room = width - gap * (len(table) - 1)
        if sum(least) <= room:
            return gap, _widths(table, least, room)
    return None


def _least(
    table: list[tuple[str, ...]], text: set[int], cut: frozenset[int], shortest: int
) -> list[int]:
    """Widths below which something other than a shortened text would be broken."""
    from rich.cells import cell_len

    least = []
    for n, column in enumerate(table):
        natural = max(map(cell_len, column))
        if n in cut:
            needed = max(shortest, cell_len(column[0]))
        else:
            needed = max((cell_len(word) for cell in column for word in cell.split()), default=0)
        least.append(min(natural, needed) if n in text else natural)
    return least


def _widths(table: list[tuple[str, ...]], least: list[int], room: int) -> list[int]:
    """Widths that fill the room at most: the widest that can gives way first."""
    from rich.cells import cell_len

    widths = [min(max(map(cell_len, column)), room) for column in table]
    while sum(widths) > room:
        _, widest = max((w, n) for n, w in enumerate(widths) if w > least[n])
        widths[widest] -= 1
    return widths


def _records(heads: list[str], rows: list[list[str]], width: int) -> Iterator[RenderableType]:
    """A line per name and value, a rule between records; without any, the names alone."""
    from rich.rule import Rule
    from rich.table import Table
    from rich.text import Text

    if not rows:
        yield Text(", ".join(heads))
    for number, row in enumerate(rows):
        if number:
            yield Rule(style="")
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(style="bold", no_wrap=True, overflow="ellipsis", max_width=width // 2)
        grid.add_column(overflow="fold")
        for head, cell in zip(heads, row, strict=True):
            grid.add_row(Text(head), Text(cell))
        yield grid


def _cells(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(value)

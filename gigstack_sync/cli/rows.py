"""Rows on their way out: JSON, JSON lines and CSV, written as they come and exact to the digit."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from gigstack_sync.cli.text import Out
    from gigstack_sync.store.reading import Answer, Column

_NUMBER: Final = re.compile(r"DECIMAL\(.*\)|DOUBLE|FLOAT|INTEGER|U?[A-Z]*INT|UINTEGER")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_json(answer: Answer, out: Out) -> int:
    """One array, an object a line; the number of rows is returned."""
    count = 0
    for line in _objects(answer):
        out.write(f",\n  {line}" if count else f"[\n  {line}")
        count += 1
    out.write("\n]\n" if count else "[]\n")
    return count


def write_jsonl(answer: Answer, out: Out) -> int:
    """One object a line; the number of rows is returned."""
    count = 0
    for line in _objects(answer):
        out.write(f"{line}\n")
        count += 1
    return count


def write_csv(answer: Answer, out: Out, *, raw: bool = False) -> int:
    """RFC 4180 with a header. Unless `raw`, text that a spreadsheet would run gets a `'`."""
    guard: Callable[[Any], Any] = _exact if raw else _harmless
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([guard(column.name) for column in answer.columns])
    count = 0
    for batch in answer.batches:
        writer.writerows([guard(_plain(value)) for value in row] for row in batch)
        count += len(batch)
    return count


def _objects(answer: Answer) -> Iterator[str]:
    import msgspec

    names = _distinct([column.name for column in answer.columns])
    encoder = msgspec.json.Encoder(decimal_format="number", uuid_format="canonical")
    nested = [n for n, column in enumerate(answer.columns) if column.type == "JSON"]
    for batch in answer.batches:
        for row in batch:
            values = _with_nested(row, nested) if nested else row
            yield encoder.encode(dict(zip(names, values, strict=True))).decode()


def _with_nested(row: Sequence[Any], nested: Iterable[int]) -> list[Any]:
    """JSON columns as they are, on one line; their numbers keep every digit."""
    import msgspec

    values = list(row)
    for n in nested:
        if isinstance(values[n], str):
            values[n] = msgspec.Raw(msgspec.json.format(values[n], indent=-1).encode())
    return values


def _distinct(names: list[str]) -> list[str]:
    """Names as keys of one object: a repeated one gets `_2`, `_3`."""
    result: list[str] = []
    for name in names:
        candidate, number = name, 1
        while candidate in result:
            number += 1
            candidate = f"{name}_{number}"
        result.append(candidate)
    return result


def numeric(columns: Sequence[Column]) -> frozenset[int]:
    """The numbers of the columns that hold numbers."""
    return frozenset(n for n, column in enumerate(columns) if _NUMBER.fullmatch(column.type))


def without_idle_zeros(rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Decimals to their column's last digit that counts, two at least: nothing is rounded."""
    columns = [_at_scale(column) for column in zip(*rows, strict=True)]
    return list(zip(*columns, strict=True))


def _at_scale(column: Sequence[Any]) -> Sequence[Any]:
    written = [f"{value:f}" for value in column if isinstance(value, Decimal)]
    scales = [len(text.rstrip("0").partition(".")[2]) for text in written if "." in text]
    if not scales:
        return column
    scale = max(2, *scales)
    return [_to_scale(value, scale) if isinstance(value, Decimal) else value for value in column]


def _to_scale(value: Decimal, scale: int) -> str:
    whole, point, digits = f"{value:f}".partition(".")
    return f"{whole}{point}{digits[:scale]}"


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, (list, dict)):
        import msgspec

        return msgspec.json.encode(value).decode()
    return value


def _exact(value: Any) -> Any:
    return value


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

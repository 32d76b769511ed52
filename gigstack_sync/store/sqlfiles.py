"""The SQL that ships with the package: where it is, and what each file says."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


class Header(NamedTuple):
    """The leading comment of a file: its first line, and the `name: text` lines."""

    comment: str
    columns: dict[str, str]


def sql_root() -> Traversable:
    """The sql/ folder: inside the package in a wheel, beside it in a checkout."""
    packaged = files("gigstack_sync") / "sql"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "sql"


def read(folder: str) -> dict[str, str]:
    """Stem → text of every .sql file of one folder, by name; empty without the folder."""
    place = sql_root() / folder
    if not place.is_dir():
        return {}
    found = sorted((file for file in place.iterdir()), key=lambda file: file.name)
    return {
        file.name.removesuffix(".sql"): file.read_text(encoding="utf-8")
        for file in found
        if file.name.endswith(".sql")
    }


def header(text: str) -> Header:
    """Parse the leading comment of a file. A deeper-indented line continues the one above."""
    comment, columns, last = "", dict[str, str](), ""
    for line in _leading_comment(text):
        name, colon, rest = line.strip().partition(": ")
        if not comment:
            comment = line.strip()
        elif line.startswith("    ") and last:
            columns[last] += " " + line.strip()
        elif colon and line.startswith("  ") and name.isidentifier():
            last, columns[name] = name, rest
    return Header(comment, columns)


def _leading_comment(text: str) -> list[str]:
    lines = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").removeprefix(" "))
    return lines

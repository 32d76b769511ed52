"""Names and texts as SQL writes them; DuckDB knows no escape but the doubled quote."""

from __future__ import annotations


def identifier(name: str) -> str:
    """A name of a view, a column or a database."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text; NUL, which SQL cannot write, is left out."""
    return "'" + text.replace("'", "''").replace("\0", "") + "'"

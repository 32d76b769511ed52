"""A named question → rows. The views do the sums; here parameters are bound and answers fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    import duckdb

Row = dict[str, Any]
"""Column name → value: Decimal for money, date for days, None where unknown."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Values of view `cut`; None leaves the view's own default. Days are local, both ends count."""

    as_of: date | None = None
    from_on: date | None = None
    to_on: date | None = None
    team: str | None = None
    terms_days: int | None = None
    client_terms: str | None = None
    """JSON text: days of credit per client."""
    aging_edges: Sequence[int] | None = None
    grace_hours: int | None = None
    tolerance: Decimal | None = None


_VARIABLES = {"terms_days": "terms_default_days"}


def apply(con: duckdb.DuckDBPyConnection, cut: Cut) -> None:
    """Set the session variables that view `cut` reads; those left out are cleared."""
    for field in Cut.__slots__:
        value = getattr(cut, field)
        bound = list(value) if field == "aging_edges" and value is not None else value
        con.execute(f"set variable {_VARIABLES.get(field, field)} = ?", [bound])


def ask(con: duckdb.DuckDBPyConnection, question: str, params: Sequence[Any] = ()) -> list[Row]:
    """Rows of a statement, or of a view given by its name alone; `params` fill its `?`."""
    is_name = question.replace("_", "").isalnum()
    cursor = con.execute(f'select * from "{question}"' if is_name else question, list(params))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def ask_one(con: duckdb.DuckDBPyConnection, question: str, params: Sequence[Any] = ()) -> Row:
    """The only row of an answer."""
    (row,) = ask(con, question, params)
    return row

"""A named question → rows. The views do the sums; here parameters are bound and answers fetched."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from decimal import Decimal

    import duckdb

There = TypeVar("There")
Here = TypeVar("Here")
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


def ask_by_currency(con: duckdb.DuckDBPyConnection, question: str) -> dict[str, Row]:
    """Currency → its row, of an answer that has one each."""
    return {row["currency"]: row for row in ask(con, question)}


class Both(Protocol):
    """A way to have two answers at the same cut."""

    def __call__(
        self,
        con: duckdb.DuckDBPyConnection,
        there: Callable[[duckdb.DuckDBPyConnection], There],
        here: Callable[[duckdb.DuckDBPyConnection], Here],
    ) -> tuple[There, Here]:
        """What `there` and `here` answer."""


def in_turn(
    con: duckdb.DuckDBPyConnection,
    there: Callable[[duckdb.DuckDBPyConnection], There],
    here: Callable[[duckdb.DuckDBPyConnection], Here],
) -> tuple[There, Here]:
    """One after the other, on this connection: for what others cannot see yet."""
    return there(con), here(con)


def beside(
    con: duckdb.DuckDBPyConnection,
    there: Callable[[duckdb.DuckDBPyConnection], There],
    here: Callable[[duckdb.DuckDBPyConnection], Here],
) -> tuple[There, Here]:
    """At once: a small machine too has two cores.

    `there` has a connection of its own, without the temporary tables of this one.
    """
    with con.cursor() as other, ThreadPoolExecutor(1) as pool:
        _carry_over(con, other)
        answer = pool.submit(there, other)
        try:
            own = here(con)
            return answer.result(), own
        except BaseException:
            while not answer.done():  # one that has not begun yet hears no interruption
                other.interrupt()
                wait([answer], timeout=0.05)
            raise


def _carry_over(con: duckdb.DuckDBPyConnection, other: duckdb.DuckDBPyConnection) -> None:
    names = [_VARIABLES.get(field, field) for field in Cut.__slots__]
    asked = ", ".join(f"getvariable('{name}')" for name in names)
    values = con.execute(f"select {asked}").fetchone()
    for name, value in zip(names, values or (), strict=True):
        other.execute(f"set variable {name} = ?", [value])

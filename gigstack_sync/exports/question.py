"""From what was asked for to one select: rows filtered and ordered, columns chosen and headed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gigstack_sync.errors import UsageError
from gigstack_sync.exports.entities import ACCOUNTANT, ENTITIES, FULL, OFFICIAL, Entity
from gigstack_sync.exports.headings import spanish
from gigstack_sync.store.quoting import identifier, literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import duckdb

_FILTERED: Final = {
    "status": ("status", "state"),
    "client": ("client_id", "client_rfc", "client_tax_id", "client_key"),
    "series": ("series",),
    "currency": ("currency",),
    "email": ("client_email", "email"),
    "rfc": ("client_rfc", "client_tax_id", "tax_id", "issuer_rfc", "receiver_rfc"),
    "type": ("invoice_type",),
    "team": ("team_id",),
}
"""Option → the columns it is compared with, any of which may match."""

SORTED_UNASKED: Final = 100_000
"""Rows up to which they are put in order without being asked to."""

_DAYS: Final = (
    "issued_on",
    "paid_on",
    "occurred_on",
    "dated_on",
    "created_on",
    "created_at",
    "day",
    "observed_at",
    "month",
)
_FIRST: Final = ("invoice_id", "id", "uuid_fiscal", "uuid")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for; None leaves a filter out."""

    name: str
    columns: str = FULL
    filters: tuple[tuple[str, str], ...] = ()
    from_on: date | None = None
    to_on: date | None = None
    order_by: str | None = None
    descending: bool | None = None
    """None: newest first, unless there are so many rows that sorting them costs too much."""
    in_spanish: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A column on its way out; `kind` is DuckDB's type."""

    name: str
    heading: str
    kind: str


@dataclass(frozen=True, slots=True)
class Question:
    """A select whose columns are `fields`, in that order."""

    sql: str
    fields: tuple[Field, ...]
    has_totals: bool = False


def compose(con: duckdb.DuckDBPyConnection, wanted: Wanted) -> Question:
    """The select that answers; UsageError for a view, column or filter that is not there."""
    entity = ENTITIES.get(wanted.name) or Entity(wanted.name)
    if wanted.columns == ACCOUNTANT and entity.accountant:
        is_owed = entity.view == "invoice_balances"
        entity = Entity(entity.accountant, follows_cut=True, has_totals=is_owed)
    view = entity.view
    known = _columns(con, view)
    chosen = _chosen(entity, wanted.columns, known)
    conditions = _conditions(entity, wanted, known)
    if not entity.follows_cut:
        conditions += _period(wanted, known)
    where = f"\nwhere {' and '.join(conditions)}" if conditions else ""
    body = f"from {identifier(view)}{where}"
    order = _order(wanted, known) if _is_sorted(con, wanted, body) else ""
    if entity.order and wanted.order_by is None and wanted.descending is None:
        order = f"\norder by {entity.order}"
    named = ", ".join(identifier(name) for name in chosen)
    fields = tuple(
        Field(name, spanish(name) if wanted.in_spanish else name, known[name]) for name in chosen
    )
    has_totals = entity.has_totals and dict(wanted.filters).get("type") != "all"
    return Question(f"select {named}\n{body}{order}", fields, has_totals)


def _is_sorted(con: duckdb.DuckDBPyConnection, wanted: Wanted, body: str) -> bool:
    if wanted.order_by or wanted.descending is not None or wanted.columns == ACCOUNTANT:
        return True
    row = con.execute(f"select count(*) {body}").fetchone()
    return row is not None and row[0] <= SORTED_UNASKED


def _columns(con: duckdb.DuckDBPyConnection, view: str) -> dict[str, str]:
    rows = con.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = 'main' "
        "and database_name = current_database() and not internal and table_name = ? "
        "order by column_index",
        [view],
    ).fetchall()
    if not rows:
        names = ", ".join(ENTITIES)
        raise UsageError(
            f"There is nothing called {view!r} to export.",
            hint=f"There are {names}; and the views: gigstack views",
        )
    return dict(rows)


def _chosen(entity: Entity, columns: str, known: dict[str, str]) -> Sequence[str]:
    if columns == OFFICIAL:
        return entity.official or tuple(known)
    if columns in (FULL, ACCOUNTANT):
        return tuple(known)
    chosen = [name.strip() for name in columns.split(",") if name.strip()]
    if missing := [name for name in chosen if name not in known]:
        raise UsageError(
            f"There is no column {missing[0]!r}.",
            hint=f"Columns: {', '.join(known)}",
        )
    return chosen or tuple(known)


def _conditions(entity: Entity, wanted: Wanted, known: dict[str, str]) -> list[str]:
    asked = dict(wanted.filters)
    conditions = []
    if entity.condition and "type" not in asked:
        conditions.append(entity.condition)
    elif "deleted_at" in known:
        conditions.append("deleted_at is null")
    for option, value in asked.items():
        if option == "type" and value.lower() == "all":
            continue
        columns = [name for name in _FILTERED[option] if name in known]
        if not columns:
            can = [f"--{o}" for o, cs in _FILTERED.items() if any(c in known for c in cs)]
            raise UsageError(
                f"{wanted.name} cannot be filtered by --{option}.",
                hint=f"These can be used: {', '.join(can)}" if can else "",
            )
        same = [f"lower({identifier(name)}) = {literal(value.lower())}" for name in columns]
        conditions.append(f"({' or '.join(same)})")
    return conditions


def unmatched(con: duckdb.DuckDBPyConnection, wanted: Wanted) -> list[tuple[str, str, list[str]]]:
    """Option, value, and some values there are: of each filter that no row of any day meets."""
    entity = ENTITIES.get(wanted.name) or Entity(wanted.name)
    known = _columns(con, entity.view)
    found = []
    for option, value in wanted.filters:
        columns = [identifier(name) for name in _FILTERED[option] if name in known]
        if option == "team" or value.lower() == "all" or not columns:
            continue
        listed = "[" + ", ".join(f"cast({name} as varchar)" for name in columns) + "]"
        rows = con.execute(
            f"select distinct value from (select unnest({listed}) as value "
            f"from {identifier(entity.view)}) where value is not null order by value"
        ).fetchall()
        values = [row[0] for row in rows]
        if value.lower() not in {each.lower() for each in values}:
            found.append((option, value, values))
    return found


def _period(wanted: Wanted, known: dict[str, str]) -> list[str]:
    if wanted.from_on is None and wanted.to_on is None:
        return []
    day = next((name for name in _DAYS if name in known), None)
    if day is None:
        raise UsageError(f"{wanted.name} has no date that --from and --to could mean.")
    ends = []
    if wanted.from_on:
        ends.append(f"cast({identifier(day)} as date) >= date '{wanted.from_on}'")
    if wanted.to_on:
        ends.append(f"cast({identifier(day)} as date) <= date '{wanted.to_on}'")
    return ends


def _order(wanted: Wanted, known: dict[str, str]) -> str:
    direction = "asc" if wanted.descending is False else "desc"
    if wanted.order_by:
        name = {"timestamp": "created_at", "name": "client_name"}.get(
            wanted.order_by, wanted.order_by
        )
        if name not in known:
            raise UsageError(
                f"There is no column {wanted.order_by!r} to order by.",
                hint=f"Columns: {', '.join(known)}",
            )
        keys = [name]
    else:
        keys = [str(name) for name in _DAYS if name in known][:1]
    keys += [name for name in _FIRST if name in known and name not in keys]
    ordered = ", ".join(f"{identifier(key)} {direction} nulls last" for key in keys)
    return f"\norder by {ordered}" if keys else ""

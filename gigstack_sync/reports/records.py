"""Records as the API sent them, picked by typed columns: lists, single ones and searches.

Which rows a page has is settled on narrow columns alone; payloads are read of those rows only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import duckdb

BATCH: Final = 1_000
_SAME_STATUS: Final = (
    frozenset({"canceled", "cancelled"}),
    frozenset({"valid", "stamped"}),
    frozenset({"succeeded", "succeeded_"}),
)
"""Spellings of one state: whoever asks for one means all of them."""


@dataclass(frozen=True, slots=True)
class Records:
    """One collection: its table in schema `mirror`, and what its lists can be asked for."""

    stream: str
    filters: Mapping[str, str] = field(default_factory=dict)
    """Filter of the live list → condition; its value is bound under its name."""
    searched: str = ""
    """SQL of the texts that a search looks through; empty where there is no search."""
    name: str = ""
    """SQL of what `order_by=name` sorts by; empty where the API's order is not known."""
    more: tuple[str, ...] = ()
    """Further streams of the same shape that are looked through too."""
    is_of_account: bool = False
    """Listed once for the account, under its own team, whatever team is asked for."""


class Place(NamedTuple):
    """Where a row stands in an order, and in its table."""

    stream: str
    row: int
    at: Any
    id: str


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows of whom, in which order; `filters` must be known to the records."""

    records: Records
    team_id: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    words: Sequence[str] = ()
    by_name: bool = False
    is_ascending: bool = False


def count(con: duckdb.DuckDBPyConnection, question: Question) -> int:
    """How many rows there are in all."""
    sql, values = _from(question)
    row = con.execute(f"select count(*) from ({sql})", values).fetchone()
    return int(row[0]) if row else 0


def places(
    con: duckdb.DuckDBPyConnection,
    question: Question,
    *,
    limit: int | None = None,
    offset: int = 0,
    after: tuple[Any, str] | None = None,
) -> Iterator[list[Place]]:
    """Places in order, in batches; `after` is the `at` and id of the last row before them."""
    sql, values = _from(question)
    way = "asc" if question.is_ascending else "desc"
    if after is not None:
        condition, bound = _behind(after, is_ascending=question.is_ascending)
        sql, values = f"select * from ({sql}) where {condition}", values | bound
    bounds = "" if limit is None else f"limit {limit:d} offset {offset:d}"
    sql = f"select * from ({sql}) order by rank {way} nulls last, id {way} {bounds}"
    with con.cursor() as cursor:
        cursor.execute(sql, values)
        while batch := cursor.fetchmany(BATCH):
            yield [Place(*row) for row in batch]


def payloads(con: duckdb.DuckDBPyConnection, batch: Sequence[Place]) -> list[str]:
    """The bodies of these rows, in their order."""
    found: dict[tuple[str, int], str] = {}
    for stream in dict.fromkeys(place.stream for place in batch):
        rows = [place.row for place in batch if place.stream == stream]
        answer = con.execute(
            f"select rowid, payload from mirror.{stream} "
            "where rowid in (select unnest($rows::bigint[]))",
            {"rows": rows},
        )
        found |= {(stream, row): payload for row, payload in answer.fetchall()}
    return [found[place.stream, place.row] for place in batch]


def states(con: duckdb.DuckDBPyConnection, question: Question) -> list[str]:
    """The words that `status` can be asked for, in the order of the alphabet."""
    word = "status_raw" if "status_raw" in question.records.filters["status"] else "status"
    answer = con.execute(
        f"select distinct lower(trim({word})) from mirror.{question.records.stream} "
        f"where team_id = $team and deleted_at is null and {word} is not null order by 1",
        {"team": question.team_id},
    )
    return [state for (state,) in answer.fetchall()]


class Found(NamedTuple):
    """One record; `deleted_at` is UTC, None while the API has it."""

    stream: str
    id: str
    payload: str
    deleted_at: Any
    is_partial: bool


def find(con: duckdb.DuckDBPyConnection, stream: str, team_id: str, name: str) -> Found | None:
    """A record by its id, or by its folio fiscal where it has one; one not deleted goes first."""
    conditions = ["id = $name"]
    if stream.startswith("invoices_"):
        conditions.append("uuid_fiscal = fiscal_uuid($name)")  # apart: `or` reads all rows
    for condition in conditions:
        row = con.execute(
            f"select '{stream}', id, payload, deleted_at, is_partial from mirror.{stream} "
            f"where team_id = $team and {condition} order by deleted_at nulls first limit 1",
            {"name": name, "team": team_id},
        ).fetchone()
        if row:
            return Found(*row)
    return None


def spellings(status: str) -> list[str]:
    """Every word that means this state."""
    word = status.strip().lower()
    return sorted(next((same for same in _SAME_STATUS if word in same), {word}))


def _from(question: Question) -> tuple[str, dict[str, Any]]:
    """The rows meant, as places, and the values bound in it."""
    records = question.records
    conditions = ["team_id = $team", "deleted_at is null"]
    conditions += [records.filters[name] for name in question.filters]
    values: dict[str, Any] = {"team": question.team_id, **question.filters}
    if isinstance(status := values.get("status"), str):
        values["status"] = spellings(status)
    for number, word in enumerate(question.words):
        conditions.append(f"contains({_plain(records.searched)}, {_plain(f'$word_{number}')})")
        values[f"word_{number}"] = word
    at = records.name if question.by_name else "position"
    picked = [
        f"select '{stream}' as stream, rowid as place, {at} as rank, id from mirror.{stream} "
        f"where {' and '.join(conditions)}"
        for stream in (records.stream, *records.more)
    ]
    return " union all ".join(picked), values


def _plain(text: str) -> str:
    """Without accents and capitals, as people type."""
    return f"strip_accents(lower({text}))"


def _behind(after: tuple[Any, str], *, is_ascending: bool) -> tuple[str, dict[str, Any]]:
    at, row_id = after
    than = ">" if is_ascending else "<"
    if at is None:
        return f"rank is null and id {than} $last_id", {"last_id": row_id}
    condition = f"(rank {than} $last or (rank = $last and id {than} $last_id) or rank is null)"
    return condition, {"last": at, "last_id": row_id}


_CREATED: Final = {
    "created_gte": "position >= $created_gte",
    "created_lte": "position <= $created_lte",
}
_STATUS: Final = {"status": "list_contains($status, lower(trim(status_raw)))"}
_CLIENT: Final = {"client_id": "client_id = $client_id"}
_PAID: Final = """list_has_any(
    invoice_ids,
    list_append(
        (select coalesce(flatten(list([id, uuid_fiscal])), []) from mirror.invoices_income
            where id = $invoice_id or uuid_fiscal = fiscal_uuid($invoice_id)),
        coalesce(fiscal_uuid($invoice_id), $invoice_id)
    )
)"""
_PARTY: Final = "id, client_name, client_legal_name, client_tax_id, client_email"
_NUMBER: Final = "uuid, uuid_fiscal, series, folio_number, concat(series, '-', folio_number)"
_NUMBER_TOO: Final = "concat(series, folio_number)"
_WORDED: Final = f"concat_ws(' ', {_PARTY}, {_NUMBER}, {_NUMBER_TOO})"
_ITEMS: Final = "array_to_string(list_transform(items, lambda item: item.description), ' ')"
_STAMPED: Final = {**_CREATED, **_STATUS, **_CLIENT}

RECORDS: Final[Mapping[str, Records]] = {
    "clients": Records(
        "clients",
        _CREATED,
        "concat_ws(' ', id, name, legal_name, company, tax_id, email, phone)",
        name="lower(coalesce(name, ''))",
    ),
    "services": Records("services", _CREATED, name="lower(coalesce(description, ''))"),
    "invoices": Records(
        "invoices_income", searched=_WORDED, more=("invoices_egress", "invoices_payment")
    ),
    "invoices.income": Records("invoices_income", {**_STAMPED, "series": "series = $series"}),
    "invoices.egress": Records("invoices_egress", _STAMPED),
    "invoices.payment": Records("invoices_payment", {**_STAMPED, "invoice_id": _PAID}),
    "invoices.transfer": Records("invoices_transfer", _STAMPED),
    "invoices.draft": Records(
        "invoices_draft", {**_CREATED, **_CLIENT, "invoice_type": "invoice_type = $invoice_type"}
    ),
    "invoices.sat": Records(
        "invoices_sat",
        {
            **_STATUS,
            "direction": "direction = $direction",
            "invoice_type": "invoice_type = $invoice_type",
            "issuer_rfc": "issuer_tax_id = $issuer_rfc",
            "receiver_rfc": "receiver_tax_id = $receiver_rfc",
            "from_": "issued_on >= $from_::date",
            "to": "issued_on <= $to::date",
        },
    ),
    "payments": Records(
        "payments",
        {
            **_STAMPED,
            "currency": "currency = $currency",
            "email": "lower(client_email) = lower($email)",
            "tax_id": "client_tax_id = $tax_id",
        },
        f"concat_ws(' ', {_PARTY}, {_ITEMS})",
    ),
    "receipts": Records(
        "receipts", _STAMPED, f"concat_ws(' ', {_PARTY}, series, folio_number, {_ITEMS})"
    ),
    "webhooks": Records("webhooks", {"status": "list_contains($status, status)"}),
    "teams": Records("teams", is_of_account=True),
}
"""Collection of the client, such as `invoices.income` → what the mirror has of it."""

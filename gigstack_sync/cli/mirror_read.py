"""`list`, `get` and `search` answered from the mirror, as the API would have answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain
from shlex import quote
from typing import Any, Final

from gigstack_sync.api.filters import MAX_LIMIT
from gigstack_sync.cli.mirror_cursor import binding_of, is_ours, read_cursor, write_cursor
from gigstack_sync.cli.mirror_open import Held, NotHere, opened, tell_age, tell_live
from gigstack_sync.cli.operations_op import Op
from gigstack_sync.cli.operations_parameters import Arguments
from gigstack_sync.cli.operations_read import limit_of, print_rows
from gigstack_sync.cli.operations_show import document, show_record
from gigstack_sync.cli.session import Session
from gigstack_sync.cli.text import clean
from gigstack_sync.errors import NotFound, UsageError
from gigstack_sync.reports.records import (
    Found,
    Question,
    Records,
    count,
    find,
    payloads,
    places,
)

_SHAPE: Final = frozenset({"limit", "page", "order_by", "sort"})


def answered(session: Session, op: Op, given: Arguments) -> bool:
    """Print the mirror's answer; False, and why on stderr, where the API has to be asked."""
    records = op.records
    if records is None:
        return False
    if given.options["live"]:
        _refuse_ours(given)
        return False
    try:
        with opened(session, records) as held:
            answer(session, op, records, held, given)
    except NotHere as reason:
        _refuse_ours(given)
        tell_live(session, reason)
        return False
    return True


def answer(session: Session, op: Op, records: Records, held: Held, given: Arguments) -> None:
    """Print what the mirror has; NotHere for what only the API can tell."""
    if op.verb == "get":
        _show_one(session, held, records.stream, given.place[0])
    elif op.verb == "search":
        _show_search(session, op, held, _question(records, held, given), given)
    else:
        _show_list(session, op, held, _question(records, held, given), given)


def one(held: Held, stream: str, name: str) -> Found:
    """A record by id or folio fiscal; NotHere if unknown or incomplete, NotFound if deleted."""
    found = find(held.con, stream, held.team_id, name)
    if found is None:
        raise NotHere(f"The mirror does not know {clean(name)}")
    if found.deleted_at is not None:
        raise NotFound(
            f"{found.id} was deleted: the API no longer had it on {found.deleted_at:%Y-%m-%d}.",
            hint=f"See what it was: gigstack history {quote(found.id)}. --live asks the API.",
            status=404,
        )
    if found.is_partial:
        raise NotHere(f"The mirror has {clean(name)} only as lists show it")
    return found


def body_of(text: str) -> Any:
    """A stored payload, its numbers exact."""
    from gigstack_sync.api.decode import decode

    return decode(text.encode())


def _show_one(session: Session, held: Held, stream: str, name: str) -> None:
    record = body_of(one(held, stream, name).payload)
    tell_age(session, held)
    if session.json:
        print(document(record))
    else:
        show_record(session, record)


def _question(records: Records, held: Held, given: Arguments) -> Question:
    """What is asked for, in the mirror's terms; NotHere for what it does not have."""
    named = {name: value for name, value in given.named.items() if value is not None}
    shape = _SHAPE | {given.cursor}
    filters = {name: _bound(value) for name, value in named.items() if name not in shape}
    if unknown := sorted(filters.keys() - records.filters.keys()):
        raise NotHere(f"The mirror cannot filter by {', '.join(unknown)}")
    by_name = named.get("order_by") == "name"
    if by_name and not records.name:
        raise NotHere("The mirror does not know this order by name")
    return Question(
        records, held.team_id, filters, by_name=by_name, is_ascending=named.get("sort") == "asc"
    )


def _bound(value: Any) -> Any:
    """A filter's value as columns are compared with it: moments in epoch seconds."""
    return int(value.timestamp()) if isinstance(value, datetime) else value


def _show_search(
    session: Session, op: Op, held: Held, question: Question, given: Arguments
) -> None:
    """A numbered page, as the live search has them."""
    words = tuple(given.place[0].split())
    if not words:
        raise UsageError("A search needs a word to look for.")
    limit, page = given.named["limit"], given.named["page"]
    if not 1 <= limit <= MAX_LIMIT or page < 1:
        raise UsageError(f"A search has pages from 1 on, of 1 to {MAX_LIMIT} rows.")
    question = replace(question, words=words)
    total, offset = count(held.con, question), (page - 1) * limit
    rows = list(_rows(held, question, limit=limit, offset=offset))
    more = offset + len(rows) < total
    tell_age(session, held)
    cursor = str(page + 1) if more else None
    whole = {"data": rows, "has_more": more, "next": cursor, "total": total}
    print_rows(session, op, rows, whole)


def _show_list(session: Session, op: Op, held: Held, question: Question, given: Arguments) -> None:
    """Rows from the cursor on; a row a line as they are read with --jsonl."""
    limit = limit_of(given)
    binding = _binding(question)
    cursor = given.named.get(given.cursor)
    after = read_cursor(binding, cursor) if cursor else None
    tell_age(session, held)
    if given.options["jsonl"]:
        for row in _rows(held, question, limit=limit, after=after):
            print(document(row, indent=-1))
        return
    batches = places(held.con, question, limit=limit and limit + 1, after=after)
    found = list(chain.from_iterable(batches))
    shown = found[:limit]
    more = len(found) > len(shown)
    following = write_cursor(binding, shown[-1].at, shown[-1].id) if more else None
    rows = [body_of(text) for text in payloads(held.con, shown)]
    total = count(held.con, question)
    whole = {"data": rows, "has_more": more, "next": following, "total": total}
    print_rows(session, op, rows, whole)


def _rows(
    held: Held,
    question: Question,
    *,
    limit: int | None,
    offset: int = 0,
    after: tuple[Any, str] | None = None,
) -> Iterator[Any]:
    for batch in places(held.con, question, limit=limit, offset=offset, after=after):
        yield from map(body_of, payloads(held.con, batch))


def _binding(question: Question) -> str:
    """What a cursor belongs to."""
    records = question.records
    order = f"{question.by_name} {question.is_ascending}"
    return binding_of(records.stream, question.team_id, question.filters, order)


def _refuse_ours(given: Arguments) -> None:
    """The API would make nothing of a cursor of the mirror."""
    cursor = given.named.get(given.cursor) if given.cursor else None
    if isinstance(cursor, str) and is_ours(cursor):
        raise UsageError(
            f"--next {cursor} comes from the mirror, and the API is asked.",
            hint="Go on without --live, or begin again without --next.",
        )

"""Lists and records as the API has them now, and how either's rows are printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from shlex import quote
from typing import TYPE_CHECKING, Any, Final

import typer

from gigstack_sync.cli.language import tr
from gigstack_sync.cli.operations_op import Op
from gigstack_sync.cli.operations_parameters import Arguments
from gigstack_sync.cli.operations_show import document, show_record, show_rows
from gigstack_sync.cli.session import Session
from gigstack_sync.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from gigstack_sync.api.paging import Page

_PAGE: Final = 100


def show(session: Session, method: Callable[..., Any], op: Op, given: Arguments) -> None:
    """Ask and print: rows for a list or a search, else one record."""
    if given.cursor:
        _show_list(session, method, op, given)
        return
    from gigstack_sync.api.paging import Page

    found = method(*given.place, **given.named)
    if isinstance(found, Page):
        print_rows(session, op, list(found), _envelope(found))
    elif isinstance(found, tuple):
        whole = {"data": list(found), "has_more": False, "next": None, "total": len(found)}
        print_rows(session, op, list(found), whole)
    elif session.json:
        print(document(found))
    else:
        show_record(session, found)


def _show_list(session: Session, method: Callable[..., Any], op: Op, given: Arguments) -> None:
    pages, rows, last = _pages(method, given), 0, None
    if given.options["jsonl"]:
        for last in pages:
            rows += len(last)
            for row in last:
                print(document(row, indent=-1))
    else:
        whole = list(pages)
        last, data = whole[-1], [row for page in whole for row in page]
        rows = len(data)
        print_rows(session, op, data, {**_envelope(last), "data": data})
    limit = limit_of(given)
    if last and last.has_more and last.next is None and (limit is None or rows < limit):
        session.say(tr("The list is not whole: the API says there is more, and not how to go on."))
        raise typer.Exit(ExitCode.PARTIAL)


def print_rows(session: Session, op: Op, rows: list[Any], envelope: dict[str, Any]) -> None:
    """A table, or under --json the envelope that holds them."""
    if session.json:
        print(document(envelope))
        return
    show_rows(session, op.columns, rows)
    if envelope["next"]:
        cursor = quote(envelope["next"])
        session.say(tr("There are more: --next {cursor}, or --all", cursor=cursor))


def _envelope(page: Page[Any]) -> dict[str, Any]:
    """The official envelope; `total` is the server's, where it tells."""
    keys = ("has_more", "next", "total")
    return {"data": list(page), **{key: getattr(page, key) for key in keys}}


def _pages(method: Callable[..., Any], given: Arguments) -> Iterator[Page[Any]]:
    """Pages until the limit is reached; a list that never gives a cursor has one page."""
    from gigstack_sync.api.paging import Trail

    named = dict(given.named)
    named.pop("limit")
    left = limit_of(given)
    cursor = named.pop(given.cursor, None)
    trail = Trail(cursor)
    while True:
        size = _PAGE if left is None else min(left, _PAGE)
        page = method(*given.place, limit=size, **{given.cursor: cursor}, **named)
        yield page
        left = None if left is None else left - len(page)
        if left == 0 or page.next is None or (cursor := trail.follow(page)) is None:
            return


def limit_of(given: Arguments) -> int | None:
    """How many rows a list shall show, None for all; UsageError for what is no number of rows."""
    limit: int = given.named["limit"]
    if limit < 1:
        raise UsageError(f"--limit {limit} is no number of rows.", hint="Give 1 or more, or --all.")
    return None if given.options["all_rows"] else limit

"""`gigstack views`: what there is to ask about."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from gigstack_sync.cli.language import heads
from gigstack_sync.cli.published import open_published
from gigstack_sync.cli.session import Session, session_of
from gigstack_sync.cli.table import show_table
from gigstack_sync.cli.text import wrapped
from gigstack_sync.errors import UsageError

if TYPE_CHECKING:
    from gigstack_sync.store.views import ViewInfo


def views(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="VIEW", help="Show its columns.")] = None,
) -> None:
    """List the views with what each one holds, or the columns of one.

    $ gigstack views
    $ gigstack views invoices
    """
    from gigstack_sync.store.views import describe

    session = session_of(context)
    with open_published(session.settings) as reader:
        known = describe(reader.connection)
    if name is None:
        _list(session, known)
    else:
        _columns(session, _named(name, known))


def _list(session: Session, known: list[ViewInfo]) -> None:
    if session.json:
        session.emit([{"name": v.name, "comment": v.comment} for v in known])
    else:
        show_table(
            session, heads("view", "holds"), [(v.name, _first_line(v.comment)) for v in known]
        )


def _columns(session: Session, view: ViewInfo) -> None:
    if session.json:
        columns = [{"name": n, "type": t, "comment": c} for n, t, c in view.columns]
        session.emit({"name": view.name, "comment": view.comment, "columns": columns})
    else:
        session.say(wrapped(view.comment or "", sys.stderr))
        show_table(session, heads("column", "type", "means"), list(view.columns))


def _named(name: str, known: list[ViewInfo]) -> ViewInfo:
    for view in known:
        if view.name == name.lower():
            return view
    close = get_close_matches(name, [view.name for view in known], n=1)
    hint = f"Did you mean: gigstack views {close[0]}" if close else "See them all: gigstack views"
    raise UsageError(f"There is no view {name!r}.", hint=hint)


def _first_line(comment: str | None) -> str:
    return (comment or "").partition("\n")[0]

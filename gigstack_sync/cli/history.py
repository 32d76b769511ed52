"""`gigstack history` and `gigstack changes`: what the mirror saw change, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gigstack_sync.cli.language import marked, told, tr
from gigstack_sync.cli.period import exact_json, first_day, local_today, report_session
from gigstack_sync.cli.session import session_of
from gigstack_sync.cli.text import clean
from gigstack_sync.errors import UsageError
from gigstack_sync.store.tables import LOAD_FILE

if TYPE_CHECKING:
    from gigstack_sync.reports.history import Change

_LONGEST: Final = 60


def history(
    context: typer.Context,
    record: Annotated[str, typer.Argument(metavar="ID", help="Id of a record, or folio fiscal.")],
) -> None:
    """Show every change seen of one record, and what differed each time.

    A change is dated when it was observed: it happened between that look and the one before.

    $ gigstack history payment_9f8e7d
    $ gigstack history 97423076-5CF4-4091-98E3-CDCC8F65B851 --json
    """
    from gigstack_sync.reports.history import history as ask_history

    with report_session(context) as report:
        changes = ask_history(report.con, record)
    if not changes:
        raise UsageError(
            f"The mirror never saw a record called {record}.",
            hint='Look for it: gigstack sql "select id, uuid_fiscal from invoices limit 5"',
        )
    _show(context, changes)


def changes(
    context: typer.Context,
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="From that day on: 2026-01-31, 7d.")
    ] = "7d",
    stream: Annotated[
        str | None, typer.Option("--stream", help="Only this list, such as payments.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Changes at most.")] = 200,
) -> None:
    """List what was seen to change since a day, newest first; new records are left out.

    $ gigstack changes
    $ gigstack changes --since 2026-11-01 --stream invoices_income
    """
    from gigstack_sync.reports.history import changes_since

    if stream is not None and stream not in LOAD_FILE:
        raise UsageError(
            f"No list is called {stream!r}.", hint=f"There are: {', '.join(LOAD_FILE)}"
        )
    day = first_day(since, local_today(session_of(context).settings))
    with report_session(context) as report:
        found = changes_since(report.con, day, stream=stream, limit=limit + 1)
    _show(context, found[:limit])
    if not found:
        session_of(context).chat(tr("Nothing was seen to change since {day}.", day=day))
    if len(found) > limit:
        text = marked("These are the newest {count}. For more: --limit N")
        session_of(context).say(tr(text, count=limit))


def _show(context: typer.Context, found: list[Change]) -> None:
    if session_of(context).json:
        print(exact_json([_as_json(change) for change in found]))
    else:
        for change in found:
            print(*_lines(change), sep="\n")


def _as_json(change: Change) -> dict[str, Any]:
    from gigstack_sync.reports.history import ABSENT

    differences = [
        {"field": d.path}
        | ({} if d.before is ABSENT else {"before": d.before})
        | ({} if d.after is ABSENT else {"after": d.after})
        for d in change.differences
    ]
    return {
        "team_id": change.team_id,
        "stream": change.stream,
        "id": change.id,
        "change": change.kind,
        "observed_at": change.observed_at,
        "run_id": change.run_id,
        "differences": differences,
    }


def _lines(change: Change) -> Iterator[str]:
    seen = change.observed_at.isoformat(sep=" ", timespec="seconds")
    yield f"{seen} UTC  {told(change.kind):<12}{clean(change.stream)} {clean(change.id)}"
    for each in change.differences:
        yield f"  {clean(each.path)}: {_short(each.before)} -> {_short(each.after)}"


def _short(value: Any) -> str:
    from gigstack_sync.reports.history import ABSENT

    if value is ABSENT:
        return tr("(absent)")
    text = clean(
        json.dumps(value, ensure_ascii=False, default=str) if value is not None else "null"
    )
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"

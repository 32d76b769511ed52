"""`gigstack sync status`: what the mirror knows, and how fresh that is."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from gigstack_sync.cli.language import heads, told, tr
from gigstack_sync.cli.table import show_table

if TYPE_CHECKING:
    from gigstack_sync.cli.session import Session
    from gigstack_sync.sync.status import StreamStatus


def show(session: Session) -> None:
    """Print one line a stream and one for the last run; or one JSON document."""
    from gigstack_sync.store.places import Places
    from gigstack_sync.sync.peek import peek
    from gigstack_sync.sync.session import read_state
    from gigstack_sync.sync.status import stream_statuses

    places = Places(session.settings.db.value)
    with peek(places) as con:
        statuses = stream_statuses(con)
    state = read_state(places)
    if session.json:
        session.emit(
            {
                "published": str(places.published),
                "last_run": state or None,
                "streams": [status.as_json() for status in statuses],
            }
        )
        return
    rows = [_row(status, len({s.team_id for s in statuses}) > 1) for status in statuses]
    known = heads("stream", "rows", "deleted", "oldest look", "newest look")
    columns = (*known, *heads("open"), tr("due"), *heads("note"))
    show_table(session, columns, rows, frozenset({1, 2, 5, 6}))
    print(tr("open: stretches never looked at; due: looked at longer ago than promised."))
    print(_last_run(state, session.settings.timezone.value))
    print(tr("Published file: {path}", path=places.published))


def _row(status: StreamStatus, names_team: bool) -> tuple[Any, ...]:
    name = f"{status.team_id} {status.stream}" if names_team else status.stream
    return (
        name,
        f"{status.rows:,}",
        f"{status.deleted:,}",
        ago(status.oldest_look),
        ago(status.newest_look),
        status.open_windows,
        status.due_windows,
        _note(status),
    )


def _note(status: StreamStatus) -> str:
    notes = []
    if status.unavailable:
        notes.append(tr("not offered by the API"))
    if status.partial_rows:
        notes.append(tr("{count} rows incomplete", count=f"{status.partial_rows:,}"))
    if status.quarantined:
        notes.append(tr("{count} rows kept aside", count=f"{status.quarantined:,}"))
    return ", ".join(notes)


def ago(moment: int | None) -> str:
    """`3 h ago`, in the largest unit that says something."""
    if moment is None:
        return tr("never")
    seconds = max(0, int(time.time()) - moment)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return tr("{age} ago", age=f"{seconds // size} {unit}")
    return tr("{age} ago", age=f"{seconds} s")


def _last_run(state: dict[str, Any], zone: str) -> str:
    if not state:
        return tr("Last run: none recorded.")
    ended = datetime.fromisoformat(state["finished_at"]).astimezone(ZoneInfo(zone))
    return tr(
        "Last run: {outcome} at {moment}, {requests} requests, {changed} rows changed.",
        outcome=told(str(state.get("outcome"))),
        moment=f"{ended:%Y-%m-%d %H:%M}",
        requests=state.get("requests"),
        changed=state.get("changed"),
    )

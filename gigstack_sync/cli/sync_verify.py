"""`gigstack sync verify`: the server's lists against the mirror."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from gigstack_sync.cli.language import heads, told, tr
from gigstack_sync.cli.sync_run import patient_client
from gigstack_sync.cli.table import show_table
from gigstack_sync.errors import ExitCode

if TYPE_CHECKING:
    from gigstack_sync.cli.session import Session
    from gigstack_sync.sync.verify import Verdict

SHOWN = 20
"""Differences listed per stream on a screen; JSON has them all."""


def check(session: Session, names: list[str] | None) -> None:
    """Compare and print; exit 8 on a difference, 3 when a list could not be read whole."""
    from gigstack_sync.store.places import Places
    from gigstack_sync.sync.account import identify
    from gigstack_sync.sync.peek import peek
    from gigstack_sync.sync.session import ClientSource
    from gigstack_sync.sync.streams import chosen
    from gigstack_sync.sync.verify import verify

    settings = session.settings
    with peek(Places(settings.db.value), waits=True) as con, patient_client(settings) as client:
        own = identify(client).team_id
        verdicts = verify(
            con,
            ClientSource(client),
            settings.team.value or own,
            chosen(names),
            own_team=own,
            size=settings.connections.value,
        )
    _show(session, verdicts)
    if any(v.differences for v in verdicts):
        raise typer.Exit(ExitCode.DIFFERENCES)
    if any(v.errors for v in verdicts):
        raise typer.Exit(ExitCode.PARTIAL)


def _show(session: Session, verdicts: list[Verdict]) -> None:
    if session.json:
        session.emit({"streams": [v.as_json() for v in verdicts]})
        return
    rows = [
        (v.stream, f"{v.rows:,}", len(v.differences), "; ".join(map(told, v.errors)))
        for v in verdicts
    ]
    show_table(session, heads("stream", "rows", "differences", "errors"), rows, frozenset({1, 2}))
    for verdict in verdicts:
        for difference in verdict.differences[:SHOWN]:
            session.say(f"{verdict.stream} {difference.id}: {told(difference.kind)}")
    if any(v.differences for v in verdicts):
        session.say(tr("Bring the mirror up to date with: gigstack sync --full"))

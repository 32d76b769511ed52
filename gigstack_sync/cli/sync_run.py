"""One sync at the command line: client, progress, signals and log around it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from gigstack_sync.api.client import Client
from gigstack_sync.cli.progress import Bars, StopSignal
from gigstack_sync.store.places import Places
from gigstack_sync.sync.engine import Options
from gigstack_sync.sync.journal import journal
from gigstack_sync.sync.session import ALL_TEAMS, SyncSession

if TYPE_CHECKING:
    from gigstack_sync.cli.session import Session
    from gigstack_sync.config import Settings
    from gigstack_sync.sync.report import RunReport


def run(session: Session, options: Options, *, all_teams: bool = False) -> tuple[RunReport, int]:
    """Sync with this command line's settings; also the signal that ended it early, or 0."""
    settings = session.settings
    places = Places(settings.db.value)
    places.prepare()
    log_file = settings.log_file.value or places.log
    with journal(log_file, is_verbose=session.verbose), patient_client(settings) as client:
        team = ALL_TEAMS if all_teams else settings.team.value
        return watched(session, places, client, options, team=team)


def watched(
    session: Session,
    places: Places,
    client: Client,
    options: Options,
    *,
    team: str | None = None,
) -> tuple[RunReport, int]:
    """Sync with progress on a terminal; the first signal ends it in good order."""
    settings, stop = session.settings, threading.Event()
    with Bars(session) as bars, StopSignal(stop, client.transport.stop) as signals:
        sync = SyncSession(
            places,
            client,
            zone=settings.timezone.value,
            memory=settings.memory.value,
            team=team,
            observer=bars,
            stop=stop,
        )
        report = sync.sync(options)
    return report, signals.number


def patient_client(settings: Settings) -> Client:
    """A client with a connection for each walker; the team goes with each request."""
    return Client(
        settings.require_key().reveal(),
        base_url=settings.base_url.value,
        connections=settings.connections.value,
    )

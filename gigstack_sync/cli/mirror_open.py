"""The published mirror opened for one collection, or the reason why the API has to be asked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gigstack_sync.cli.language import marked, told, tr
from gigstack_sync.cli.session import Session
from gigstack_sync.errors import AuthError, ConfigError, StorageError

if TYPE_CHECKING:
    import duckdb

    from gigstack_sync.reports.records import Records

_DAY: Final = 86_400


class NotHere(Exception):
    """The mirror cannot answer; the text says why, as the beginning of a sentence."""


@dataclass(frozen=True, slots=True)
class Held:
    """The open mirror and whose rows are meant; `looked_at` is epoch seconds."""

    con: duckdb.DuckDBPyConnection
    team_id: str
    looked_at: int


@contextmanager
def opened(session: Session, records: Records) -> Iterator[Held]:
    """The mirror, where it holds this collection; NotHere where it does not."""
    from gigstack_sync.cli.published import asking_ours, open_published

    settings = session.settings
    path = settings.db.value
    with ExitStack() as stack:
        try:
            if not path.is_file():
                raise NotHere("There is no mirror yet (gigstack sync makes one)")
            con = stack.enter_context(open_published(settings)).connection
            with asking_ours(path):
                held = _held(session, con, records)
        except StorageError as error:
            raise NotHere(told(error.message).rstrip(".")) from error
        stack.enter_context(asking_ours(path))
        yield held


def tell_age(session: Session, held: Held) -> None:
    """Say where the answer comes from and how old it is."""
    text = marked("From the mirror, synced {age}; --live asks the API.")
    session.say(tr(text, age=_ago(held.looked_at)))


def tell_live(session: Session, reason: NotHere) -> None:
    """Say that the API is asked, and why."""
    session.say(tr("{reason}: asking the API.", reason=told(str(reason))))


def _held(session: Session, con: duckdb.DuckDBPyConnection, records: Records) -> Held:
    own, team_id = _teams(session, con)
    if records.is_of_account:
        team_id = own
    return Held(con, team_id, _looked_at(con, team_id, records.stream))


def _teams(session: Session, con: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """The account's own team, and the one asked for; NotHere for a key of another account."""
    from gigstack_sync.api.key import ApiKey

    bound = con.execute("select team_id, is_live from sync.account").fetchone()
    if bound is None:
        raise NotHere("The mirror is empty")
    own, is_live = bound
    asked = session.settings.team.value
    try:
        key = ApiKey.parse(session.settings.require_key().reveal())
    except (AuthError, ConfigError):  # the file can be read without one
        return own, asked or own
    if key.is_test == is_live:
        modes = ("test", "live")
        raise NotHere(
            f"The mirror is of {modes[is_live]} data, the key is a {modes[not is_live]} key"
        )
    if key.team not in {None, own} and key.team not in _known(con):
        raise NotHere("The mirror is of another account")
    return own, asked or key.team or own


def _known(con: duckdb.DuckDBPyConnection) -> set[str]:
    rows = con.execute("select id from mirror.teams where deleted_at is null").fetchall()
    return {row[0] for row in rows}


def _looked_at(con: duckdb.DuckDBPyConnection, team_id: str, stream: str) -> int:
    """When the stream was last looked at; NotHere unless all of its history was."""
    from gigstack_sync.store.ledger import Ledger
    from gigstack_sync.sync.windows import Span, Window, gaps

    ledger = Ledger(con)
    windows = [Window(*row) for row in ledger.windows(team_id, stream)]
    name = stream.replace("_", " ")
    if not windows:
        if ledger.facts(team_id, stream).unavailable:
            raise NotHere(f"The last sync was not offered any {name}")
        raise NotHere(f"The mirror has never read the {name} of team {team_id}")
    frontier = max(window.end for window in windows)
    # a second or two are taken back where a row is in doubt; a day was never read
    if any(gap.end - gap.start > _DAY for gap in gaps(windows, Span(0, frontier))):
        raise NotHere(f"The mirror has not read all {name} yet")
    return max(window.walked_at for window in windows)


def _ago(moment: int) -> str:
    seconds = max(0, int(time.time()) - moment)
    for size, one, several in _AGES:
        if number := seconds // size:
            return tr(one) if number == 1 else tr(several, count=number)
    return tr("just now")


_AGES: Final = (
    (_DAY, marked("1 day ago"), marked("{count} days ago")),
    (3_600, marked("1 hour ago"), marked("{count} hours ago")),
    (60, marked("1 minute ago"), marked("{count} minutes ago")),
)

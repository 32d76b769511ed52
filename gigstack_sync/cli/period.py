"""The days a report is asked for, and the published file opened for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from gigstack_sync.cli.language import marked, tr
from gigstack_sync.cli.published import asking_ours, open_published
from gigstack_sync.cli.session import Session, session_of
from gigstack_sync.cli.text import inert
from gigstack_sync.config import Setting
from gigstack_sync.errors import UsageError
from gigstack_sync.reports import Cut, Row, apply, ask, ask_one

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from gigstack_sync.config import Settings
    from gigstack_sync.store.reading import Reader

FromDay = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help="First day: 2026-01-31, 2026-01, 30d or today."),
]
ToDay = Annotated[
    str | None,
    typer.Option("--to", metavar="DATE", help="Last day, included; a month means its last day."),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="As things stood at the end of that day."),
]

OLD_AFTER: Final = timedelta(hours=24)
_FORMS: Final = "Write it like 2026-01-31, 2026-01, 2026, 30d or today."


def first_day(text: str, today: date) -> date:
    """The day meant, or the first of the month or year meant; UsageError otherwise."""
    return _days(text, today)[0]


def last_day(text: str, today: date) -> date:
    """The day meant, or the last of the month or year meant; UsageError otherwise."""
    return _days(text, today)[1]


def _days(text: str, today: date) -> tuple[date, date]:
    plain = text.strip().lower()
    if plain == "today":
        return today, today
    try:
        if found := re.fullmatch(r"([0-9]{1,5})d", plain):
            day = today - timedelta(days=int(found[1]))
            return day, day
        if re.fullmatch(r"[0-9]{4}", plain):
            return date(int(plain), 1, 1), date(int(plain), 12, 31)
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}", plain):
            first = date.fromisoformat(f"{plain}-01")
            after = (first + timedelta(days=31)).replace(day=1)
            return first, after - timedelta(days=1)
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", plain):
            day = date.fromisoformat(plain)
            return day, day
    except (ValueError, OverflowError):
        pass
    raise UsageError(f"{text!r} is no date.", hint=_FORMS)


def local_today(settings: Settings) -> date:
    """Today on the team's wall clock."""
    return datetime.now(ZoneInfo(settings.timezone.value)).date()


def read_cut(
    settings: Settings, from_: str | None, to: str | None, as_of: str | None, mirrored: date | None
) -> Cut:
    """The options as days. `mirrored` is the day the mirror was last true; UsageError if absurd."""
    today = local_today(settings)
    if as_of and first_day(as_of, today) > today:
        raise UsageError(f"--as-of {as_of} is still to come.", hint="Try: --as-of today")
    cut = Cut(
        as_of=min(last_day(as_of, today), today) if as_of else mirrored or today,
        from_on=first_day(from_, today) if from_ else None,
        to_on=last_day(to, today) if to else None,
        team=settings.team.value,
    )
    end = cut.to_on or cut.as_of
    if cut.from_on and end and cut.from_on > end:
        if not (to or as_of):
            raise UsageError(
                f"The mirror knows nothing after {end}, and --from is {cut.from_on}.",
                hint="Name an earlier day, or freshen the mirror: gigstack sync",
            )
        raise UsageError(
            f"The period ends on {end}, before it begins on {cut.from_on}.",
            hint="For example: --from 2026-01 --to 2026-03",
        )
    return cut


@dataclass(frozen=True, slots=True)
class Report:
    """The published file with the cut applied, and what is known of its age."""

    session: Session
    reader: Reader
    cut: Cut
    looked_at: datetime | None
    """End of the newest complete sync, UTC."""

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The guarded connection, its cut set."""
        return self.reader.connection

    def ask(self, question: str, params: Sequence[Any] = ()) -> list[Row]:
        """Rows of a statement, or of a view given by its name."""
        return ask(self.con, question, params)

    def ask_one(self, question: str, params: Sequence[Any] = ()) -> Row:
        """The only row of an answer."""
        return ask_one(self.con, question, params)

    @property
    def age(self) -> timedelta | None:
        """How long ago the mirror was last known to be true."""
        return None if self.looked_at is None else datetime.now(UTC) - self.looked_at

    def emit(self, data: object) -> None:
        """Print one JSON document on stdout, its decimals as numbers with every digit."""
        print(exact_json(data))


def exact_json(data: object) -> str:
    """Indented JSON; decimals are numbers of two digits or more, days and moments ISO text."""
    import msgspec

    encoded = msgspec.json.encode(_shortened(data))
    return inert(msgspec.json.format(encoded, indent=2).decode())


def _shortened(value: Any) -> Any:
    """The same, each Decimal as the shortest number that is exact and shows the cents."""
    import msgspec

    if isinstance(value, Decimal):
        whole, _, digits = f"{value:f}".partition(".")
        return msgspec.Raw(f"{whole}.{digits.rstrip('0').ljust(2, '0')}".encode())
    if isinstance(value, Mapping):
        return {key: _shortened(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shortened(each) for each in value]
    return value


def _check_team(session: Session, con: duckdb.DuckDBPyConnection, team: str | None) -> None:
    """UsageError for a team this file knows nothing of: its figures would all be nothing."""
    known = {row[0] for row in con.execute("select distinct team_id from sync.windows").fetchall()}
    if team is None:
        if len(known) > 1:
            some = ", ".join(sorted(known)[:8])
            text = marked("{count} companies together: {teams}.\nOne alone: --team ID")
            session.chat(tr(text, count=len(known), teams=some))
        return
    if known and team not in known:
        raise UsageError(
            f"This file holds nothing of team {team}.", hint=f"It has: {', '.join(sorted(known))}"
        )


@contextmanager
def report_session(
    context: typer.Context,
    from_: str | None = None,
    to: str | None = None,
    as_of: str | None = None,
    may_write: Path | None = None,
    memory: str | None = None,
    **rules: Any,
) -> Iterator[Report]:
    """Open the published file with the cut applied; `rules` are further fields of `Cut`.

    `may_write` is the one path that a copy of rows may go to; `memory` what DuckDB may take
    where nobody set another limit.
    """
    session = session_of(context)
    settings = session.settings
    if memory and settings.memory.origin == "default":
        settings = replace(settings, memory=Setting(memory, "default"))
    path = settings.db.value
    with open_published(settings, may_write=may_write, may_spill=True) as reader, asking_ours(path):
        con = reader.connection
        looked_at = last_look(settings, con)
        day = looked_at and looked_at.astimezone(ZoneInfo(settings.timezone.value)).date()
        cut = replace(read_cut(settings, from_, to, as_of, day), **rules)
        _check_team(session, con, cut.team)
        apply(con, cut)
        report = Report(session, reader, cut, looked_at)
        _tell_age(report)
        yield report


def last_look(settings: Settings, con: duckdb.DuckDBPyConnection) -> datetime | None:
    """When the newest complete sync ended, UTC: as it left word, else as the file itself says."""
    from gigstack_sync.store.places import Places

    try:
        state = json.loads(Places(settings.db.value).state.read_bytes())
        return datetime.fromisoformat(state["last_ok_at"]).astimezone(UTC)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    sql = "select max(coalesce(finished_at, started_at)) as ended_at from sync_runs"
    ended: datetime | None = ask_one(con, sql)["ended_at"]
    return ended.replace(tzinfo=UTC) if ended else None


def _tell_age(report: Report) -> None:
    age = report.age
    if age is None:
        report.session.say(tr("This mirror was never synced. Fill it: gigstack sync"))
    elif age > OLD_AFTER:
        days, hours = age.days, int(age.total_seconds() // 3600)
        old = tr("{count} days", count=days) if days > 1 else tr("{count} hours", count=hours)
        report.session.say(tr("The mirror is {age} old. Freshen it: gigstack sync", age=old))

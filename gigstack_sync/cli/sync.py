"""`gigstack sync` and what belongs to it: status, verify, reset."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Annotated

import typer

from gigstack_sync.cli.declare import App, changes
from gigstack_sync.cli.language import heads, marked, told, tr
from gigstack_sync.cli.session import Session, session_of
from gigstack_sync.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from gigstack_sync.config import Settings
    from gigstack_sync.sync.engine import Options
    from gigstack_sync.sync.report import RunReport

app = App(help="Bring the mirror up to date with the API.")


def _stream_names(args: list[str]) -> list[str]:
    from gigstack_sync.sync.streams import STREAMS

    return [stream.name for stream in STREAMS]


Streams = Annotated[
    list[str] | None,
    typer.Option(
        "--stream",
        metavar="NAME",
        help="Only this stream; may be repeated.",
        autocompletion=_stream_names,
    ),
]


@app.callback(invoke_without_command=True)
@changes("mirror")
def sync(
    context: typer.Context,
    stream: Streams = None,
    full: Annotated[bool, typer.Option("--full", help="Look at every row again.")] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="All rows created since: 2026-01-31 or 30d."),
    ] = None,
    all_teams: Annotated[
        bool, typer.Option("--all-teams", help="Every team the key reaches (Connect).")
    ] = False,
    budget: Annotated[
        int | None, typer.Option("--budget", min=5, metavar="N", help="At most N requests.")
    ] = None,
    if_stale: Annotated[
        str | None,
        typer.Option("--if-stale", metavar="AGE", help="Only if the last good run is older: 1h."),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what a run would cost; fetch nothing.")
    ] = False,
    accept_deletes: Annotated[
        bool,
        typer.Option("--accept-deletes", help="Believe it when many rows are gone at once."),
    ] = False,
) -> None:
    """Bring the mirror up to date with the API, then publish it for readers.

    Says nothing when all is well and no terminal watches. Exit codes: 0 complete, 3 partial
    (data usable), 4 key refused, 5 API unreachable, 6 another sync runs, 7 disk or file.

    $ gigstack sync
    $ gigstack sync --if-stale 1h --budget 500
    """
    if context.invoked_subcommand:
        return
    session = session_of(context)
    _refuse_both_teams(session, all_teams)
    if if_stale and _is_fresh(session.settings, seconds_of(if_stale)):
        session.detail(tr("The mirror is fresh enough."))
        if session.json:
            session.emit({"outcome": "fresh", "exit_code": 0})
        return
    options = _options(session.settings, stream, full, since, budget, accept_deletes)
    if plan:
        _show_plan(session, options)
        return
    from gigstack_sync.cli.sync_run import run

    report, signal_number = run(session, options, all_teams=all_teams)
    _finish(session, report, signal_number)


def _refuse_both_teams(session: Session, all_teams: bool) -> None:
    if all_teams and session.team:
        raise UsageError("--team and --all-teams exclude each other.")


def _options(
    settings: Settings,
    stream: list[str] | None,
    full: bool,
    since: str | None,
    budget: int | None,
    accept_deletes: bool,
) -> Options:
    from gigstack_sync.sync.engine import Options
    from gigstack_sync.sync.streams import chosen

    if full and since:
        raise UsageError("--full and --since exclude each other.")
    return Options(
        streams=chosen(stream),
        is_full=full,
        since=_moment(since, settings) if since else None,
        budget=budget,
        accepts_deletes=accept_deletes,
        walkers=settings.connections.value,
    )


def _finish(session: Session, report: RunReport, signal_number: int) -> None:
    """Say what a person has to know, print the summary asked for, and set the exit code."""
    code = report.exit_code
    if signal_number:
        code = ExitCode(128 + signal_number)
    if session.json:
        session.emit(report.as_json() | {"exit_code": int(code)})
    _narrate(session, report)
    if code:
        raise typer.Exit(code)


def _narrate(session: Session, report: RunReport) -> None:
    for notice in report.notices:
        session.say(tr("Note: {note}", note=told(notice)))
    _tell_failures(session, report)
    for stream in report.streams:
        for warning in stream.warnings:
            session.detail(f"{stream.stream}: {told(warning)}")
        if stream.counts.quarantined:
            text = marked(
                "{stream}: {count} rows cannot be mirrored and are kept aside. "
                'See: gigstack sql "from sync_quarantine"'
            )
            session.say(tr(text, stream=stream.stream, count=stream.counts.quarantined))
    if report.error:
        error = tr("Error: {message}", message=told(report.error))
        session.say(f"{error}\n{told(report.hint)}".rstrip())
    elif put_off := sum(stream.put_off for stream in report.streams):
        session.say(tr("{count} looks were put off. Continue with: gigstack sync", count=put_off))
    session.chat(_summary(report))


def _tell_failures(session: Session, report: RunReport) -> None:
    """Each failure once: that a whole API is away need not be said of list after list."""
    failures: dict[str, list[str]] = {}
    for stream in report.streams:
        for error in stream.errors:
            alike = re.sub(r"^/\S+ failed \d+ times", "", error)
            failures.setdefault(alike, []).append(f"{stream.stream}: {told(error)}")
    for alike_ones in failures.values():
        few = session.verbose or len(alike_ones) < 3
        shown = alike_ones if few else alike_ones[:1]
        for line in shown:
            session.say(line)
        if rest := len(alike_ones) - len(shown):
            session.say(tr("The same {count} times more; --verbose lists them.", count=rest))


def _summary(report: RunReport) -> str:
    totals = report.totals
    counts = {name: f"{totals[name]:,}" for name in ("inserted", "updated", "deleted", "seen")}
    return tr(
        "{inserted} new, {updated} changed, {deleted} deleted of {seen} rows looked at "
        "in {requests} requests and {seconds} s.",
        **counts,
        requests=f"{report.requests:,}",
        seconds=f"{report.seconds:.1f}",
    )


def _show_plan(session: Session, options: Options) -> None:
    from gigstack_sync.cli.table import show_table
    from gigstack_sync.errors import StorageError
    from gigstack_sync.store.places import Places
    from gigstack_sync.sync.peek import peek
    from gigstack_sync.sync.planning import StreamPlan, plan, plan_of_nothing

    plans: list[StreamPlan]
    try:
        with peek(Places(session.settings.db.value)) as con:
            plans = plan(con, session.settings.team.value, options, int(time.time()))
    except StorageError:
        plans = plan_of_nothing(options)
    if session.json:
        session.emit({"streams": [p.as_json() for p in plans]})
        return
    rows = [
        (p.stream, "?" if p.requests is None else p.requests, p.rows, told(p.why)) for p in plans
    ]
    show_table(session, heads("stream", "requests", "rows", "why"), rows, frozenset({1, 2}))


def _is_fresh(settings: Settings, seconds: int) -> bool:
    from gigstack_sync.store.places import Places
    from gigstack_sync.sync.session import last_good

    ended = last_good(Places(settings.db.value))
    return ended is not None and 0 <= time.time() - ended < seconds


def seconds_of(text: str) -> int:
    """`90s`, `15m`, `1h` or `2d` in seconds; UsageError otherwise."""
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    number, unit = text[:-1], text[-1:]
    if unit not in units or not number.isascii() or not number.isdigit():
        raise UsageError(f"{text!r} is no age.", hint="Write it like 15m, 1h or 2d.")
    return int(number) * units[unit]


def _moment(text: str, settings: Settings) -> int:
    """The first second of a day, month or year in the team's zone."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from gigstack_sync.cli.period import first_day, local_today

    day = first_day(text, local_today(settings))
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(settings.timezone.value))
    return max(0, int(midnight.timestamp()))


@app.command("status")
def status(context: typer.Context) -> None:
    """Show per stream: rows, oldest look, what is open or due; and how the last run went.

    $ gigstack sync status
    $ gigstack sync status --json
    """
    from gigstack_sync.cli.sync_status import show

    show(session_of(context))


@app.command("verify")
def verify(context: typer.Context, stream: Streams = None) -> None:
    """List everything again and compare ids and bodies with the mirror; change nothing.

    Exit code 8 when anything differs.

    $ gigstack sync verify
    $ gigstack sync verify --stream payments --json
    """
    from gigstack_sync.cli.sync_verify import check

    check(session_of(context), stream)


@app.command("reset")
@changes("mirror")
def reset(
    context: typer.Context,
    stream: Annotated[
        list[str],
        typer.Option(
            "--stream",
            metavar="NAME",
            help="Stream to forget; repeatable.",
            autocompletion=_stream_names,
        ),
    ],
) -> None:
    """Forget when a stream was looked at, so the next run lists it whole. No row is lost.

    $ gigstack sync reset --stream payments
    $ gigstack sync reset --stream invoices --json
    """
    from gigstack_sync.store.places import Places
    from gigstack_sync.sync.session import forget
    from gigstack_sync.sync.streams import chosen

    session = session_of(context)
    names = [s.name for s in chosen(stream)]
    settings = session.settings
    forget(
        Places(settings.db.value), names, zone=settings.timezone.value, memory=settings.memory.value
    )
    text = marked("Forgot the looks at {streams}. The next run lists them whole.")
    session.chat(tr(text, streams=", ".join(names)))
    if session.json:
        session.emit({"reset": names})

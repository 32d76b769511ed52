"""`gigstack conciliation`: months that tie out, checks, SAT's records, and what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from gigstack_sync.cli import conciliation_text as text
from gigstack_sync.cli.declare import App
from gigstack_sync.cli.period import AsOf, FromDay, Report, ToDay, first_day, local_today
from gigstack_sync.cli.period import report_session as opened
from gigstack_sync.cli.session import session_of
from gigstack_sync.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from gigstack_sync.reports import Row

MEMORY: Final = "1GB"
"""Where nobody set another limit: with 256 MB a million invoices took three times as long."""

app = App(help="Tie out invoices, payments and SAT's records.")


class Severity(StrEnum):
    """From which severity on a difference earns exit code 8."""

    CRITICA = "critica"
    ALTA = "alta"
    MEDIA = "media"
    BAJA = "baja"


FailOn = Annotated[
    Severity | None,
    typer.Option("--fail-on", help="Exit with 8 on differences at least this bad."),
]
Detail = Annotated[
    str | None,
    typer.Option(
        "--detail", metavar="CODE", help="The rows behind a check (C05) or a figure (collected)."
    ),
]


@app.callback(invoke_without_command=True)
def conciliation(
    context: typer.Context,
    from_: FromDay = None,
    to: ToDay = None,
    as_of: AsOf = None,
    detail: Detail = None,
    matrix: Annotated[
        bool, typer.Option("--matrix", help="Only gigstack's states against SAT's.")
    ] = False,
    fail_on: FailOn = None,
) -> None:
    """Tie out each month, then list what does not fit: checks C01 to C25.

    Outstanding is what is still owed on the PPD invoices of that month: on account less settled.
    A check counts what is wrong; what is still in time is pending, and what the mirror cannot
    tell is undecided. Exit code 8 with --fail-on, when there is something that bad.

    $ gigstack conciliation
    $ gigstack conciliation --from 2026-10 --to 2026-10
    $ gigstack conciliation --detail C12
    $ gigstack conciliation --fail-on alta --quiet
    """
    if context.invoked_subcommand:
        if any((from_, to, as_of, detail, matrix, fail_on)):
            raise UsageError(
                "Options go after the subcommand.",
                hint=f"For example: gigstack conciliation {context.invoked_subcommand} --from 2026",
            )
        return
    with opened(context, from_, to, as_of, memory=MEMORY) as report:
        if matrix:
            _show_matrix(report)
        elif detail:
            _show_detail(report, detail)
        if not detail and not matrix:
            _show_all(report, fail_on)
        elif fail_on:
            _judge(_checks(report), fail_on)


@app.command()
def sat(
    context: typer.Context,
    from_: FromDay = None,
    to: ToDay = None,
    as_of: AsOf = None,
    fail_on: FailOn = None,
) -> None:
    """Compare gigstack's invoices with SAT's records, both ways.

    A CFDI is missing at SAT only 72 hours after its stamp, and only within the days that SAT's
    records in the mirror cover.

    $ gigstack conciliation sat
    $ gigstack conciliation sat --from 2026-01 --json
    """
    from gigstack_sync.reports.conciliation import AGAINST_SAT, coverage, matrix

    with opened(context, from_, to, as_of, memory=MEMORY) as report:
        covered, states = coverage(report.con), matrix(report.con)
        found = _checks(report, AGAINST_SAT)
        if report.session.json:
            report.emit({**_frame(report), "coverage": covered, "matrix": states, "checks": found})
        else:
            _print(text.coverage_lines(covered), text.matrix_lines(states), text.check_lines(found))
    if fail_on:
        _judge(found, fail_on)


@app.command()
def changes(
    context: typer.Context,
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="2026-01-31, 2026-01 or 30d.")
    ] = "30d",
    closed: Annotated[
        bool, typer.Option("--closed", help="Only in months whose returns were already due.")
    ] = False,
) -> None:
    """List what became otherwise since a day, and in which month.

    A month is closed when its returns were due (the 17th of the next month) before the sync saw
    the change. The effect is what the change added to the total in force of that month.

    $ gigstack conciliation changes --since 30d
    $ gigstack conciliation changes --since 2026-10-01 --closed --json
    """
    from gigstack_sync.reports import conciliation as questions

    settings = session_of(context).settings
    day = first_day(since, local_today(settings))
    moment = datetime.combine(day, time(), ZoneInfo(settings.timezone.value))
    with opened(context, memory=MEMORY) as report:
        rows = questions.changes(report.con, moment.astimezone(UTC).replace(tzinfo=None))
        rows = [row for row in rows if row["is_closed"] or not closed]
        if report.session.json:
            report.emit({"since": day, "changes": rows})
        else:
            _print(text.change_lines(report.session, day, rows))


def _show_all(report: Report, fail_on: Severity | None) -> None:
    from gigstack_sync.reports import beside
    from gigstack_sync.reports.conciliation import months

    tied, found = beside(report.con, months, lambda _: _checks(report))
    if report.session.json:
        report.emit({**_frame(report), "months": tied, "checks": found})
    elif not (fail_on and report.session.quiet):
        _print(text.month_lines(tied), text.check_lines(found))
    if fail_on:
        _judge(found, fail_on)


def _show_matrix(report: Report) -> None:
    from gigstack_sync.reports.conciliation import matrix

    rows = matrix(report.con)
    if report.session.json:
        report.emit({**_frame(report), "matrix": rows})
    else:
        _print(text.matrix_lines(rows))


def _show_detail(report: Report, wanted: str) -> None:
    from gigstack_sync.reports import conciliation as questions

    if wanted.lower() in questions.FIGURES:
        rows = questions.movements(report.con, wanted.lower())
        if report.session.json:
            report.emit({**_frame(report), "figure": wanted.lower(), "rows": rows})
        else:
            _print(text.movement_lines(report.session, rows))
        return
    code = questions.known_code(wanted)
    check, rows = _checks(report, [code]), questions.evidence(report.con, code)
    if report.session.json:
        states = {name: [r for r in rows if r["state"] == name] for name in text.STATES}
        report.emit({**_frame(report), "check": check, **states})
    else:
        _print(text.check_lines(check), text.evidence_lines(report.session, rows))


def _checks(report: Report, codes: Sequence[str] = ()) -> list[Row]:
    from gigstack_sync.reports.conciliation import checks

    return checks(report.con, codes)


def _judge(found: Iterable[Row], fail_on: Severity) -> None:
    from gigstack_sync.reports.conciliation import reached

    if reached(found, fail_on):
        raise typer.Exit(ExitCode.DIFFERENCES)


def _frame(report: Report) -> dict[str, Any]:
    cut = report.ask_one("cut")
    return {"as_of": cut["as_of"], "period": {"from": cut["from_on"], "to": cut["to_on"]}}


def _print(*blocks: list[str]) -> None:
    print("\n\n".join("\n".join(block) for block in blocks))

"""`gigstack check`: look for rows that break what every report relies on."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gigstack_sync.cli.language import heads, told, tr
from gigstack_sync.cli.period import AsOf, report_session
from gigstack_sync.cli.table import show_table
from gigstack_sync.cli.text import clean
from gigstack_sync.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from gigstack_sync.reports.check import Outcome


def check(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Only this check, with its rows.")
    ] = None,
    as_of: AsOf = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Rows of a check at most.")] = 20,
) -> None:
    """Check that details equal summaries, keys are unique and balances tie. Exit 8 if not.

    $ gigstack check
    $ gigstack check status_ties_to_balances
    """
    from gigstack_sync.reports.check import run

    chosen = _chosen(name)
    with report_session(context, as_of=as_of) as report:
        outcomes = [run(report.con, n, select, most=limit) for n, select in chosen.items()]
    if report.session.json:
        report.emit([_as_json(outcome) for outcome in outcomes])
    elif name:
        _show_rows(report.session, outcomes[0])
    else:
        rows = [(o.name, o.broken or "ok", clean(told(o.claim))) for o in outcomes]
        show_table(report.session, heads("check", "rows", "claim"), rows, frozenset({1}))
    if any(outcome.broken for outcome in outcomes):
        if not name:
            report.session.say(tr("See the rows of one: gigstack check NAME"))
        raise typer.Exit(ExitCode.DIFFERENCES)


def _chosen(name: str | None) -> dict[str, str]:
    from gigstack_sync.reports.check import checks

    known = checks()
    if name is None:
        return known
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"Did you mean: gigstack check {close[0]}" if close else "All: gigstack check"
        raise UsageError(f"There is no check {name!r}.", hint=hint)
    return {name: known[name]}


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "check": outcome.name,
        "claim": outcome.claim,
        "rows": outcome.broken,
        "examples": list(outcome.examples),
    }


def _show_rows(session: Any, outcome: Outcome) -> None:
    session.say(told(outcome.claim))
    if not outcome.examples:
        print("ok")
        return
    names = list(outcome.examples[0])
    show_table(session, names, [list(row.values()) for row in outcome.examples])
    if outcome.broken > len(outcome.examples):
        session.say(tr("{count} rows in all. For more: --limit N", count=f"{outcome.broken:,}"))

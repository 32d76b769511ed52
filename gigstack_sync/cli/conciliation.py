"""`gigstack conciliation`: months that tie out, checks, SAT's records, and what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from gigstack_sync.cli.declare import App
from gigstack_sync.cli.period import AsOf, FromDay, Report, ToDay, first_day, local_today
from gigstack_sync.cli.period import report_session as opened
from gigstack_sync.cli.session import session_of
from gigstack_sync.cli.table import plain
from gigstack_sync.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from gigstack_sync.reports import Row

app = App(help="Tie out invoices, payments and SAT's records.")

SHOWN: Final = 40
"""Rows of detail a terminal gets; a pipe and --json get all."""


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
    with opened(context, from_, to, as_of) as report:
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

    with opened(context, from_, to, as_of) as report:
        covered, states = coverage(report.con), matrix(report.con)
        found = _checks(report, AGAINST_SAT)
        if report.session.json:
            report.emit({**_frame(report), "coverage": covered, "matrix": states, "checks": found})
        else:
            _print(_coverage_lines(covered), _matrix_lines(states), _check_lines(found))
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
    with opened(context) as report:
        rows = questions.changes(report.con, moment.astimezone(UTC).replace(tzinfo=None))
        rows = [row for row in rows if row["is_closed"] or not closed]
        if report.session.json:
            report.emit({"since": day, "changes": rows})
        else:
            _print(_change_lines(report, day, rows))


def _show_all(report: Report, fail_on: Severity | None) -> None:
    from gigstack_sync.reports.conciliation import months

    found = _checks(report)
    if report.session.json:
        report.emit({**_frame(report), "months": months(report.con), "checks": found})
    elif not (fail_on and report.session.quiet):
        _print(_month_lines(months(report.con)), _check_lines(found))
    if fail_on:
        _judge(found, fail_on)


def _show_matrix(report: Report) -> None:
    from gigstack_sync.reports.conciliation import matrix

    rows = matrix(report.con)
    if report.session.json:
        report.emit({**_frame(report), "matrix": rows})
    else:
        _print(_matrix_lines(rows))


def _show_detail(report: Report, wanted: str) -> None:
    from gigstack_sync.reports import conciliation as questions

    if wanted.lower() in questions.FIGURES:
        rows = questions.movements(report.con, wanted.lower())
        if report.session.json:
            report.emit({**_frame(report), "figure": wanted.lower(), "rows": rows})
        else:
            _print(_movement_lines(report, rows))
        return
    code = questions.known_code(wanted)
    check, rows = _checks(report, [code]), questions.evidence(report.con, code)
    if report.session.json:
        states = {name: [r for r in rows if r["state"] == name] for name in _STATES}
        report.emit({**_frame(report), "check": check, **states})
    else:
        _print(_check_lines(check), _evidence_lines(report, rows))


_STATES: Final = ("found", "pending", "undecided")


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


def _month_lines(rows: list[Row]) -> list[str]:
    if not rows:
        return ["There is nothing in this period."]
    columns = ("month", "", "invoiced", "credited", "collected", "with REP", "owed")
    names = ("invoiced", "credited", "collected", "collected_with_rep", "outstanding")
    table = [
        (f"{r['month']:%Y-%m}", r["currency"], *(_money(r[name]) for name in names)) for r in rows
    ]
    sums = [
        (
            "all",
            currency,
            *(_money(sum(r[n] for r in rows if r["currency"] == currency)) for n in names),
        )
        for currency in dict.fromkeys(r["currency"] for r in rows)
    ]
    lines = plain(columns, [*table, *sums], frozenset(range(2, 7)))
    lines.insert(len(table) + 1, "")
    if unknown := sum(r["unknown"] for r in rows):
        lines += ["", f"Of {unknown:,} invoices the balance on that day cannot be known."]
    odd = [r for r in rows if r["difference"]]
    if odd:
        lines += [
            "",
            f"In {len(odd)} rows gigstack's balance is not what its documents say (--json).",
        ]
    return lines


def _check_lines(rows: list[Row]) -> list[str]:
    table = [
        (
            r["code"],
            r["severity"],
            r["title"],
            _count(r["findings"]) if r["outcome"] != "needs" else "",
            _money(r["amount"]) if r["currency"] not in (None, "XXX") else "",
            r["currency"] if r["currency"] != "XXX" else "",
        )
        for r in rows
        if r["findings"]
    ]
    lines = (
        plain(("", "", "differences", "", "amount", ""), table, frozenset((3, 4))) if table else []
    )
    told = {r["code"] for r in rows if r["findings"]}
    return [*lines, *_rest_lines([r for r in rows if r["code"] not in told], rows)]


def _rest_lines(silent: list[Row], rows: list[Row]) -> list[str]:
    lines = []
    if clear := [r["code"] for r in silent if r["outcome"] == "clear"]:
        lines.append(f"Nothing found: {', '.join(clear)}.")
    for label in ("pending", "undecided"):
        counts = {r["code"]: 0 for r in rows if r[label]}
        for row in rows:
            counts[row["code"]] = counts.get(row["code"], 0) + row[label]
        told = [f"{code} {count:,}" for code, count in sorted(counts.items()) if count]
        meaning = "Still in time" if label == "pending" else "Cannot be told"
        lines += [f"{meaning}: {', '.join(told)}."] if told else []
    for need in dict.fromkeys(r["needs"] for r in silent if r["outcome"] == "needs"):
        codes = [r["code"] for r in silent if r["outcome"] == "needs" and r["needs"] == need]
        lines.append(f"Not decided, needs {need}: {', '.join(codes)}.")
    return ["", *lines] if len(rows) > len(silent) else lines


def _matrix_lines(rows: list[Row]) -> list[str]:
    if not rows:
        return ["No CFDI issued in this period."]
    columns = ("in gigstack", "at SAT", "type", "CFDI", "total", "")
    table = [
        (
            r["gigstack_status"],
            r["sat_status"],
            r["invoice_type"],
            _count(r["cfdis"]),
            "" if r["currency"] == "XXX" else _money(r["amount"]),
            "" if r["currency"] == "XXX" else r["currency"],
        )
        for r in rows
    ]
    return plain(columns, table, frozenset((3, 4)))


def _coverage_lines(rows: list[Row]) -> list[str]:
    return [
        f"SAT, {r['direction']}: {r['sat_records']:,} CFDI of {r['sat_from']} to "
        f"{r['sat_to']}, seen {r['sat_seen_at']:%Y-%m-%d}."
        if r["sat_records"] and r["sat_seen_at"]
        else f"SAT, {r['direction']}: no records in this mirror."
        for r in rows
    ] or ["No records of SAT in this mirror."]


def _movement_lines(report: Report, rows: list[Row]) -> list[str]:
    table = [
        (r["dated_on"], r["record_type"], r["record_id"], r["currency"], _money(r["amount"]))
        for r in rows
    ]
    columns = ("day", "type", "record", "", "amount")
    return [*_short(report, columns, table, frozenset((4,))), *_sum_lines(rows)]


def _evidence_lines(report: Report, rows: list[Row]) -> list[str]:
    lines: list[str] = []
    for state in _STATES:
        some = [r for r in rows if r["state"] == state]
        if not some:
            continue
        table = [
            (r["dated_on"], _record(r), _money(r["amount"]), r["currency"], _who(r)) for r in some
        ]
        columns = ("day", f"{state}: record", "amount", "", "what")
        lines += [*_short(report, columns, table, frozenset((2,))), *_sum_lines(some), ""]
    return lines[:-1] or ["No rows."]


def _change_lines(report: Report, day: Any, rows: list[Row]) -> list[str]:
    if not rows:
        return [f"Nothing changed since {day}."]
    table = [
        (
            f"{r['month']:%Y-%m}" if r["month"] else "",
            "closed" if r["is_closed"] else "open",
            r["source"],
            r["record_type"],
            f"{r['status_before'] or '-'} > {r['status_after'] or 'gone'}"
            if r["change"] in ("status", "gone")
            else r["change"],
            _money(r["effect"]),
            r["currency"],
            r["record_id"],
        )
        for r in rows
    ]
    columns = ("month", "", "source", "type", "change", "effect", "", "record")
    return [*_short(report, columns, table, frozenset((5,))), "", *_effects(rows)]


def _effects(rows: list[Row]) -> list[str]:
    """Per month, source and currency what the changes of closed months come to."""
    sums: dict[tuple[Any, ...], Any] = {}
    for r in rows:
        if r["is_closed"] and r["effect"]:
            key = (f"{r['month']:%Y-%m}", r["source"], r["record_type"], r["currency"])
            sums[key] = sums.get(key, 0) + r["effect"]
    if not sums:
        return ["No closed month was affected."]
    table = [(*key, _money(amount)) for key, amount in sorted(sums.items())]
    return plain(("closed month", "source", "type", "", "effect"), table, frozenset((4,)))


def _short(
    report: Report, columns: Sequence[str], rows: list[Any], right: frozenset[int]
) -> list[str]:
    """The table; on a terminal its beginning and how many rows follow."""
    shown = rows[:SHOWN] if report.session.draws else rows
    lines = plain(columns, shown, right)
    if len(shown) < len(rows):
        lines.append(f"… and {len(rows) - len(shown):,} more; all of them: --json")
    return lines


def _sum_lines(rows: list[Row]) -> list[str]:
    lines = []
    for currency in dict.fromkeys(r["currency"] for r in rows):
        some = [r for r in rows if r["currency"] == currency]
        amount = sum(r["amount"] or 0 for r in some)
        told = "" if currency == "XXX" else f", {_money(amount)} {currency}"
        lines.append(f"= {len(some):,} rows{told}")
    return lines


def _record(row: Row) -> str:
    return row["payment_id"] or row["invoice_id"] or row["uuid_fiscal"] or row["related_id"] or ""


def _who(row: Row) -> str:
    return ", ".join(part for part in (row["note"], row["client_name"]) if part)


def _money(amount: Any) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _count(number: int) -> str:
    return f"{number:,}"

"""`gigstack export`: rows of the mirror as a file, or the accountant's monthly workbook."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final, NamedTuple

import typer

from gigstack_sync.cli.language import marked, tr
from gigstack_sync.cli.output import arriving_whole
from gigstack_sync.cli.period import AsOf, FromDay, Report, ToDay, report_session
from gigstack_sync.cli.published import bound_memory
from gigstack_sync.cli.session import session_of
from gigstack_sync.cli.text import Shown
from gigstack_sync.errors import UsageError
from gigstack_sync.exports.entities import ACCOUNTANT, ENTITIES, FULL, OFFICIAL
from gigstack_sync.exports.files import Format, write
from gigstack_sync.exports.question import Question, Wanted, compose, unmatched

PACKAGE: Final = "paquete"
_MEMORY: Final = "1GB"
"""Joining and sorting a year of documents takes more than a question does."""
_FEW: Final = 12
"""Values named to whoever asked for one that there is not."""
_SORTS: Final = ("asc", "desc")
_LANGUAGES: Final = ("es", "en")


def export(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="invoices, payments, receipts, clients, services, sat, items, taxes, "
            "complements, relations, drafts, balances, cobranza, estado, conciliation, "
            "any view, or paquete.",
            autocompletion=lambda args: [*ENTITIES, PACKAGE],
        ),
    ],
    from_: FromDay = None,
    to: ToDay = None,
    as_of: AsOf = None,
    month: Annotated[
        str | None, typer.Option("--month", metavar="YYYY-MM", help="That month alone.")
    ] = None,
    format_: Annotated[
        Format | None, typer.Option("--format", "-f", help="Default: the file's ending, else csv.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Write a file, atomically; else stdout."),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="LIST", help="official, full, contador, or names: a,b."),
    ] = None,
    layout: Annotated[
        str | None,
        typer.Option("--layout", metavar="NAME", help="contador: Spanish columns, for Excel."),
    ] = None,
    for_excel: Annotated[
        bool, typer.Option("--excel", help="CSV as Excel in Mexico opens it by double-click.")
    ] = False,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="es|en", help="Language of the headings.")
    ] = None,
    status: Annotated[str | None, typer.Option("--status", help="Only rows in this state.")] = None,
    client: Annotated[
        str | None, typer.Option("--client", metavar="ID|RFC", help="Only this client's.")
    ] = None,
    series: Annotated[str | None, typer.Option("--series", help="Only this series.")] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="ISO", help="Only this currency.")
    ] = None,
    email: Annotated[str | None, typer.Option("--email", help="Only this e-mail.")] = None,
    rfc: Annotated[str | None, typer.Option("--rfc", help="Only this RFC.")] = None,
    kind: Annotated[
        str | None, typer.Option("--type", metavar="I|E|P|T|all", help="Only this type of CFDI.")
    ] = None,
    sort: Annotated[
        str | None, typer.Option("--sort", metavar="asc|desc", help="Newest or oldest first.")
    ] = None,
    order_by: Annotated[
        str | None, typer.Option("--order-by", metavar="COLUMN", help="Order by this column.")
    ] = None,
) -> None:
    """Write rows to a file or to stdout. `paquete` is one workbook for the accountant.

    CSV of invoices, payments, receipts and clients has the official columns unless --columns
    says otherwise; the other formats have all of them. What a spreadsheet would run is disarmed.
    Rows come newest first; more than 100,000 come as they are stored unless --sort is given.

    $ gigstack export invoices --from 2026-10 --to 2026-10 --out october.csv
    $ gigstack export cobranza --layout contador --out cobranza.xlsx
    $ gigstack export payments --status succeeded --format jsonl
    $ gigstack export paquete --month 2026-10 --out october.xlsx
    """
    session = session_of(context)
    bound_memory(session.settings.memory.value)
    _one_of("--sort", sort, _SORTS)
    _one_of("--lang", lang, _LANGUAGES)
    _one_of("--layout", layout, (ACCOUNTANT,))
    if month and (from_ or to):
        raise UsageError("--month and --from or --to exclude each other.")
    if what == PACKAGE:
        _package(context, month, out)
        return
    chosen = _format(format_, out, json=session.json)
    filters = {
        "status": status,
        "client": client,
        "series": series,
        "currency": currency,
        "email": email,
        "rfc": rfc,
        "type": kind,
    }
    wanted = Wanted(
        what,
        columns or _columns(layout, chosen),
        tuple((option, value) for option, value in filters.items() if value is not None),
        order_by=order_by,
        descending=None if sort is None else sort == "desc",
        in_spanish=lang == "es" or bool(layout and not lang),
    )
    days = Days(month or from_, month or to, as_of)
    _write(context, wanted, days, out, (chosen, for_excel or bool(layout)))


class Days(NamedTuple):
    """--from, --to and --as-of as typed."""

    first: str | None
    last: str | None
    as_of: str | None


def _columns(layout: str | None, kind: Format) -> str:
    if layout:
        return layout
    return OFFICIAL if kind is Format.CSV else FULL


def _one_of(option: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise UsageError(
            f"{option} is {' or '.join(allowed)}, not {value!r}.",
            hint=f"Add: {option} {allowed[0]}",
        )


def _format(asked: Format | None, out: Path | None, *, json: bool) -> Format:
    if asked is not None:
        return asked
    if json:
        if out is not None and out.suffix.lower() != ".json":
            raise UsageError(
                f"--json writes JSON, and {out.name} is named otherwise.",
                hint=f"Leave --json out, or add: --out {out.stem}.json",
            )
        return Format.JSON
    if out is None:
        return Format.CSV
    suffix = out.suffix.lstrip(".").lower()
    if suffix not in set(Format):
        raise UsageError(
            f"The format of {out.name} is unclear.",
            hint="Say it: --format csv, json, jsonl, parquet or xlsx",
        )
    return Format(suffix)


def _write(
    context: typer.Context,
    wanted: Wanted,
    days: Days,
    out: Path | None,
    how: tuple[Format, bool],
) -> None:
    kind, for_excel = how
    with (
        _destination(out, kind) as target,
        report_session(context, *days, target, _MEMORY) as report,
    ):
        cut = report.cut
        asked = replace(
            wanted,
            filters=(*wanted.filters, *((("team", cut.team),) if cut.team else ())),
            from_on=cut.from_on,
            to_on=cut.to_on or (cut.as_of if days.as_of else None),
        )
        question = compose(report.con, asked)
        if kind is Format.XLSX:
            rows = _workbook(report, asked.name, question, target)
        else:
            rows = write(report.con, question, target, kind, for_excel=for_excel)
        count = f"{rows:,}"
        told = tr("{count} rows in {file}.", count=count, file=out)
        session_of(context).chat(told if out else tr("{count} rows.", count=count))
        if not rows:
            _tell_unmatched(report, asked)


def _tell_unmatched(report: Report, asked: Wanted) -> None:
    """What was mistyped, perhaps: an empty file alone does not tell."""
    for option, value, values in unmatched(report.con, asked):
        text = marked("Note: nothing in {name} has --{option} {value}.")
        told = tr(text, name=asked.name, option=option, value=value)
        if option == "client":
            text = marked("It takes a whole id or RFC, as `gigstack export clients` has them.")
            told += f" {tr(text)}"
        elif 0 < len(values) <= _FEW:
            told += " " + tr("There are: {values}.", values=", ".join(values))
        report.session.say(told)


def _workbook(report: Report, name: str, question: Question, target: Path) -> int:
    from gigstack_sync.exports.workbook import book

    answer = report.reader.ask(question.sql)
    with book(target) as made:
        flat = (row for batch in answer.batches for row in batch)
        totals = made.sheet(name[:31], question.fields, flat, has_totals=question.has_totals)
        return totals.rows


@contextmanager
def _destination(out: Path | None, kind: Format) -> Iterator[Path]:
    """Where to write: the file, arriving whole; or a temporary one that then goes to stdout."""
    if out is not None:
        with arriving_whole(out) as temporary:
            yield temporary
        return
    if kind in {Format.PARQUET, Format.XLSX} and sys.stdout.isatty():
        raise UsageError(f"{kind} is not for a terminal.", hint=f"Add: --out FILE.{kind}")
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"rows.{kind}"
        yield file
        _show(file)


def _show(file: Path) -> None:
    """Copy to stdout; on a terminal without the control characters that names may carry."""
    sys.stdout.flush()
    if sys.stdout.isatty():
        with file.open(encoding="utf-8") as lines:
            Shown().writelines(lines)
    else:
        with file.open("rb") as data:
            shutil.copyfileobj(data, sys.stdout.buffer)


def _package(context: typer.Context, month: str | None, out: Path | None) -> None:
    from gigstack_sync.exports.package import write_package

    if month is None or not re.fullmatch(r"[0-9]{4}-[0-9]{2}", month):
        raise UsageError(
            "The package is of one month.",
            hint="For example: gigstack export paquete --month 2026-10 --out october.xlsx",
        )
    if out is None:
        raise UsageError("The package is a file.", hint=f"Add: --out paquete-{month}.xlsx")
    with (
        arriving_whole(out) as target,
        report_session(context, month, month, month, memory=_MEMORY) as report,
    ):
        sheets = write_package(report.reader, target)
    session = session_of(context)
    counts = (tr("{sheet}: {count} rows", sheet=n, count=f"{r:,}") for n, r in sheets.items())
    session.chat("\n".join([*counts, tr("All in {file}.", file=out)]))
    if session.json:
        session.emit({"file": str(out), "sheets": sheets})

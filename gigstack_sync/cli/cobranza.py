"""`gigstack cobranza`: who owes what since when, and what belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gigstack_sync.cli.cobranza_view import aging_lines, detail_table
from gigstack_sync.cli.declare import App
from gigstack_sync.cli.period import AsOf, FromDay, Report, ToDay, report_session
from gigstack_sync.errors import UsageError
from gigstack_sync.reports.cobranza import PRESETS, Filter, Preset, owed_and_in_favour

if TYPE_CHECKING:
    from gigstack_sync.reports import Row

app = App(help="Show who owes what since when.")

TermsFile = Annotated[
    Path | None,
    typer.Option("--terms", metavar="FILE", help="Days of credit per client: .toml or .csv."),
]
ClientName = Annotated[
    str | None, typer.Option("--client", metavar="CLIENT", help="RFC, id or part of a name.")
]
CurrencyCode = Annotated[
    str | None, typer.Option("--currency", metavar="CODE", help="Only this currency: MXN, USD.")
]


@app.callback(invoke_without_command=True)
def cobranza(
    context: typer.Context,
    preset: Annotated[
        str,
        typer.Option("--preset", help="vencimiento: by due date; gigstack: by issue date."),
    ] = "vencimiento",
    edges: Annotated[
        str | None, typer.Option("--edges", metavar="DAYS", help="Last days of buckets: 30,60,90.")
    ] = None,
    client: ClientName = None,
    currency: CurrencyCode = None,
    bucket: Annotated[
        str | None,
        typer.Option("--bucket", metavar="LABEL", help='Only this bucket: "not due", 1-30, 90+.'),
    ] = None,
    detail: Annotated[bool, typer.Option("--detail", help="List the documents.")] = False,
    top: Annotated[int, typer.Option("--top", min=1, help="Clients shown per currency.")] = 15,
    terms: TermsFile = None,
    as_of: AsOf = None,
) -> None:
    """Show what clients owe by age, per currency; --detail or --bucket lists the invoices.

    Days of credit come from the invoice, its payment terms, or the file named by --terms (else
    terms.toml or terms.csv beside the database). What is in clients' favour stands apart: loose
    payments are for no invoice or receipt, loose credit notes name no invoice.

    $ gigstack cobranza
    $ gigstack cobranza --preset gigstack --edges 15,30,60
    $ gigstack cobranza --currency MXN --bucket 90+
    $ gigstack cobranza --as-of 2026-09-30 --json
    """
    if context.invoked_subcommand:
        return
    from gigstack_sync.reports import cobranza as asked

    chosen = choose_preset(preset, edges)
    with cobranza_session(context, terms, as_of=as_of, aging_edges=chosen.edges) as report:
        only = Filter(
            client=client and the_client(report, client)["client_key"],
            currency=currency and currency.upper(),
            bucket=None if bucket is None else _bucket(chosen, bucket),
        )
        if detail or bucket is not None:
            _detail(report, chosen, asked.rows(report.con, chosen, only))
        else:
            _aging(report, chosen, asked.aging(report.con, chosen, only), top, only)


def choose_preset(name: str, edges: str | None) -> Preset:
    """The preset of that name, with other edges when given; UsageError otherwise."""
    if name.lower() not in PRESETS:
        raise UsageError(f"There is no preset {name!r}.", hint=f"Choose: {', '.join(PRESETS)}")
    preset = PRESETS[name.lower()]
    if edges is None:
        return preset
    parts = [part.strip() for part in edges.split(",")]
    if not all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in parts):
        raise UsageError(f"{edges!r} are no days.", hint="For example: --edges 30,60,90")
    days = [int(part) for part in parts]
    if days != sorted({*days}) or days[0] < 1:
        raise UsageError(f"The edges {edges} do not rise.", hint="For example: --edges 30,60,90")
    return replace(preset, edges=tuple(days))


def _bucket(preset: Preset, label: str) -> int:
    """The view's number of a bucket, by its label however it is spelled."""
    plain = "".join(label.lower().split())
    same = {"current": "notdue", "porvencer": "notdue", ">90": "90+"}
    labels = ["".join(each.split()) for each in preset.labels]
    wanted = same.get(plain, plain)
    if wanted not in labels:
        named = ", ".join(preset.labels)
        raise UsageError(f"There is no bucket {label!r}.", hint=f"Choose one of: {named}")
    return labels.index(wanted) + preset.first


@contextmanager
def cobranza_session(
    context: typer.Context,
    terms: Path | None,
    *,
    from_: str | None = None,
    to: str | None = None,
    as_of: str | None = None,
    **rules: Any,
) -> Iterator[Report]:
    """The published file with the cut and the user's terms of credit applied."""
    from gigstack_sync.cli.session import session_of
    from gigstack_sync.reports.terms import find_terms, read_terms

    file = terms or find_terms(session_of(context).settings.db.value)
    if file is not None:
        known = read_terms(file)
        rules |= {"client_terms": known.variable, "terms_days": known.default}
    with report_session(context, from_, to, as_of, **rules) as report:
        yield report


def the_client(report: Report, text: str) -> Row:
    """The one client meant; UsageError when none or several are."""
    from gigstack_sync.reports.cobranza import find_clients

    found = find_clients(report.con, text)
    if not found:
        raise UsageError(f"No client matches {text!r}.", hint="Try a part of the name, or the RFC.")
    if len({row["client_key"] for row in found}) > 1:
        some = "; ".join(f"{row['client_key']} ({row['name']})" for row in found[:8])
        raise UsageError(f"{len(found)} clients match {text!r}: {some}.", hint="Name one of them.")
    return found[0]


def _detail(report: Report, preset: Preset, rows: list[Row]) -> None:
    if report.session.json:
        told = {"as_of": report.cut.as_of, "preset": preset.name}
        report.emit(told | {"totals": owed_and_in_favour(rows), "documents": rows})
    else:
        detail_table(report.session, preset, rows)


def _aging(
    report: Report, preset: Preset, currencies: dict[str, Any], top: int, only: Filter
) -> None:
    found = {
        "as_of": report.cut.as_of,
        "preset": preset.name,
        "edges": list(preset.edges),
        "terms_default_days": report.cut.terms_days or 0,
        "buckets": preset.labels,
        "currencies": currencies,
    }
    if report.session.json:
        report.emit(found)
    else:
        lines = aging_lines(
            found, preset, top, has_bars=report.session.draws, is_part=only != Filter()
        )
        print(*lines, sep="\n")


@app.command()
def estado(
    context: typer.Context,
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="RFC, id or part of a name.")],
    from_: FromDay = None,
    terms: TermsFile = None,
    as_of: AsOf = None,
) -> None:
    """Print a client's statement of account: what was charged, what was paid, what is left.

    $ gigstack cobranza estado XAXX010101000
    $ gigstack cobranza estado "Ejemplo SA" --from 2026-01 --as-of 2026-09-30
    """
    from gigstack_sync.cli.cobranza_view import show_statement
    from gigstack_sync.reports.cobranza import statement

    with cobranza_session(context, terms, from_=from_, as_of=as_of) as report:
        who = the_client(report, client)
        found = statement(report.con, who["client_key"])
    told = {"client": who["client_key"], "name": who["name"], **found}
    if report.session.json:
        report.emit(told)
    else:
        show_statement(report.session, told)


@app.command()
def indicadores(
    context: typer.Context,
    from_: FromDay = None,
    terms: TermsFile = None,
    as_of: AsOf = None,
) -> None:
    """Show how well the business collects: DSO, CEI, days to pay, concentration.

    Over the last 90 days unless --from says otherwise. DSO is the receivable over the credit
    sales of the period, in days; what is not defined is left empty.

    $ gigstack cobranza indicadores
    $ gigstack cobranza indicadores --from 2026-01 --as-of 2026-06-30 --json
    """
    from gigstack_sync.cli.cobranza_view import show_indicators
    from gigstack_sync.reports import beside
    from gigstack_sync.reports.indicators import indicators

    with cobranza_session(context, terms, from_=from_, as_of=as_of) as report:
        found = indicators(report.con, report.cut, beside)
    if report.session.json:
        report.emit(found)
    else:
        show_indicators(report.session, found)


@app.command()
def rep(
    context: typer.Context, from_: FromDay = None, to: ToDay = None, as_of: AsOf = None
) -> None:
    """List payments on PPD invoices without complement (REP), and complements stamped late.

    A complement is due on the 5th of the month after the payment (RMF 2.7.1.32). A payment for
    several invoices is split by what is open of each.

    $ gigstack cobranza rep
    $ gigstack cobranza rep --from 2026-10 --to 2026-10 --json
    """
    from gigstack_sync.cli.cobranza_view import show_rep
    from gigstack_sync.reports.cobranza import rep as ask_rep

    with report_session(context, from_, to, as_of) as report:
        _list(report, ask_rep(report.con), "amount", show_rep)


@app.command()
def pue(
    context: typer.Context, from_: FromDay = None, to: ToDay = None, as_of: AsOf = None
) -> None:
    """List PUE invoices that are not collected; after their month they break RMF 2.7.1.39.

    Collected means: by payments known to gigstack. The remedy is to cancel with motive 01 and
    to issue a PPD invoice in its place.

    $ gigstack cobranza pue
    $ gigstack cobranza pue --from 2026-10 --to 2026-10
    """
    from gigstack_sync.cli.cobranza_view import show_pue
    from gigstack_sync.reports.cobranza import pue as ask_pue

    with report_session(context, from_, to, as_of) as report:
        _list(report, ask_pue(report.con), "uncollected", show_pue)


def _list(report: Report, rows: list[Row], amount: str, show: Any) -> None:
    from gigstack_sync.reports.cobranza import summed

    totals = summed(rows, amount)
    if report.session.json:
        report.emit({"as_of": report.cut.as_of, "totals": totals, "rows": rows})
    else:
        show(report.session, rows, totals)

"""`gigstack sandbox`: an offline gigstack on this machine."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gigstack_sync.cli.declare import App
from gigstack_sync.cli.language import heads, told, tr
from gigstack_sync.cli.session import session_of
from gigstack_sync.cli.table import show_table
from gigstack_sync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gigstack_sync.cli.session import Session

app = App(help="Serve an offline gigstack on this machine.")


@app.callback()
def sandbox() -> None:
    """Serve an offline gigstack on this machine, to try things without an account.

    $ gigstack sandbox serve
    $ gigstack sandbox quirks
    """


@app.command("serve")
def serve(
    context: typer.Context,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1; 0: any free one.")
    ] = 8787,
    seed: Annotated[int, typer.Option("--seed", help="Which business to invent.")] = 1,
    invoices: Annotated[
        int, typer.Option("--invoices", min=0, help="Income invoices in its history.")
    ] = 2000,
    months: Annotated[int, typer.Option("--months", min=1, help="Length of its history.")] = 36,
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", help="Day its history ends; default: today."),
    ] = None,
    latency_ms: Annotated[
        float, typer.Option("--latency-ms", min=0, help="Delay of every answer.")
    ] = 0,
    rps: Annotated[
        float | None, typer.Option("--rps", min=0.1, help="Answer 429 beyond so many a second.")
    ] = None,
    quirk: Annotated[
        list[str] | None,
        typer.Option("--quirk", metavar="NAME=VALUE", help="A variant of the API; repeatable."),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", metavar="FAULT", help="Something going wrong; repeatable."),
    ] = None,
) -> None:
    """Serve an invented business over HTTP on 127.0.0.1 until Ctrl-C. The same seed, the same rows.

    $ gigstack sandbox serve --invoices 50000 --latency-ms 50
    $ gigstack sandbox serve --quirk canceled_spelling=cancelled --rps 5
    """
    from gigstack_sync.sandbox.business import found_business
    from gigstack_sync.sandbox.faults import Faults, parse_fault
    from gigstack_sync.sandbox.quirks import parse_quirks
    from gigstack_sync.sandbox.server import serve as serve_world

    session = session_of(context)
    quirks = parse_quirks(quirk or ())
    faults = Faults(tuple(parse_fault(text) for text in fault or ()))
    world = found_business(seed=seed, invoices=invoices, months=months, now=_end_of_history(date))
    if date is None:
        world.now = int(time.time())
    signal_number = serve_world(
        world,
        announce=lambda url, key: _announce(session, url, key),
        quirks=quirks,
        faults=faults,
        pace=(latency_ms, rps),
        port=port,
    )
    raise typer.Exit(128 + signal_number)


def _end_of_history(date: str | None) -> int:
    """Noon in Mexico City of a day, so that a day and a seed always give the same rows.

    Today's may still be to come, and no row may be from the future: then it is yesterday's.
    """
    try:
        day = datetime.strptime(date, "%Y-%m-%d") if date else datetime.now(UTC)
    except ValueError as error:
        raise UsageError(f"{date!r} is no date.", hint="Write it like 2026-11-20.") from error
    noon = int(day.replace(hour=18, minute=0, second=0, tzinfo=UTC).timestamp())
    return noon if date or noon <= time.time() else noon - 86_400


def _announce(session: Session, url: str, key: str) -> None:
    """The key is an invented one: it opens nothing but this server."""
    if session.json:
        session.emit({"url": url, "api_key": key})
    else:
        print(tr("Serving on {url}. In another shell:", url=url))
        print(f"  export GIGSTACK_BASE_URL={url} GIGSTACK_API_KEY={key}")
        print("  gigstack sync --db sandbox.duckdb")
    sys.stdout.flush()


@app.command("quirks")
def quirks(context: typer.Context) -> None:
    """List what --quirk can change: each doubt about the real API, and its variants.

    $ gigstack sandbox quirks
    $ gigstack sandbox quirks --json
    """
    from gigstack_sync.sandbox.quirks import describe_quirks

    columns = ("quirk", "default", "choices", "about")
    titles = heads("quirk", "default", "choices", "about")
    _list(session_of(context), columns, titles, describe_quirks())


@app.command("faults")
def faults(context: typer.Context) -> None:
    """List what --fault can make go wrong.

    $ gigstack sandbox faults
    $ gigstack sandbox faults --json
    """
    from gigstack_sync.sandbox.faults import describe_faults

    _list(session_of(context), ("fault", "form"), heads("fault", "form"), describe_faults())


def _list(
    session: Session,
    columns: tuple[str, ...],
    titles: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
) -> None:
    if session.json:
        session.emit([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        show_table(session, titles, [(*row[:-1], told(row[-1])) for row in rows])

"""`gigstack demo`: the whole of it in a few seconds, offline, on an invented business."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gigstack_sync.cli.declare import changes
from gigstack_sync.cli.language import marked, told, tr
from gigstack_sync.cli.session import Session, session_of
from gigstack_sync.cli.table import plain
from gigstack_sync.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from gigstack_sync.sandbox.server import Server
    from gigstack_sync.sync.report import RunReport

DAYS = 5

QUERIES = (
    (
        marked("Who owes how much, per currency"),
        "select client_name, currency, count(*) as invoices, sum(last_balance) as balance "
        "from invoices where status = 'valid' and payment_method = 'PPD' and last_balance > 0 "
        "group by all order by balance desc limit 5",
    ),
    (
        marked("What was invoiced, month by month"),
        "select strftime(issued_on, '%Y-%m') as month, currency, count(*) as invoices, "
        "sum(total) as total from invoices where invoice_type = 'I' and status = 'valid' "
        "group by all order by month desc, currency limit 6",
    ),
    (
        marked("What changed since the first look"),
        "select stream, change, count(*) as records from changes "
        "where change <> 'inserted' group by all order by records desc",
    ),
)
"""Titles and statements a newcomer can try on the published file."""


@changes("files")
def demo(
    context: typer.Context,
    invoices: Annotated[
        int, typer.Option("--invoices", min=1, max=200_000, help="Size of the business.")
    ] = 2000,
    seed: Annotated[int, typer.Option("--seed", help="Which business to invent.")] = 1,
) -> None:
    """Invent a business, serve it on this machine, mirror it, let days go by, mirror again.

    Needs no account and no network; nothing keeps running. The file stays, to be queried.

    $ gigstack demo
    $ gigstack demo --invoices 20000
    """
    session = session_of(context)
    places = _fresh_place(session)
    with _Stage(session, seed, invoices) as stage:
        first = stage.mirror(places)
        lived = stage.live()
        second = stage.mirror(places)
    _show(session, places, (first, second), lived)
    if code := first.exit_code or second.exit_code:
        raise typer.Exit(code)


def _fresh_place(session: Session) -> Path:
    """The file of this demo; an earlier demo's is replaced, nobody else's ever is."""
    database = session.settings.db
    if database.origin != "default":
        if database.value.exists():
            raise UsageError(
                f"{database.value} exists, and a demo wants a new file.",
                hint="Name one that does not exist: gigstack demo --db demo.duckdb",
            )
        return database.value
    from gigstack_sync.store.places import Places

    places = Places(database.value.parent / "demo" / "gigstack.duckdb")
    places.published.unlink(missing_ok=True)
    shutil.rmtree(places.folder, ignore_errors=True)
    return places.published


@dataclass
class _Stage:
    """The invented business, its server, and a sync against it."""

    session: Session
    seed: int
    invoices: int

    def __enter__(self) -> _Stage:
        from gigstack_sync.sandbox.business import found_business
        from gigstack_sync.sandbox.server import Server

        count = f"{self.invoices:,}"
        self._tell(tr("Inventing a business with {count} invoices …", count=count))
        self.world = found_business(seed=self.seed, invoices=self.invoices)
        self._server: Server = Server(self.world)
        self._server.start()
        self._tell(tr("Serving it on {url} (this machine only).", url=self._server.url))
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def mirror(self, database: Path) -> RunReport:
        """One sync over HTTP, with progress on a terminal."""
        from gigstack_sync.api.client import Client
        from gigstack_sync.cli.sync_run import watched
        from gigstack_sync.store.places import Places
        from gigstack_sync.sync.engine import Options

        with Client(self._server.key, base_url=self._server.url) as client:
            report, number = watched(self.session, Places(database), client, Options())
        if number:
            raise typer.Exit(ExitCode(128 + number))
        totals = report.totals
        text = marked(
            "Mirrored in {seconds} s with {requests} requests: "
            "{inserted} new, {updated} changed, {deleted} deleted rows."
        )
        counts = {name: f"{totals[name]:,}" for name in ("inserted", "updated", "deleted")}
        seconds = f"{report.seconds:.1f}"
        self._tell(tr(text, seconds=seconds, requests=report.requests, **counts))
        return report

    def live(self) -> dict[str, int]:
        """Let simulated days go by; what happened, by kind."""
        lived = self.world.live_days(DAYS)
        self._tell(tr("{count} days go by: {events}.", count=DAYS, events=_listed(lived)))
        return lived

    def _tell(self, text: str) -> None:
        if not self.session.json:
            print(text, flush=True)


def _listed(counts: dict[str, int]) -> str:
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {told(kind)}" for kind, count in most)


def _show(
    session: Session, database: Path, reports: tuple[RunReport, RunReport], lived: dict[str, int]
) -> None:
    tables = {s.stream: s.rows for s in reports[1].streams if s.rows}
    if session.json:
        summary: dict[str, Any] = {
            "database": str(database),
            "rows": tables,
            "days": lived,
            "first": reports[0].as_json(),
            "second": reports[1].as_json(),
            "queries": [statement for _, statement in QUERIES],
        }
        session.emit(summary)
        return
    print("\n" + tr("In the mirror:"))
    rows = [(f"  {stream}", f"{count:,}") for stream, count in tables.items()]
    print(*plain((), rows, frozenset({1})), sep="\n")
    print("\n" + tr("What the second look found changed:"))
    print(*(f"  {line}" for line in _changes(session, database)), sep="\n")
    print("\n" + tr("The file: {path}", path=database))
    near = database.relative_to(Path.cwd()) if database.is_relative_to(Path.cwd()) else database
    print(tr("See a report: gigstack status --db {path}", path=near))
    print(tr("  and likewise, with that --db: cobranza, conciliation, forecast, sync status"))
    print(tr("Ask it anything, for example:"))
    for title, statement in QUERIES:
        print(f'\n  # {tr(title)}\n  gigstack sql --db {near} "{statement}"')


def _changes(session: Session, database: Path) -> list[str]:
    """The last query's own answer, as lines."""
    from gigstack_sync.store.reading import Reader

    settings = session.settings
    reader = Reader(database, memory=settings.memory.value, timezone=settings.timezone.value)
    try:
        answer = reader.ask(QUERIES[2][1])
        rows = [row for batch in answer.batches for row in batch]
        return plain([column.name for column in answer.columns], rows, frozenset({2}))
    finally:
        reader.close()

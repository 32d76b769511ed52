"""`gigstack explain`: what an id belongs to, as the mirror has it or the API says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import typer

from gigstack_sync.cli.operations_show import document, show_record
from gigstack_sync.cli.session import Session, session_of
from gigstack_sync.cli.text import clean
from gigstack_sync.errors import NotFound

if TYPE_CHECKING:
    from gigstack_sync.api.client import Client
    from gigstack_sync.cli.mirror_open import Held

Known: TypeAlias = tuple[str, dict[str, Any], dict[str, int]]
"""What sort of record it is, the record, and how much hangs on it."""
_PREFIXES: Final = {
    "client_": "client", "cus_": "client", "payment_": "payment", "receipt_": "receipt",
    "service_": "service", "invoice_": "invoice",
}  # fmt: skip
_PLACES: Final = {
    "payment": ("payments",),
    "invoice": ("invoices.income", "invoices.egress", "invoices.payment", "invoices.transfer"),
    "receipt": ("receipts",),
    "client": ("clients",),
    "service": ("services",),
}
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def explain(
    context: typer.Context,
    record_id: Annotated[str, typer.Argument(metavar="ID", help="Any id, or a SAT UUID.")],
    live: Annotated[bool, typer.Option("--live", help="Ask the API, not the mirror.")] = False,
) -> None:
    """Tell what an id belongs to: a payment, invoice, receipt, client or service, and show it.

    $ gigstack explain payment_8K1
    $ gigstack explain 6741A863-04BE-49FE-BB76-E1657AB6B7EA --json
    """
    session = session_of(context)
    kind, record, counts = (None if live else _mirrored(session, record_id)) or _asked(
        session, record_id
    )
    shown = {"type": kind, **record, **counts} | {"type": kind}  # some records have a type too
    if session.json:
        print(document(shown))
    else:
        show_record(session, shown)


def _mirrored(session: Session, record_id: str) -> Known | None:
    """What the mirror has under the id; None, and why on stderr, where the API has to be asked."""
    from gigstack_sync.cli.mirror_open import NotHere, opened, tell_age, tell_live
    from gigstack_sync.reports.records import RECORDS

    try:
        with opened(session, RECORDS["invoices.income"]) as held:
            known = _known(held, record_id)
            tell_age(session, held)
            return known
    except NotHere as reason:
        tell_live(session, reason)
        return None


def _known(held: Held, record_id: str) -> Known:
    """The first table that knows the id; what is deleted counts where nothing else is found."""
    from gigstack_sync.cli.mirror_open import NotHere
    from gigstack_sync.cli.mirror_read import body_of, one
    from gigstack_sync.reports.records import RECORDS, Question, count

    counts, gone = {}, None
    for kind, stem in _places(record_id):
        try:
            found = one(held, RECORDS[stem].stream, record_id)
        except NotHere:
            continue
        except NotFound as error:
            gone = gone or error
            continue
        if kind == "client":
            own = {"client_id": found.id}
            invoices = Question(RECORDS["invoices.income"], held.team_id, own)
            payments = Question(RECORDS["payments"], held.team_id, own)
            counts["invoices_count"] = count(held.con, invoices)
            counts["payments_count"] = count(held.con, payments)
        return kind, body_of(found.payload), counts
    raise gone or NotHere(f"The mirror does not know {clean(record_id)}")


def _asked(session: Session, record_id: str) -> Known:
    with session.client() as client:
        kind, record = _find(client, record_id)
        return kind, record, _counts(client, record_id) if kind == "client" else {}


def _find(client: Client, record_id: str) -> tuple[str, dict[str, Any]]:
    """The first collection that knows the id, the likely one first; NotFound when none does."""
    for kind, stem in _places(record_id):
        collection = attrgetter(stem)(client)
        try:
            record: Any = collection.get(record_id)
        except NotFound:
            continue
        if isinstance(record, dict):
            return kind, record
    raise NotFound(
        f"Nothing has the id {record_id}.", hint="Check the id, and the team: --team", status=404
    )


def _places(record_id: str) -> Iterator[tuple[str, str]]:
    """Kinds and collections that may know the id, the likely ones first."""
    likely = next((kind for prefix, kind in _PREFIXES.items() if record_id.startswith(prefix)), "")
    if _UUID.fullmatch(record_id):
        likely = "invoice"
    for kind in sorted(_PLACES, key=lambda kind: kind != likely):
        yield from ((kind, stem) for stem in _PLACES[kind])


def _counts(client: Client, client_id: str) -> dict[str, int]:
    """How many invoices and payments the client has: counted, as totals may ignore filters."""
    invoices = client.invoices.income.pages(client_id=client_id)
    payments = client.payments.pages(client_id=client_id)
    return {"invoices_count": sum(map(len, invoices)), "payments_count": sum(map(len, payments))}

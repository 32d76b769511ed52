"""`gigstack explain`: what an id belongs to, and what the API says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gigstack_sync.cli.operations_show import document, show_record
from gigstack_sync.cli.session import session_of
from gigstack_sync.errors import NotFound

if TYPE_CHECKING:
    from gigstack_sync.api.client import Client

_PREFIXES: Final = {
    "client_": "client", "cus_": "client", "payment_": "payment", "receipt_": "receipt",
    "service_": "service", "invoice_": "invoice",
}  # fmt: skip
_ORDER: Final = ("payment", "invoice", "receipt", "client", "service")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def explain(
    context: typer.Context,
    record_id: Annotated[str, typer.Argument(metavar="ID", help="Any id, or a SAT UUID.")],
) -> None:
    """Tell what an id belongs to: a payment, invoice, receipt, client or service, and show it.

    $ gigstack explain payment_8K1
    $ gigstack explain 6741A863-04BE-49FE-BB76-E1657AB6B7EA --json
    """
    session = session_of(context)
    with session.client() as client:
        kind, record = _find(client, record_id)
        counts = _counts(client, record_id) if kind == "client" else {}
    shown = {"type": kind, **record, **counts} | {"type": kind}  # some records have a type too
    if session.json:
        print(document(shown))
    else:
        show_record(session, shown)


def _find(client: Client, record_id: str) -> tuple[str, dict[str, Any]]:
    """The first collection that knows the id, the likely one first; NotFound when none does."""
    for kind, collection in _candidates(client, record_id):
        try:
            record: Any = collection.get(record_id)
        except NotFound:
            continue
        if isinstance(record, dict):
            return kind, record
    raise NotFound(
        f"Nothing has the id {record_id}.", hint="Check the id, and the team: --team", status=404
    )


def _candidates(client: Client, record_id: str) -> Iterator[tuple[str, Any]]:
    likely = next((kind for prefix, kind in _PREFIXES.items() if record_id.startswith(prefix)), "")
    if _UUID.fullmatch(record_id):
        likely = "invoice"
    invoices = client.invoices
    collections = {
        "payment": (client.payments,),
        "invoice": (invoices.income, invoices.egress, invoices.payment, invoices.transfer),
        "receipt": (client.receipts,),
        "client": (client.clients,),
        "service": (client.services,),
    }
    for kind in sorted(_ORDER, key=lambda kind: kind != likely):
        yield from ((kind, collection) for collection in collections[kind])


def _counts(client: Client, client_id: str) -> dict[str, int]:
    """How many invoices and payments the client has: counted, as totals may ignore filters."""
    invoices = client.invoices.income.pages(client_id=client_id)
    payments = client.payments.pages(client_id=client_id)
    return {"invoices_count": sum(map(len, invoices)), "payments_count": sum(map(len, payments))}

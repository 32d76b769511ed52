"""`gigstack pay`: record a payment from a handful of words, its client found or made."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final

import typer

from gigstack_sync.cli.declare import changes
from gigstack_sync.cli.language import marked, tr
from gigstack_sync.cli.operations_op import Branch, Op
from gigstack_sync.cli.operations_parameters import Arguments
from gigstack_sync.cli.operations_tree import TREE
from gigstack_sync.cli.operations_values import KINDS
from gigstack_sync.cli.session import can_ask, session_of
from gigstack_sync.errors import UsageError

_NEEDED: Final = {
    "email": marked("The client's e-mail"),
    "description": marked("What was paid"),
    "amount": marked("Amount"),
}
_PATH: Final = "payments register"


@changes("account")
def pay(
    context: typer.Context,
    email: Annotated[str | None, typer.Option(metavar="TEXT", help="The client's e-mail.")] = None,
    name: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The client's name; a new client needs it.")
    ] = None,
    rfc: Annotated[
        str | None, typer.Option(metavar="RFC", help="The client's RFC, which finds it too.")
    ] = None,
    description: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What was paid, as the invoice says it.")
    ] = None,
    amount: Annotated[
        str | None,
        typer.Option(metavar="AMOUNT", help="Price before IVA; the total with --no-iva."),
    ] = None,
    iva: Annotated[bool | None, typer.Option(help="Whether IVA at 16 % is added; yes.")] = None,
    payment_form: Annotated[
        str | None, typer.Option(metavar="CODE", help="SAT payment form; 03 unless said.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="ISO currency; MXN unless said.")
    ] = None,
    automation: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="What gigstack issues; pue_invoice unless said."),
    ] = None,
    product_key: Annotated[
        str | None, typer.Option(metavar="CODE", help="SAT product key; 84111506 unless said.")
    ] = None,
    unit_key: Annotated[
        str | None, typer.Option(metavar="CODE", help="SAT unit key; E48 unless said.")
    ] = None,
    metadata: Annotated[
        str | None, typer.Option(metavar="JSON", help="Free fields: inline, a file, or -.")
    ] = None,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read these options as one JSON object from stdin.")
    ] = False,
    idempotency_key: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Key under which it is recorded once.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Print the request and send nothing.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask before a change in live mode.")
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Never ask; what would be asked is an error.")
    ] = False,
) -> None:
    """Record money that is in, and invoice it; the client is found by RFC or e-mail, or made.

    $ gigstack pay --email cuentas@ejemplo.mx --name Ana --description Curso --amount 1000
    $ gigstack pay --stdin --dry-run < payment.json
    """
    from gigstack_sync.cli.operations_write import change

    typed = {
        "email": email, "name": name, "rfc": rfc, "description": description, "amount": amount,
        "iva": iva, "payment_form": payment_form, "currency": currency,
        "automation": automation, "product_key": product_key, "unit_key": unit_key,
        "metadata": metadata, "idempotency_key": idempotency_key,
    }  # fmt: skip
    said = {**(_from_stdin(typed) if stdin else {}), **_present(typed)}
    if not (stdin or no_input):
        said |= _asked(said)
    named = _payment(said)
    options = {"dry_run": dry_run, "yes": yes, "no_input": no_input}
    accepts = frozenset({*named, "idempotency_key"})
    given = Arguments((), named, options, True, "", accepts, frozenset(named))
    change(session_of(context), _PATH, _register(), given, "pay")


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _from_stdin(known: Mapping[str, Any]) -> dict[str, Any]:
    """One JSON object; its names may be written with - or _, or as in JavaScript."""
    found = KINDS["object"].read("--stdin", "-")
    said = {re.sub(r"(?<=[a-z])(?=[A-Z])|-", "_", name).lower(): v for name, v in found.items()}
    if unknown := sorted(set(said) - set(known)):
        raise UsageError(
            f"--stdin has {', '.join(unknown)}, which pay does not know.",
            hint=f"It knows: {', '.join(known)}",
        )
    return _present(said)


def _asked(said: Mapping[str, Any]) -> dict[str, str]:
    """What is still needed, from a person at a terminal; nothing where there is none."""
    if not can_ask():
        return {}
    answers = {}
    for name in _NEEDED:
        if name not in said:
            print(f"{tr(_NEEDED[name])}: ", end="", file=sys.stderr, flush=True)
            answers[name] = sys.stdin.readline().strip()
    return {name: answer for name, answer in answers.items() if answer}


def _payment(said: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of payments.register; UsageError for what is missing or makes no sense."""
    missing = [f"--{name}" for name in _NEEDED if not said.get(name)]
    if missing:
        raise UsageError(f"A payment needs {', '.join(missing)}.", hint="See: gigstack pay --help")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(said["email"])):
        raise UsageError(f"--email {said['email']!r} is no e-mail address.")
    if said.get("iva", True) not in {True, False}:
        raise UsageError("iva is true or false.")
    named = {
        "client": _client(said),
        "items": [_item(said)],
        "payment_form": KINDS["form"].read("--payment-form", str(said.get("payment_form", "03"))),
        "currency": KINDS["currency"].read("--currency", str(said.get("currency", "MXN"))),
        "automation_type": said.get("automation", "pue_invoice"),
        "metadata": _metadata(said.get("metadata")),
        "idempotency_key": said.get("idempotency_key"),
    }
    return _present(named)


def _metadata(given: Any) -> Any:
    return KINDS["object"].read("--metadata", given) if isinstance(given, str) else given


def _client(said: Mapping[str, Any]) -> dict[str, Any]:
    """The client, found by RFC where there is one, else by e-mail."""
    rfc = KINDS["rfc"].read("--rfc", str(said["rfc"])) if said.get("rfc") else None
    on_key, on_value = ("tax_id", rfc) if rfc else ("email", said["email"])
    name = said.get("name")
    fields = {"email": said["email"], "name": name, "legal_name": name, "tax_id": rfc}
    search = {"on_key": on_key, "on_value": on_value, "auto_create": True}
    return {"search": search, **_present(fields)}


def _item(said: Mapping[str, Any]) -> dict[str, Any]:
    price = KINDS["money"].read("--amount", str(said["amount"]))
    if price <= 0:
        raise UsageError(f"--amount {price} is nothing to pay.")
    tax = {"type": "IVA", "rate": Decimal("0.16"), "factor": "Tasa", "withholding": False}
    return {
        "description": said["description"],
        "quantity": 1,
        "unit_price": price,
        "product_key": str(said.get("product_key", "84111506")),
        "unit_key": str(said.get("unit_key", "E48")),
        "taxes": [tax] if said.get("iva", True) else [],
    }


def _register() -> Op:
    payments = TREE["payments"]
    register = payments.entries["register"]
    assert not isinstance(register, Branch)
    return register

"""What may be done with CFDIs, and what each act changes elsewhere in the books."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.fiscal.cfdi import Cfdi, Draft, Issuer, Line, Order
from gigstack_sync.sandbox.fiscal.identity import FOREIGN, PUBLIC, fiscal_uuid, record_id
from gigstack_sync.sandbox.fiscal.money import cents, money
from gigstack_sync.sandbox.world import Team

STREAM_OF = {
    "I": "invoices_income",
    "E": "invoices_egress",
    "P": "invoices_payment",
    "T": "invoices_transfer",
}
PAYMENT_LINE: Json = {
    "id": None,
    "description": "Pago",
    "product_key": "84111506",
    "unit_key": "ACT",
    "unit_name": "Actividad",
    "sku": None,
    "taxability": "01",
}
_INFO = ("legal_name", "tax_id", "tax_system", "zip")
_NO_ACCEPTANCE_UP_TO = 100_000  # cents of MXN; complements always need it since 2026


class Refusal(Exception):
    """The act is against the rules. `detail` is the prose under `error` in the API's answer."""

    def __init__(self, message: str, detail: str) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


@dataclass(slots=True)
class Money:
    """A payment behind a complement: its id, local date text, SAT payment form."""

    payment_id: str
    date: str
    form: str = "03"


def issuer_of(team: Team) -> Issuer:
    """Name the team as its documents do, by its profile of today."""
    info = tuple(team.profile[name] for name in _INFO)
    return _issuer(team.id, team.owner, team.billing_account, team.livemode, info)


@lru_cache(maxsize=256)
def _issuer(
    team: str, owner: str, billing_account: str, livemode: bool, info: tuple[str, ...]
) -> Issuer:
    return Issuer(team, owner, billing_account, livemode, dict(zip(_INFO, info, strict=True)))


def issue(team: Team, kind: str, order: Order, at: int) -> Row:
    """Stamp a document of kind I, E, P or T at `at`; it takes the next folio of its series."""
    ids = record_id(team.ids, "invoice_"), fiscal_uuid(team.ids)
    cfdi = Cfdi(ids, kind, issuer_of(team), order)
    cfdi.folio, cfdi.issued = team.next_folio(order.series), at
    state: Json = {"status": "valid"}
    if kind == "I" and order.method == "PPD":
        state.update(last_balance=money(cfdi.sums.total), payment_complements=0, installments=0)
    row = Row(cfdi.id, at, cfdi, state)
    team[STREAM_OF[kind]].add(row, alias=cfdi.uuid)
    team.unseen_by_sat.append(row)
    return row


def save_draft(team: Team, kind: str, order: Order, at: float) -> Row:
    """Keep a document for later; costs no folio."""
    draft = Draft(record_id(team.ids, "draft_", 12), kind, issuer_of(team), order)
    draft.created = int(at * 1000)
    row = Row(draft.id, draft.created / 1000, draft)
    team["invoices_draft"].add(row)
    return row


def edit_draft(team: Team, draft_id: str, order: Order, at: float) -> None:
    """Replace what a draft is about; its id and creation stay."""
    old = team["invoices_draft"].row(draft_id).source
    if not isinstance(old, Draft):
        raise Refusal("Draft cannot be edited", "it was not made from an order")
    draft = Draft(draft_id, old.kind, old.issuer, order)
    draft.created = old.created
    row = Row(draft_id, draft.created / 1000, draft, {"updated_at": int(at * 1000)})
    team["invoices_draft"].add(row)


def stamp_draft(team: Team, draft_id: str, at: int) -> Row:
    """Turn a draft into a CFDI; the draft disappears and the CFDI has an id of its own."""
    draft = team["invoices_draft"].row(draft_id).source
    if not isinstance(draft, Draft) or not (draft.order.lines or draft.order.sums):
        raise Refusal(
            "Draft is incomplete — a client and at least one item are required to stamp", ""
        )
    team["invoices_draft"].delete(draft_id)
    return issue(team, draft.kind, draft.order, at)


def register_complement(team: Team, paid: list[tuple[Row, int]], by: Money, at: int) -> Row:
    """Stamp one P for a payment of `paid` (income invoice, cents each); balances go down."""
    first = paid[0][0]
    order = Order(
        client=first["client"],
        lines=(Line(PAYMENT_LINE, 10, sum(amount for _, amount in paid), 0, "none"),),
        currency=first["currency"],
        rate=int(first["exchange_rate"] * 10_000),
        use="CP01",
        form=by.form,
        method=None,
        series="P",
    )
    order.extras = {
        "invoices": [invoice["uuid"] for invoice, _ in paid],
        "payments": [by.payment_id] if by.payment_id else [],
        "complements": [{"type": "pago", "data": _payment_data(paid, by)}],
    }
    complement = issue(team, "P", order, at)
    for invoice, amount in paid:
        _cover(team, invoice, amount, complement, by.payment_id)
    return complement


def _payment_data(paid: list[tuple[Row, int]], by: Money) -> Json:
    first = paid[0][0]
    return {
        "payment_date": by.date,
        "payment_form": by.form,
        "currency": first["currency"],
        "exchange_rate": first["exchange_rate"],
        "amount": money(sum(amount for _, amount in paid)),
        "related_documents": [_partial(invoice, amount) for invoice, amount in paid],
    }


def _partial(invoice: Row, amount: int) -> Json:
    before = balance_of(invoice)
    return {
        "uuid": invoice["uuid"],
        "series": invoice["series"],
        "folio_number": invoice["folio_number"],
        "currency": invoice["currency"],
        "payment_number": (invoice["installments"] or 0) + 1,
        "previous_balance": money(before),
        "paid_amount": money(amount),
        "remaining_balance": money(before - amount),
    }


def balance_of(invoice: Row) -> int:
    """Cents still open on a PPD invoice; the whole total of a PUE one, which keeps no balance."""
    balance = invoice["last_balance"]
    return cents(invoice["total"] if balance is None else balance)


def _cover(team: Team, invoice: Row, amount: int, by: Row, payment_id: str | None) -> None:
    changed: Json = {"invoices": [*invoice["invoices"], by.id]}
    if payment_id and payment_id not in invoice["payments"]:
        changed["payments"] = [*invoice["payments"], payment_id]
    if by["invoice_type"] == "P" and invoice["last_balance"] is not None:
        changed["installments"] = invoice["installments"] + 1
        covered = cents(invoice["payment_complements"]) + amount
        changed["payment_complements"] = money(covered)
    if invoice["last_balance"] is not None:
        changed["last_balance"] = money(balance_of(invoice) - amount)
    team["invoices_income"].change(invoice.id, **changed)


def credit(team: Team, invoice: Row, order: Order, relationship: str, at: int) -> Row:
    """Stamp an E against an income invoice (01 discount, 03 return, 07 advance applied)."""
    related = {"relationship": relationship, "documents": [invoice["uuid"]]}
    order.extras = {**order.extras, "related_documents": [related], "invoices": [invoice.id]}
    note = issue(team, "E", order, at)
    _cover(team, invoice, cents(note["total"]), note, None)
    return note


def dependents(team: Team, invoice: Row) -> list[Row]:
    """Complements and credit notes in force that rest on an income invoice; none on others."""
    alive: list[Row] = []
    if invoice["invoice_type"] != "I":
        return alive
    for stream in ("invoices_payment", "invoices_egress"):
        related = (team[stream].row(ref) for ref in invoice["invoices"] if ref in team[stream])
        alive += [row for row in related if row["status"] == "valid"]
    return alive


def needs_acceptance(document: Row) -> bool:
    """Tell whether the receiver must agree to a cancellation."""
    kind = document["invoice_type"]
    if kind == "E" or document["client"]["tax_id"] in (PUBLIC, FOREIGN):
        return False
    pesos = cents(document["total"] * document["exchange_rate"])
    return kind == "P" or pesos > _NO_ACCEPTANCE_UP_TO


def request_cancellation(
    team: Team, document: Row, motive: str, at: int, *, substitution: str | None = None
) -> bool:
    """Ask the SAT to cancel; True when done at once, False while the receiver is asked."""
    if document["status"] not in ("valid", "stamped") or _in_process(document):
        raise Refusal("Cannot cancel invoice", "Invoice is not in force")
    if dependents(team, document):
        raise Refusal("Cannot cancel invoice", "Invoice has dependent payment complements")
    if motive == "01" and not substitution:
        raise Refusal("Invalid request body", "substitution_uuid is required for motive 01")
    _note(team, document, _request(motive, at, substitution))
    if needs_acceptance(document):
        return False
    accept_cancellation(team, document, at, "Cancelado sin aceptación")
    return True


def _request(motive: str, at: int, substitution: str | None) -> Json:
    return {
        "cancellation_status": "pending",
        "motive": motive,
        "substitution_uuid": substitution,
        "requested_at": at,
        "requested_by": "api",
        "code": "201",
        "cancelled_at": None,
        "cancellation_type": None,
        "cancellation_receipt": None,
        "last_checked": at,
    }


def accept_cancellation(team: Team, document: Row, at: int, how: str) -> None:
    """Close a request: the document is cancelled, and what it covered is open again."""
    _note(
        team,
        document,
        {
            **document["cancellation"],
            "cancellation_status": "accepted",
            "cancelled_at": at,
            "cancellation_type": how,
            "cancellation_receipt": f"acuse-{document['uuid']}",
            "last_checked": at,
        },
        status="canceled",
    )
    team.cancelled_at_sat.append((document["uuid"], at))
    _reopen(team, document)


def reject_cancellation(team: Team, document: Row, at: int) -> None:
    """Close a request: the receiver said no, the document stays in force."""
    answer = {"cancellation_status": "rejected", "cancellation_type": "Solicitud rechazada"}
    _note(team, document, {**document["cancellation"], **answer, "last_checked": at})


def check_cancellation(team: Team, document: Row, at: int) -> None:
    """Look again at a request that nobody has answered."""
    _note(team, document, {**document["cancellation"], "last_checked": at})


def _in_process(document: Row) -> bool:
    cancellation = document["cancellation"]
    return bool(cancellation) and cancellation["cancellation_status"] == "pending"


def _note(team: Team, document: Row, cancellation: Json, **fields: Any) -> None:
    stream = team[STREAM_OF[document["invoice_type"]]]
    stream.change(document.id, cancellation=cancellation, **fields)


def _reopen(team: Team, document: Row) -> None:
    income = team["invoices_income"]
    if document["invoice_type"] == "P":
        for part in document["complements"][0]["data"]["related_documents"]:
            invoice = income.row(income.find(part["uuid"]) or "")
            _uncover(team, invoice, cents(part["paid_amount"]), complement=True)
    elif document["invoice_type"] == "E":
        for related in document["related_documents"]:
            invoice = income.row(income.find(related["documents"][0]) or "")
            _uncover(team, invoice, cents(document["total"]), complement=False)


def _uncover(team: Team, invoice: Row, amount: int, *, complement: bool) -> None:
    if invoice["last_balance"] is None:
        return
    changed: Json = {"last_balance": money(balance_of(invoice) + amount)}
    if complement:
        changed["payment_complements"] = money(cents(invoice["payment_complements"]) - amount)
        changed["installments"] = invoice["installments"] - 1
    team["invoices_income"].change(invoice.id, **changed)

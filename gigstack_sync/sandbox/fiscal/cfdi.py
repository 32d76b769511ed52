"""CFDIs kept small: what was ordered, from which the full document is spelled on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.fiscal.identity import seal, verification_url
from gigstack_sync.sandbox.fiscal.money import half_up, money
from gigstack_sync.sandbox.fiscal.taxes import LEVIES, charge, tax_objects


class Line(NamedTuple):
    """One concept: `service` as catalogued, quantity in tenths, price and discount in cents."""

    service: Json
    tenths: int
    price: int
    discount: int = 0
    levies: str = "iva16"

    @property
    def amount(self) -> int:
        """Quantity times price, in cents."""
        return half_up(self.tenths * self.price, 10)


class Sums(NamedTuple):
    """Cents of a document."""

    subtotal: int
    discount: int
    taxes: int
    withheld: int

    @property
    def total(self) -> int:
        """What is to be paid: subtotal - discount + taxes - withholdings."""
        return self.subtotal - self.discount + self.taxes - self.withheld


def add_up(lines: tuple[Line, ...]) -> Sums:
    """Sum the lines of a document."""
    subtotal = discount = taxes = withheld = 0
    for _, tenths, price, less, levies in lines:
        amount = half_up(tenths * price, 10)
        added, kept = charge(LEVIES[levies], amount - less)
        subtotal += amount
        discount += less
        taxes += added
        withheld += kept
    return Sums(subtotal, discount, taxes, withheld)


@dataclass(slots=True)
class Order:
    """What a document is about. `client` is a snapshot; `extras` override fields of the body.

    With `sums`, `extras` hold the items too, and there are no lines to add up.
    """

    client: Json
    lines: tuple[Line, ...]
    currency: str = "MXN"
    rate: int = 10_000  # ten-thousandths of MXN per unit of `currency`
    use: str = "G03"
    form: str | None = "03"
    method: str | None = "PUE"
    series: str = "A"
    text_rates: bool = False
    extras: Json = field(default_factory=dict)
    sums: Sums | None = None

    def add_up(self) -> Sums:
        """Sum the document."""
        return add_up(self.lines) if self.sums is None else self.sums


def exchange_rate(rate: int) -> int | Decimal:
    """Spell ten-thousandths: 1, 18.2345."""
    return 1 if rate == 10_000 else Decimal(rate).scaleb(-4)


def items(lines: tuple[Line, ...], *, as_text: bool = False) -> list[Json]:
    """Spell the concepts of a document."""
    spelled = []
    for line in lines:
        service = line.service
        quantity = Decimal(line.tenths).scaleb(-1) if line.tenths % 10 else line.tenths // 10
        item: Json = {
            "id": service["id"],
            "description": service["description"],
            "product_key": service["product_key"],
            "unit_key": service["unit_key"],
            "unit_name": service["unit_name"],
            "sku": service["sku"],
            "quantity": quantity,
            "unit_price": money(line.price),
            "discount": money(line.discount),
            "taxability": service["taxability"],
            "taxes": tax_objects(LEVIES[line.levies], line.amount - line.discount, as_text=as_text),
        }
        if "third_party" in service:
            item["third_party"] = service["third_party"]
        spelled.append(item)
    return spelled


class Issuer(NamedTuple):
    """The team as its documents name it."""

    team: str
    owner: str
    billing_account: str
    livemode: bool
    info: Json  # legal_name, tax_id, tax_system, zip


class Cfdi:
    """A stamped document: kind I, E, P or T. `issued` is epoch seconds."""

    __slots__ = ("folio", "id", "issued", "issuer", "kind", "order", "sums", "uuid")

    def __init__(self, ids: tuple[str, str], kind: str, issuer: Issuer, order: Order) -> None:
        self.id, self.uuid = ids
        self.kind = kind
        self.issuer = issuer
        self.order = order
        self.sums = order.add_up()
        self.folio = 0
        self.issued = 0

    def peek(self, field: str) -> Any:
        """Give one field; rules read a few of them for thousands of documents."""
        if field in self.order.extras:
            return self.order.extras[field]
        quick = _QUICK.get(field)
        return quick(self) if quick else self.render().get(field)

    def files(self) -> Json:
        """Name where its PDF and XML are kept."""
        folder = f"https://storage.googleapis.com/gigstackpro.appspot.com/teams/{self.issuer.team}"
        name = f"{folder}/files/{self.id[-12:]}"
        return {"pdf": f"{name}.pdf", "xml": f"{name}.xml"}

    def render(self) -> Json:
        """Spell the whole document, about 1.5 KB as JSON."""
        body = common(self.id, self.kind, self.issuer, self.order, self.sums)
        parties = (self.issuer.info["tax_id"], self.order.client["tax_id"])
        body.update(
            uuid=self.uuid,
            status="valid",
            created_at=self.issued,
            date=self.issued * 1000,
            folio_number=self.folio,
            stamp={"sello": seal(self.uuid), "stamp_at": self.issued, "provider": "prodigia"},
            verification_url=verification_url(self.uuid, parties, str(body["total"])),
            files=self.files(),
        )
        body.update(self.order.extras)
        return body


_QUICK: dict[str, Callable[[Cfdi], Any]] = {
    "uuid": lambda cfdi: cfdi.uuid,
    "invoice_type": lambda cfdi: cfdi.kind,
    "client": lambda cfdi: cfdi.order.client,
    "currency": lambda cfdi: cfdi.order.currency,
    "exchange_rate": lambda cfdi: exchange_rate(cfdi.order.rate),
    "payment_method": lambda cfdi: cfdi.order.method,
    "total": lambda cfdi: money(cfdi.sums.total),
    "series": lambda cfdi: cfdi.order.series,
    "folio_number": lambda cfdi: cfdi.folio,
    "created_at": lambda cfdi: cfdi.issued,
    "status": lambda cfdi: "valid",
    "cancellation": lambda cfdi: None,
    "last_balance": lambda cfdi: None,
    "installments": lambda cfdi: 0,
    "payment_complements": lambda cfdi: 0,
    "payments": lambda cfdi: [],
    "invoices": lambda cfdi: [],
    "related_documents": lambda cfdi: [],
    "files": lambda cfdi: cfdi.files(),
}


class Draft:
    """A document not stamped yet. `created` is epoch milliseconds, as the API has it."""

    __slots__ = ("created", "id", "issuer", "kind", "order")

    def __init__(self, draft_id: str, kind: str, issuer: Issuer, order: Order) -> None:
        self.id = draft_id
        self.kind = kind
        self.issuer = issuer
        self.order = order
        self.created = 0

    def peek(self, field: str) -> Any:
        """Give one field."""
        return self.render().get(field)

    def render(self) -> Json:
        """Spell the draft: the fields of a CFDI, without stamp, folio and files."""
        body = common(self.id, self.kind, self.issuer, self.order, self.order.add_up())
        body.update(draft=True, status="draft", created_at=self.created, updated_at=self.created)
        body.update(self.order.extras)
        return body


def common(record_id: str, kind: str, issuer: Issuer, order: Order, sums: Sums) -> Json:
    """Spell what drafts and stamped documents share."""
    email = order.client.get("email")
    return {
        "id": record_id,
        "uuid": None,
        "invoice_type": kind,
        "status": "draft",
        "livemode": issuer.livemode,
        "client": order.client,
        "created_at": 0,
        "date": None,
        "currency": order.currency,
        "exchange_rate": exchange_rate(order.rate),
        "subtotal": money(sums.subtotal),
        "discount": money(sums.discount),
        "taxes": money(sums.taxes),
        "withholding_taxes": money(sums.withheld),
        "total": money(sums.total),
        "series": order.series,
        "folio_number": None,
        "use": order.use,
        "payment_form": order.form,
        "payment_method": order.method,
        "items": items(order.lines, as_text=order.text_rates),
        **_untouched(),
        "metadata": {},
        "emails": [email] if email else [],
        "issuer_info": issuer.info,
        "files": {"pdf": None, "xml": None},
        "draft": False,
        "team": issuer.team,
        "owner": issuer.owner,
        "billing_account": issuer.billing_account,
        "from": "api",
        "idempotency_key": None,
    }


def _untouched() -> Json:
    """Fields that start empty and fill as the document lives."""
    return {
        "payments": [],
        "invoices": [],
        "stamp": None,
        "cancellation": None,
        "verification_url": None,
        "payment_complements": 0,
        "last_balance": None,
        "installments": 0,
        "exports": "01",
        "addenda": None,
        "invoice_pdf_notes": None,
        "payment_conditions": None,
        "global": None,
        "related_documents": [],
        "complements": [],
        "namespaces": [],
        "automations": [],
    }

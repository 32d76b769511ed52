"""The records of the API as typed dictionaries.

Every field may be missing or null: trust `id` alone. Money is in major units,
Decimal or int, never float. Times are epoch seconds in most places and
milliseconds in some (drafts, webhooks, `date`): `moments.epoch_seconds` reads both.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeAlias, TypedDict

Number: TypeAlias = Decimal | int


class Address(TypedDict, total=False):
    """`country` has three letters, as in ISO 3166."""

    country: str | None
    street: str | None
    zip: str | None
    city: str | None
    state: str | None
    exterior: str | None
    interior: str | None
    municipality: str | None
    neighborhood: str | None


class Customer(TypedDict, total=False):
    """A client; list rows carry only some of it."""

    id: str
    name: str | None
    legal_name: str | None
    company: str | None
    phone: str | None
    email: str | None
    bcc: list[str] | None
    tax_id: str | None
    tax_system: str | None
    use: str | None
    address: Address | None
    metadata: dict[str, Any] | None
    is_valid: bool | None
    efos: dict[str, Any] | None
    fiscal_validation: dict[str, Any] | None
    sat_status: dict[str, Any] | None
    defaults: dict[str, Any] | None
    livemode: bool | None
    team: str | None
    created_at: Number


class Tax(TypedDict, total=False):
    """`rate` 0.16 is 16 %; may come as text."""

    type: str | None
    rate: Number | str | None
    base: Number | str | None
    factor: str | None
    inclusive: bool | None
    withholding: bool | None


class Item(TypedDict, total=False):
    """A concept of an invoice, payment or receipt."""

    id: str | None
    description: str | None
    product_key: str | None
    unit_key: str | None
    unit_name: str | None
    sku: str | None
    quantity: Number | None
    unit_price: Number | None
    discount: Number | None
    taxability: str | None
    taxes: list[Tax] | None


class Amounts(TypedDict, total=False):
    """What invoices, payments and receipts share."""

    id: str
    client: Customer | None
    status: str | None
    currency: str | None
    exchange_rate: Number | None
    total: Number | None
    subtotal: Number | None
    taxes: Number | None
    discount: Number | None
    withholding_taxes: Number | None
    payment_form: str | None
    items: list[Item] | None
    metadata: dict[str, Any] | None
    idempotency_key: str | None
    livemode: bool | None
    team: str | None
    owner: str | None
    created_at: Number


class Draft(Amounts, total=False):
    """An invoice not stamped yet; times in milliseconds."""

    draft: bool
    invoice_type: str | None
    payment_method: str | None
    use: str | None
    series: str | None
    folio_number: int | None
    date: Number | None
    updated_at: Number


# `global` and `from` are words of Python, hence this form
_InvoiceOrigin = TypedDict(
    "_InvoiceOrigin", {"from": str | None, "global": dict[str, Any] | None}, total=False
)


class Invoice(Amounts, _InvoiceOrigin, total=False):
    """A CFDI of type I, E, P or T. `uuid` is SAT's, absent until stamped."""

    uuid: str | None
    invoice_type: str | None
    payment_method: str | None
    use: str | None
    series: str | None
    folio_number: int | None
    date: Number | None
    payments: list[str] | None
    invoices: list[str] | None
    stamp: dict[str, Any] | None
    cancellation: dict[str, Any] | None
    verification_url: str | None
    related_documents: list[dict[str, Any]] | None
    complements: list[dict[str, Any]] | None
    payment_complements: Number | None
    last_balance: Number | None
    installments: int | None
    issuer_info: dict[str, Any] | None
    emails: list[str] | None
    files: InvoiceFiles | None
    draft: bool | None


class InvoiceFiles(TypedDict, total=False):
    """Addresses of the files, or their content in base64."""

    pdf: str | None
    xml: str | None


class Payment(Amounts, total=False):
    """`total` may be missing; `amount` is then in cents. `invoices` holds ids or objects."""

    amount: int | None
    invoices: list[str | dict[str, Any]] | None
    receipts: list[str | dict[str, Any]] | None
    succeeded_at: Number | None
    payment_processor: str | None
    automation_type: str | None
    short_url: str | None


class Receipt(Amounts, total=False):
    """`created` and `validUntil` are older spellings of `created_at` and `valid_until`."""

    created: Number
    valid_until: Number | None
    validUntil: Number | None
    periodicity: str | None
    url: str | None
    short_url: str | None
    invoices: list[str] | None
    payments: list[str] | None
    total_refunded: Number | None
    files: InvoiceFiles | None


class Service(TypedDict, total=False):
    """`unit_price` has no currency of its own."""

    id: str
    description: str | None
    sku: str | None
    product_key: str | None
    unit_key: str | None
    unit_name: str | None
    unit_price: Number | None
    taxability: str | None
    taxes: list[Tax] | None
    team: str | None
    created_at: Number


class SatParty(TypedDict, total=False):
    """Issuer or receiver, as SAT writes them."""

    rfc: str | None
    name: str | None


class SatCfdi(TypedDict, total=False):
    """A CFDI as SAT has it; its dates are local text without a zone."""

    id: str
    uuid: str | None
    direction: str | None
    issuer: SatParty | None
    receiver: SatParty | None
    invoice_type: str | None
    series: str | None
    folio: str | None
    subtotal: Number | None
    total: Number | None
    currency: str | None
    exchange_rate: Number | None
    issue_date: str | None
    stamp_date: str | None
    cancellation_date: str | None
    status: str | None
    pac_rfc: str | None
    version: str | None
    has_xml: bool | None
    resource_status: str | None
    created_at: Number
    updated_at: Number


class SupportDocument(TypedDict, total=False):
    """A contract, a proof of payment and the like; times in milliseconds."""

    id: str
    document_type: str | None
    name: str | None
    description: str | None
    file_url: str | None
    file_name: str | None
    file_size: int | None
    mime_type: str | None
    compliance_status: str | None
    linked_entities: list[dict[str, Any]] | None
    created_at: Number
    updated_at: Number


class Retention(TypedDict, total=False):
    """A certificate of taxes withheld; its folio is text, its stamp has no zone."""

    id: str
    uuid: str | None
    status: str | None
    retention_key: str | None
    folio_number: str | None
    series: str | None
    issuer: dict[str, Any] | None
    receiver: dict[str, Any] | None
    period: dict[str, Any] | None
    totals: dict[str, Any] | None
    stamp: dict[str, Any] | None
    cancellation: dict[str, Any] | None
    verification_url: str | None
    livemode: bool | None
    created_at: Number


class User(TypedDict, total=False):
    """Somebody who works with the account."""

    id: str
    email: str | None
    name: str | None
    first_name: str | None
    last_name: str | None
    phone: str | None
    company_role: str | None
    role: str | None
    teams: list[str] | None
    created_at: Number


class Series(TypedDict, total=False):
    """A series and its next folio in either mode."""

    id: str
    series: str | None
    live: int | None
    test: int | None


class Webhook(TypedDict, total=False):
    """`created_at` in milliseconds; no events may mean all."""

    id: str
    url: str | None
    events: list[str] | None
    status: str | None
    description: str | None
    owner: str | None
    created_at: Number


class Team(TypedDict, total=False):
    """A company with its fiscal data, certificates, integrations and settings."""

    id: str
    name: str | None
    legal_name: str | None
    tax_id: str | None
    tax_system: str | None
    address: Address | None
    brand: dict[str, Any] | None
    sat: dict[str, Any] | None
    integrations: dict[str, Any] | None
    billing: dict[str, Any] | None
    settings: dict[str, Any] | None
    created_at: Number

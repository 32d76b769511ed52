"""What the bodies of mutations may say, typed, each field with its help.

Amounts are Decimal or int, in major units; they reach the wire digit for digit.
A field left out is left out of the request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias, TypedDict

from gigstack_sync.api.models import Address, Tax

Amount: TypeAlias = Decimal | int
Metadata: TypeAlias = Annotated[Mapping[str, Any], "Free fields of your own."]
Key: TypeAlias = Annotated[str, "Idempotency key: the same one never does the same thing twice."]
Emails: TypeAlias = Annotated[Sequence[str], "Who receives it by mail."]
SendEmail: TypeAlias = Annotated[bool, "Whether it is sent by mail."]
Currency: TypeAlias = Annotated[str, "ISO currency, MXN unless said."]
Rate: TypeAlias = Annotated[Amount, "Pesos per unit of the currency; needed unless it is MXN."]
Form: TypeAlias = Annotated[str, "SAT payment form, 01 to 99."]
AutomationType: TypeAlias = Literal[
    "none",
    "payment",
    "payment_and_complement",
    "pue_invoice",
    "ppd_invoice_and_complement",
    "receipt",
]
Automation: TypeAlias = Annotated[AutomationType, "What gigstack issues by itself once paid."]


class ClientFields(TypedDict, total=False):
    """A client besides its name."""

    legal_name: Annotated[str, "Legal name, as SAT has it, without S.A. de C.V."]
    email: Annotated[str, "E-mail."]
    tax_id: Annotated[str, "RFC."]
    tax_system: Annotated[str, "SAT tax system (régimen), such as 601."]
    use: Annotated[str, "Use of CFDI, such as G03."]
    company: Annotated[str, "Company."]
    phone: Annotated[str, "Telephone."]
    address: Annotated[Address, "Address; its zip is the fiscal one."]
    bcc: Annotated[Sequence[str], "Who receives copies by mail."]
    metadata: Metadata
    defaults: Annotated[Mapping[str, bool], "What is issued without asking."]


class NewClientFields(ClientFields, total=False):
    """A new client besides its name."""

    search: Annotated[Mapping[str, Any], "on_key, on_value, update: take the one there is."]


class ClientChanges(ClientFields, total=False):
    """What of a client changes."""

    name: Annotated[str, "Name."]


class ServiceFields(TypedDict, total=False):
    """A service besides description and price."""

    sku: Annotated[str, "Your own code for it."]
    product_key: Annotated[str, "SAT product key, 8 digits."]
    unit_key: Annotated[str, "SAT unit key, such as E48."]
    unit_name: Annotated[str, "Name of the unit."]
    quantity: Annotated[Amount, "Usual quantity."]
    taxability: Annotated[str, "SAT object of tax, 01 to 08."]
    taxes: Annotated[Sequence[Tax], "Taxes of one unit."]


class ServiceChanges(ServiceFields, total=False):
    """What of a service changes."""

    description: Annotated[str, "Description."]
    unit_price: Annotated[Amount, "Price before taxes."]


class DocumentFields(TypedDict, total=False):
    """What any CFDI says besides client and items."""

    currency: Currency
    exchange_rate: Rate
    use: Annotated[str, "Use of CFDI, such as G03."]
    payment_form: Form
    payment_method: Annotated[Literal["PUE", "PPD"], "Paid at once (PUE) or later (PPD)."]
    series: Annotated[str, "Series of the folio."]
    folio_number: Annotated[int, "Folio, when gigstack shall not count it."]
    exports: Annotated[str, "SAT export code, 01 unless goods leave the country."]
    global_: Annotated[Mapping[str, Any], "periodicity, months and year of a global invoice."]
    related_documents: Annotated[Sequence[Mapping[str, Any]], "relationship and documents (UUIDs)."]
    complements: Annotated[Sequence[Mapping[str, Any]], "Complements: type and data."]
    addenda: Annotated[str, "Addenda, as XML."]
    payment_conditions: Annotated[str, "Payment conditions."]
    invoice_pdf_notes: Annotated[str, "Notes on the PDF."]
    metadata: Metadata


class InvoiceFields(DocumentFields, total=False):
    """What a CFDI to be stamped says besides client and items."""

    automation_type: Automation
    send_email: SendEmail
    emails: Emails
    return_files: Annotated[bool, "Whether the answer holds PDF and XML."]
    idempotency_key: Key


class DraftFields(DocumentFields, total=False):
    """What a draft may say; everything else is left for later."""

    client: Annotated[str | Mapping[str, Any], "Client id, or the client's fields."]
    items: Annotated[Sequence[Any], "Concepts."]
    date: Annotated[int, "Date of the invoice, epoch milliseconds."]


class MoneyFields(TypedDict, total=False):
    """What payments and receipts may say."""

    currency: Currency
    exchange_rate: Rate
    metadata: Metadata
    idempotency_key: Key


class PaymentFields(MoneyFields, total=False):
    """What a payment says besides client and items."""

    automation_type: Automation
    send_email: SendEmail
    emails: Emails
    invoice_config: Annotated[Mapping[str, Any], "serie and folio of the invoice to come."]


class ReceiptFields(MoneyFields, total=False):
    """What a receipt says besides client and items."""

    payment_form: Form
    periodicity: Annotated[
        Literal["day", "week", "two_weeks", "month", "two_months"], "How long it may be invoiced."
    ]
    invoice_config: Annotated[Mapping[str, Any], "serie and folio of the invoice to come."]


class WebhookFields(TypedDict, total=False):
    """A webhook besides its address."""

    events: Annotated[Sequence[str], "Events that are sent; none may mean all."]
    description: Annotated[str, "What it is for."]
    status: Annotated[Literal["active", "inactive"], "Whether anything is sent."]


class WebhookChanges(WebhookFields, total=False):
    """What of a webhook changes."""

    url: Annotated[str, "https address that is called."]


class TeamFields(TypedDict, total=False):
    """A company of the account besides its name."""

    legal_name: Annotated[str, "Legal name, as SAT has it."]
    tax_id: Annotated[str, "RFC."]
    tax_system: Annotated[str, "SAT tax system (régimen), such as 601."]
    email: Annotated[str, "E-mail."]
    phone: Annotated[str, "Telephone."]
    address: Annotated[Address, "Address; its zip is the fiscal one."]
    brand: Annotated[Mapping[str, Any], "alias, primary_color, secondary_color, logo."]


class TeamChanges(TeamFields, total=False):
    """What of a company changes."""

    name: Annotated[str, "Name."]


Role: TypeAlias = Literal["admin", "editor", "viewer"]


class UserFields(TypedDict, total=False):
    """A user besides the e-mail."""

    first_name: Annotated[str, "First name."]
    last_name: Annotated[str, "Last name."]
    phone: Annotated[str, "Telephone."]
    company_role: Annotated[str, "What the user does in the company."]
    address: Annotated[Address, "Address."]
    role: Annotated[Role, "Rights in the team."]


class NewUserFields(UserFields, total=False):
    """A new user besides the e-mail."""

    auto_join: Annotated[bool, "Whether the user joins without an invitation."]


class RetentionFields(TypedDict, total=False):
    """A retention besides its period and its sums."""

    total_exempt: Annotated[Amount, "Part of the operation free of tax."]
    platform_services: Annotated[Mapping[str, Any], "periodicity and services of a platform."]

"""What can be exported by name: the view behind it, and the columns the official export has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

OFFICIAL: Final = "official"
FULL: Final = "full"
ACCOUNTANT: Final = "contador"


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing to export. Names of columns are those of the view."""

    view: str
    official: tuple[str, ...] = ()
    """Header of the official export, in its order; empty where it has none."""
    accountant: str = ""
    """The view with the columns an accountant expects; empty for the view itself."""
    condition: str = ""
    """What rows belong to it by default, in SQL."""
    follows_cut: bool = False
    """The view keeps to the period by itself; some of its rows have no day."""
    order: str = ""
    """How its rows follow each other, in SQL; empty for newest first."""

    has_totals: bool = False
    """Its rows are of one kind, so that the sum of a column means something."""


ENTITIES: Final = {
    "invoices": Entity(
        "export_invoices",
        (
            "uuid",
            "status",
            "payment_method",
            "payment_form",
            "client_name",
            "client_rfc",
            "client_email",
            "subtotal",
            "total",
            "currency",
            "series",
            "folio_number",
            "last_balance",
            "created_at",
        ),
        "accountant_issued",
        "invoice_type = 'I'",
        has_totals=True,
    ),
    "payments": Entity(
        "export_payments",
        (
            "id",
            "status",
            "client_name",
            "client_rfc",
            "client_email",
            "total",
            "currency",
            "payment_form",
            "short_url",
            "created_at",
        ),
        has_totals=True,
    ),
    "receipts": Entity(
        "export_receipts",
        (
            "id",
            "status",
            "client_name",
            "client_rfc",
            "total",
            "currency",
            "validUntil",
            "created_at",
        ),
        has_totals=True,
    ),
    "clients": Entity(
        "export_clients",
        (
            "id",
            "legal_name",
            "tax_id",
            "email",
            "tax_system",
            "use",
            "zip",
            "is_valid",
            "created_at",
        ),
    ),
    "services": Entity("services", condition="deleted_at is null"),
    "sat": Entity("export_sat", accountant="accountant_sat"),
    "items": Entity("invoice_items", accountant="accountant_items", condition="deleted_at is null"),
    "taxes": Entity("invoice_taxes", condition="deleted_at is null"),
    "complements": Entity("complement_payments", accountant="accountant_complements"),
    "relations": Entity("invoice_relations", condition="deleted_at is null"),
    "drafts": Entity("invoice_drafts", condition="deleted_at is null"),
    "balances": Entity("invoice_balances", accountant="accountant_balances", has_totals=True),
    "cobranza": Entity(
        "invoice_balances",
        accountant="accountant_balances",
        condition="coalesce(payment_method = 'PPD', api_balance is not null) "
        "and coalesce(balance > (select tolerance from cut), true)",
        has_totals=True,
    ),
    "estado": Entity(
        "accountant_statement",
        follows_cut=True,
        order="client_name, client_rfc, currency, line",
    ),
    "conciliation": Entity(
        "conciliation_findings", follows_cut=True, order="code, dated_on, uuid_fiscal, payment_id"
    ),
}
"""Name on the command line → what it exports; any other view goes by its own name."""

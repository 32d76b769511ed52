"""Which operation is which command: names and flags, and what a table of its rows shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gigstack_sync.cli.operations_op import Branch, Op

_CFDI = (
    "created_at", "uuid|id", "client.legal_name|client.name", "series", "folio_number",
    "total", "currency", "payment_method", "last_balance", "status",
)  # fmt: skip
_DRAFT = ("created_at", "id", "client.legal_name|client.name", "invoice_type", "total", "currency")
_CLIENT = ("id", "legal_name|name", "tax_id", "tax_system", "email")
_PAYMENT = (
    "created_at", "id", "client.legal_name|client.name", "total", "currency", "payment_form",
    "status",
)  # fmt: skip
_RECEIPT = (
    "created_at|created", "id", "client.legal_name|client.name", "total", "currency",
    "valid_until|validUntil", "status",
)  # fmt: skip
_SERVICE = ("id", "description", "unit_price", "product_key", "unit_key", "sku")
_WEBHOOK = ("id", "url", "events", "status")
_TEAM = ("id", "legal_name|name", "tax_id", "tax_system")
_USER = ("id", "email", "name", "role")
_SAT = (
    "issue_date", "uuid", "direction", "invoice_type", "issuer.rfc", "receiver.rfc", "total",
    "currency", "status",
)  # fmt: skip
_PAPER = ("created_at", "id", "document_type", "name", "compliance_status")
_RETENTION = ("created_at", "uuid|id", "retention_key", "receiver.legal_name|receiver.name")
_SERIES = ("id", "series", "live", "test")
_HISTORY = ("createdAt", "id", "rfcType", "startDate", "endDate", "status", "invoiceCount")
_JOB = ("id", "status")

_AUTOMATION: Final = {"automation_type": "--automation"}
_REPLACEMENT: Final = {"substitution_uuid": "--replacement"}


def _documents(stem: str, noun: str) -> dict[str, Op]:
    return {
        "documents": Op(
            f"{stem}.documents", f"List the documents attached to {noun}.", columns=_PAPER
        ),
        "add-document": Op(
            f"{stem}.add_document",
            flags={"document_type": "--type"},
            look=f"{stem} documents {{}}",
        ),
    }


def _cfdis(stem: str, noun: str, **defaults: Any) -> dict[str, Op]:
    return {
        "list": Op(f"{stem}.list", f"List {noun}, newest first.", columns=_CFDI),
        "get": Op(f"{stem}.get"),
        "create": Op(f"{stem}.create", defaults=defaults, flags=_AUTOMATION),
    }


_CLIENTS = Branch(
    "The companies and people you invoice.",
    {
        "list": Op("clients.list", "List clients, newest first.", columns=_CLIENT),
        "get": Op("clients.get"),
        "create": Op(
            "clients.create",
            defaults={"use": "G03"},
            extras=("zip",),
            copies={"legal_name": "name"},
            example="--rfc EKU9003173C9 --tax-system 601 --zip 06600",
        ),
        "update": Op("clients.update", extras=("zip",), example="--email cuentas@ejemplo.mx"),
        "search": Op("clients.search", columns=_CLIENT),
        "validate": Op("clients.validate", asks=False),
        "portal": Op(
            "clients.portal", flags={"client_id": "--id"}, asks=False, example="--id client_7Q2"
        ),
        "delete": Op("clients.delete"),
        "stamp-receipts": Op("clients.stamp_receipts"),
        "csf": Op("clients.csf"),
        **_documents("clients", "a client"),
    },
)

_DRAFTS = Branch(
    "Invoices not stamped yet.",
    {
        "list": Op(
            "invoices.draft.list",
            "List drafts, newest first.",
            flags={"invoice_type": "--type"},
            columns=_DRAFT,
        ),
        "get": Op("invoices.draft.get"),
        "create": Op(
            "invoices.draft.create",
            flags={"invoice_type": "--type"},
            kinds={"date": "milliseconds", "client": "client"},
            example="--client client_7Q2 --items concepts.json",
        ),
        "update": Op(
            "invoices.draft.update",
            kinds={"date": "milliseconds", "client": "client"},
            example="--client client_7Q2 --items concepts.json --use G03",
        ),
        "delete": Op("invoices.draft.delete"),
        "preview": Op(
            "invoices.draft.preview", "Save a draft as a PDF without fiscal value.", files=("pdf",)
        ),
        "stamp": Op("invoices.draft.stamp"),
    },
)

_SCHEDULE = Branch(
    "When SAT is asked for CFDIs.",
    {
        "show": Op("invoices.downloads.schedule"),
        "history": Op("invoices.downloads.history", columns=_HISTORY),
        "set": Op(
            "invoices.downloads.set_schedule",
            kinds={"enabled": "truth"},
            flags={"download_types": "--types"},
            look="invoices sat schedule show",
        ),
    },
)

_SAT_CFDIS = Branch(
    "What SAT itself has of you: Descarga Masiva.",
    {
        "list": Op(
            "invoices.sat.list",
            "List SAT's copies of CFDIs.",
            flags={"invoice_type": "--type"},
            columns=_SAT,
        ),
        "get": Op("invoices.sat.get"),
        "retry": Op("invoices.sat.retry"),
        "pdf": Op("invoices.sat.pdf", "Save the PDF of a CFDI.", files=("pdf",)),
        "download": Op(
            "invoices.sat.pdf", "Save what there is of a CFDI: its PDF.", files=("pdf",)
        ),
        "xml": Op(
            "invoices.downloads.xml", "Save the XML of a CFDI, for a credit.", files=("xml",)
        ),
        "status": Op("invoices.downloads.status"),
        "activate": Op("invoices.downloads.activate", look="invoices sat status"),
        "deactivate": Op("invoices.downloads.deactivate", look="invoices sat status"),
        "schedule": _SCHEDULE,
        "request": Op(
            "invoices.downloads.request",
            kinds={"start_date": "day", "end_date": "day"},
            look="invoices sat schedule history",
        ),
        "request-status": Op("invoices.downloads.request_status"),
        "package": Op(
            "invoices.downloads.package", "Save the ZIP of a finished request.", files=("zip",)
        ),
        "import": Op("invoices.downloads.import_xml", look="invoices sat jobs"),
        "jobs": Op("invoices.downloads.jobs", columns=_JOB),
        "job": Op("invoices.downloads.job"),
        "cancel-job": Op("invoices.downloads.cancel_job", look="invoices sat job {}"),
    },
)

_EGRESS = _cfdis("invoices.egress", "credit notes")
_COMPLEMENTS = _cfdis("invoices.payment", "payment complements")
_TRANSFERS = _cfdis("invoices.transfer", "transfers")

_INVOICES = Branch(
    "Invoices of every type, drafts, and SAT's own copies.",
    {
        **_cfdis(
            "invoices.income",
            "income invoices",
            payment_form="03",
            payment_method="PUE",
            use="G03",
            currency="MXN",
        ),
        "cancel": Op("invoices.cancel", flags=_REPLACEMENT),
        "search": Op("invoices.search", columns=_CFDI),
        "files": Op("invoices.files", flags={"file_type": "--kind"}),
        "download": Op(
            "invoices.download",
            "Save PDF and XML of an invoice, or of every one of a period.",
            files=("pdf", "xml"),
            archives=("invoices.income", "invoices.egress", "invoices.payment"),
        ),
        "send": Op("invoices.send", flags={"emails": "--to"}),
        **_documents("invoices", "an invoice"),
        "drafts": _DRAFTS,
        "credit-notes": Branch(
            "Credit notes (CFDI type E); lists them unless told otherwise.",
            _EGRESS,
            _EGRESS["list"],
        ),
        "complements": Branch(
            "Payment complements (CFDI type P); lists them unless told otherwise.",
            _COMPLEMENTS,
            _COMPLEMENTS["list"],
        ),
        "transfers": Branch(
            "Transfers of goods (CFDI type T); lists them unless told otherwise.",
            _TRANSFERS,
            _TRANSFERS["list"],
        ),
        "sat": _SAT_CFDIS,
    },
)

_PAYMENTS = Branch(
    "Money requested and received.",
    {
        "list": Op("payments.list", "List payments, newest first.", columns=_PAYMENT),
        "get": Op("payments.get"),
        "search": Op("payments.search", columns=_PAYMENT),
        "request": Op(
            "payments.request",
            flags={"allowed_payment_methods": "--methods", **_AUTOMATION},
            defaults={
                "currency": "MXN",
                "allowed_payment_methods": ("card", "bank"),
                "automation_type": "none",
            },
        ),
        "register": Op(
            "payments.register",
            flags=_AUTOMATION,
            defaults={"currency": "MXN", "automation_type": "pue_invoice"},
        ),
        "paid": Op("payments.paid", kinds={"date": "seconds"}),
        "refund": Op("payments.refund"),
        "cancel": Op("payments.cancel"),
        "update": Op(
            "payments.update",
            flags=_AUTOMATION,
            kinds={"client": "object"},
            example="--automation receipt",
        ),
        **_documents("payments", "a payment"),
    },
)

_RECEIPTS = Branch(
    "Money collected that is not invoiced yet.",
    {
        "list": Op("receipts.list", "List receipts, newest first.", columns=_RECEIPT),
        "get": Op("receipts.get"),
        "create": Op("receipts.create"),
        "search": Op("receipts.search", columns=_RECEIPT),
        "stamp": Op("receipts.stamp", kinds={"date": "milliseconds"}),
        "cancel": Op("receipts.cancel"),
        "reopen": Op("receipts.reopen"),
    },
)

_SERVICES = Branch(
    "The catalogue of what you sell.",
    {
        "list": Op("services.list", "List services, newest first.", columns=_SERVICE),
        "get": Op("services.get"),
        "create": Op("services.create", flags={"unit_price": "--price"}, extras=("iva",)),
        "update": Op(
            "services.update",
            flags={"unit_price": "--price"},
            extras=("iva",),
            example="--price 99.90",
        ),
        "delete": Op("services.delete"),
    },
)

_WEBHOOKS = Branch(
    "Addresses that gigstack calls when something happens.",
    {
        "list": Op("webhooks.list", "List webhooks.", columns=_WEBHOOK),
        "get": Op("webhooks.get"),
        "create": Op("webhooks.create", example="--events invoice.created,payment.succeeded"),
        "update": Op("webhooks.update", example="--status inactive"),
        "delete": Op("webhooks.delete"),
    },
)

_TEAMS = Branch(
    "The companies your key may act for.",
    {
        "list": Op("teams.list", "List teams.", columns=_TEAM),
        "get": Op("teams.get"),
        "integrations": Op("teams.integrations"),
        "create": Op("teams.create", extras=("zip",)),
        "update": Op("teams.update", extras=("zip",), example="--phone 5555555555"),
        "delete": Op("teams.delete"),
        "series": Op("teams.series", columns=_SERIES),
        "set-series": Op("teams.update_series", example="--live 1001", look="teams series {}"),
        "settings": Op("teams.settings"),
        "set-settings": Op("teams.update_settings", look="teams settings {}"),
        "onboarding-url": Op("teams.onboarding_url"),
        "members": Op("teams.members", columns=_USER),
        "add-member": Op("teams.add_member", look="teams members {}"),
        "remove-member": Op("teams.remove_member", look="teams members {}"),
        "api-logs": Op("teams.api_logs", "List what was asked of the API."),
        "webhook-deliveries": Op("teams.webhook_deliveries", "List what was sent to webhooks."),
    },
)

_USERS = Branch(
    "The people who work with the account.",
    {
        "list": Op("users.list", "List users.", columns=_USER),
        "get": Op("users.get"),
        "create": Op("users.create"),
        "update": Op("users.update", example="--role viewer"),
        "delete": Op("users.delete"),
        "reset-password": Op("users.reset_password"),
        "login-link": Op("users.login_link"),
    },
)

_RETENTIONS = Branch(
    "Certificates of taxes withheld (CFDI Retenciones).",
    {
        "list": Op("retentions.list", "List retentions, newest first.", columns=_RETENTION),
        "get": Op("retentions.get"),
        "files": Op("retentions.files"),
        "download": Op(
            "retentions.download", "Save PDF and XML of a retention.", files=("pdf", "xml")
        ),
        "create": Op("retentions.create"),
        "cancel": Op("retentions.cancel", flags=_REPLACEMENT),
    },
)

_DOCUMENTS = Branch(
    "Contracts and proofs kept with clients, invoices and payments.",
    {
        "list": Op("documents.list", "List documents.", columns=_PAPER),
        "get": Op("documents.get"),
        "delete": Op("documents.delete"),
        "link": Op("documents.link"),
        "unlink": Op("documents.unlink"),
        "analyze": Op("documents.analyze"),
    },
)

TREE: Final[Mapping[str, Branch]] = {
    "invoices": _INVOICES,
    "payments": _PAYMENTS,
    "receipts": _RECEIPTS,
    "clients": _CLIENTS,
    "services": _SERVICES,
    "retentions": _RETENTIONS,
    "documents": _DOCUMENTS,
    "webhooks": _WEBHOOKS,
    "teams": _TEAMS,
    "users": _USERS,
}

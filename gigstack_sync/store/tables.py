"""The mirrored streams and the file of `sql/load/` that types each one's payload."""

from __future__ import annotations

from typing import Final

LOAD_FILE: Final = {
    "invoices_income": "invoices",
    "invoices_egress": "invoices",
    "invoices_payment": "complements",
    "invoices_transfer": "invoices",
    "invoices_draft": "invoices",
    "invoices_sat": "sat_cfdis",
    "payments": "payments",
    "receipts": "receipts",
    "clients": "clients",
    "services": "services",
    "webhooks": "webhooks",
    "teams": "teams",
}
"""Stream name (= table in schema `mirror`) → stem of its load file."""

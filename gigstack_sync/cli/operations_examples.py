"""Example command lines of derived commands, where the second one can show more than the first."""

from __future__ import annotations

from typing import Final

_UUID: Final = "6741A863-04BE-49FE-BB76-E1657AB6B7EA"
_OTHER: Final = "97423076-5CF4-4091-98E3-CDCC8F65B851"

ALSO: Final = {
    "clients list": "--order-by name --sort asc --all --jsonl",
    "clients search": "EKU9003173C9 --json",
    "clients portal": "--email cuentas@ejemplo.mx",
    "clients csf": "--file constancia.pdf --client client_7Q2 --dry-run",
    "invoices list": "--from 2026-10 --to 2026-10 --status valid --jsonl",
    "invoices cancel": f"{_UUID} --motive 01 --replacement {_OTHER} --dry-run",
    "invoices files": f"{_UUID} --kind pdf",
    "invoices send": f"{_UUID} --to cuentas@ejemplo.mx,conta@ejemplo.mx",
    "invoices drafts list": "--type I --json",
    "invoices drafts stamp": "draft_5T9 --no-send-email --dry-run",
    "invoices credit-notes list": "--from 2026-10 --all --jsonl",
    "invoices complements list": f"--invoice {_UUID}",
    "invoices sat list": "--direction received --from 2026-10 --to 2026-10",
    "invoices sat schedule set": "--time 03:30 --types issued,received --days-back 7 --dry-run",
    "payments list": "--status succeeded --rfc EKU9003173C9 --from 30d",
    "payments request": "--client client_7Q2 --items concepts.json --methods card,spei",
    "payments paid": "payment_8K1 --payment-form 03 --date 2026-10-31",
    "receipts list": "--status pending --from 30d --jsonl",
    "receipts create": "--client client_7Q2 --items concepts.json --periodicity week --dry-run",
    "receipts stamp": "receipt_3X8 --stamp-to general_public_national",
    "services create": '--description "Consultoría" --price 1500 --iva --unit-key E48 --dry-run',
    "retentions cancel": f"{_UUID} --motive 02",
    "webhooks list": "--status active --json",
    "teams create": '--name "Abarrotes del Norte" --rfc EKU9003173C9 --zip 06600 --dry-run',
    "teams api-logs": "team_2B6 --from 7d --limit 50",
    "teams webhook-deliveries": "team_2B6 --from 7d --jsonl",
    "users create": "--email cuentas@ejemplo.mx --role viewer --dry-run",
}
"""Command → what its second example types after its name."""

"""Rows of the SAT mirror: our CFDIs as the SAT has them, and what suppliers sent us."""

from __future__ import annotations

from typing import Any

from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.fiscal.cfdi import Cfdi, exchange_rate
from gigstack_sync.sandbox.fiscal.money import money

PAC = "PPD101129EA3"


# uuid, direction, (issuer rfc, name, receiver rfc, name), kind, (series, folio),
# (subtotal cents, total cents, currency, rate), issue date
Facts = tuple[
    str, str, tuple[str, str, str, str], str, tuple[str, str], tuple[int, int, str, int], str
]


class Sighting:
    """One CFDI at the SAT. `facts` is kept compact; times are local ISO texts, seen epoch s."""

    __slots__ = ("facts", "seen")

    def __init__(self, facts: Facts, seen: int) -> None:
        self.facts = facts
        self.seen = seen

    def peek(self, field: str) -> Any:
        """Give one field."""
        return self.render().get(field)

    def render(self) -> Json:
        """Spell the row."""
        uuid, direction, parties, kind, number, amounts, issued = self.facts
        return {
            "id": uuid,
            "uuid": uuid,
            "direction": direction,
            "issuer": {"rfc": parties[0], "name": parties[1]},
            "receiver": {"rfc": parties[2], "name": parties[3]},
            "invoice_type": kind,
            "series": number[0],
            "folio": number[1],
            "subtotal": money(amounts[0]),
            "total": money(amounts[1]),
            "currency": amounts[2],
            "exchange_rate": None if amounts[2] == "XXX" else exchange_rate(amounts[3]),
            "issue_date": issued,
            "stamp_date": issued,
            "cancellation_date": None,
            "status": "Vigente",
            "pac_rfc": PAC,
            "version": "4.0",
            "certificate_number": "00001000000509846663",
            "download_request_id": f"req_{self.seen // 86_400}",
            "has_xml": True,
            "resource_status": "ready",
            "created_at": self.seen * 1000,
            "updated_at": self.seen * 1000,
        }


def sight(cfdi: Cfdi, issued: str, *, off_by: int = 0) -> Facts:
    """Describe one of our CFDIs as the SAT would; `off_by` cents is a discrepancy."""
    info, client, order = cfdi.issuer.info, cfdi.order.client, cfdi.order
    parties = info["tax_id"], info["legal_name"], client["tax_id"], client["legal_name"]
    amounts = cfdi.sums.subtotal, cfdi.sums.total + off_by, order.currency, order.rate
    if cfdi.kind == "P":
        amounts = 0, 0, "XXX", 10_000
    number = order.series, str(cfdi.folio)
    return cfdi.uuid, "issued", parties, cfdi.kind, number, amounts, issued

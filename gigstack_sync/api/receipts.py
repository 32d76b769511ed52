"""Receipts that the client, or a global invoice, turns into CFDI later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gigstack_sync.api.filters import ReceiptFilters
from gigstack_sync.api.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Unpack

    from gigstack_sync.api.models import Receipt
    from gigstack_sync.api.paging import Page


class Receipts(Resource):
    """Receipts: money already collected, not yet invoiced."""

    path = "/receipts"
    accepts = ReceiptFilters

    def list(
        self, *, limit: int = 100, cursor: str | None = None, **filters: Unpack[ReceiptFilters]
    ) -> Page[Receipt]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[ReceiptFilters]) -> Iterator[Page[Receipt]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[ReceiptFilters]) -> Iterator[Receipt]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, receipt_id: str) -> Receipt:
        """Fetch one receipt."""
        record: Receipt = self._get(receipt_id)
        return record

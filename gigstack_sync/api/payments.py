"""Money requested and received."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gigstack_sync.api.filters import PaymentFilters
from gigstack_sync.api.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Unpack

    from gigstack_sync.api.models import Payment
    from gigstack_sync.api.paging import Page


class Payments(Resource):
    """Payments, requested by link or registered by hand."""

    path = "/payments"
    accepts = PaymentFilters

    def list(
        self, *, limit: int = 100, cursor: str | None = None, **filters: Unpack[PaymentFilters]
    ) -> Page[Payment]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[PaymentFilters]) -> Iterator[Page[Payment]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[PaymentFilters]) -> Iterator[Payment]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, payment_id: str) -> Payment:
        """Fetch one payment."""
        record: Payment = self._get(payment_id)
        return record

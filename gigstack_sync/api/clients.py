"""The companies and people a business invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gigstack_sync.api.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Unpack

    from gigstack_sync.api.filters import Created
    from gigstack_sync.api.models import Customer
    from gigstack_sync.api.paging import Page


class Clients(Resource):
    """Clients: those who receive invoices."""

    path = "/clients"

    def list(
        self, *, limit: int = 100, cursor: str | None = None, **filters: Unpack[Created]
    ) -> Page[Customer]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[Created]) -> Iterator[Page[Customer]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[Created]) -> Iterator[Customer]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, client_id: str) -> Customer:
        """Fetch one client with its address."""
        record: Customer = self._get(client_id)
        return record

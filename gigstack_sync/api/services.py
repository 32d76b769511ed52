"""The catalogue of products and services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gigstack_sync.api.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Unpack

    from gigstack_sync.api.filters import Created
    from gigstack_sync.api.models import Service
    from gigstack_sync.api.paging import Page


class Services(Resource):
    """Services: what is sold, with SAT keys and taxes."""

    path = "/services"

    def list(
        self, *, limit: int = 100, cursor: str | None = None, **filters: Unpack[Created]
    ) -> Page[Service]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[Created]) -> Iterator[Page[Service]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[Created]) -> Iterator[Service]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, service_id: str) -> Service:
        """Fetch one service."""
        record: Service = self._get(service_id)
        return record

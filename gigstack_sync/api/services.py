"""The catalogue of products and services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Unpack

from gigstack_sync.api.body import Json
from gigstack_sync.api.fields import Amount, ServiceChanges, ServiceFields
from gigstack_sync.api.filters import Created
from gigstack_sync.api.models import Service
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import Page
from gigstack_sync.api.params import Cursor, Limit, ServiceId
from gigstack_sync.api.resource import Resource


class Services(Resource):
    """Services: what is sold, with SAT keys and taxes."""

    path = "/services"

    def list(
        self, *, limit: Limit = 100, cursor: Cursor = None, **filters: Unpack[Created]
    ) -> Page[Service]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[Created]) -> Iterator[Page[Service]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[Created]) -> Iterator[Service]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, service_id: ServiceId) -> Service:
        """Fetch one service."""
        record: Service = self._get(service_id)
        return record

    @writes
    def create(
        self,
        *,
        description: Annotated[str, "Description, as invoices show it."],
        unit_price: Annotated[Amount, "Price before taxes."],
        **fields: Unpack[ServiceFields],
    ) -> Service:
        """Add a service to the catalogue."""
        said = {"description": description, "unit_price": unit_price, **fields}
        record: Service = self._create(said)
        return record

    @writes
    def update(self, service_id: ServiceId, **changes: Unpack[ServiceChanges]) -> Service:
        """Change what is named of a service."""
        record: Service = self._update(service_id, changes)
        return record

    @writes
    def delete(self, service_id: ServiceId) -> Json:
        """Remove a service from the catalogue."""
        return self._delete(service_id)

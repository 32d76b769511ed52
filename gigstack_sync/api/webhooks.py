"""The addresses gigstack calls when something happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gigstack_sync.api.filters import WebhookFilters
from gigstack_sync.api.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Unpack

    from gigstack_sync.api.models import Webhook
    from gigstack_sync.api.paging import Page


class Webhooks(Resource):
    """Webhooks; this list often comes without a cursor."""

    path = "/webhooks"
    accepts = WebhookFilters

    def list(
        self, *, limit: int = 100, cursor: str | None = None, **filters: Unpack[WebhookFilters]
    ) -> Page[Webhook]:
        """Fetch one page."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[WebhookFilters]) -> Iterator[Page[Webhook]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[WebhookFilters]) -> Iterator[Webhook]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, webhook_id: str) -> Webhook:
        """Fetch one webhook."""
        record: Webhook = self._get(webhook_id)
        return record

"""The addresses gigstack calls when something happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Unpack

from gigstack_sync.api.body import Json
from gigstack_sync.api.fields import WebhookChanges, WebhookFields
from gigstack_sync.api.filters import WebhookFilters
from gigstack_sync.api.models import Webhook
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import Page
from gigstack_sync.api.params import Cursor, Limit, WebhookId
from gigstack_sync.api.resource import Resource


class Webhooks(Resource):
    """Webhooks; this list often comes without a cursor."""

    path = "/webhooks"
    accepts = WebhookFilters

    def list(
        self, *, limit: Limit = 100, cursor: Cursor = None, **filters: Unpack[WebhookFilters]
    ) -> Page[Webhook]:
        """Fetch one page."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[WebhookFilters]) -> Iterator[Page[Webhook]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[WebhookFilters]) -> Iterator[Webhook]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, webhook_id: WebhookId) -> Webhook:
        """Fetch one webhook."""
        record: Webhook = self._get(webhook_id)
        return record

    @writes
    def create(
        self, *, url: Annotated[str, "https address to call."], **fields: Unpack[WebhookFields]
    ) -> Webhook:
        """Have an address called when something happens."""
        record: Webhook = self._create({"url": url, **fields})
        return record

    @writes
    def update(self, webhook_id: WebhookId, **changes: Unpack[WebhookChanges]) -> Webhook:
        """Change what is named of a webhook."""
        record: Webhook = self._update(webhook_id, changes)
        return record

    @writes
    def delete(self, webhook_id: WebhookId) -> Json:
        """Stop calling an address, for good."""
        return self._delete(webhook_id)

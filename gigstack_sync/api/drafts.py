"""Invoices not stamped yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Unpack, cast

from gigstack_sync.api.body import Json
from gigstack_sync.api.fields import DraftFields
from gigstack_sync.api.filters import DraftFilters
from gigstack_sync.api.models import Draft, Invoice
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import Page
from gigstack_sync.api.params import Cursor, DraftId, Limit
from gigstack_sync.api.resource import Resource, party


class Drafts(Resource):
    """Invoices not stamped yet; they vanish when stamped."""

    path = "/invoices/draft"
    accepts = DraftFilters

    def list(
        self, *, limit: Limit = 100, cursor: Cursor = None, **filters: Unpack[DraftFilters]
    ) -> Page[Draft]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[DraftFilters]) -> Iterator[Page[Draft]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[DraftFilters]) -> Iterator[Draft]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, draft_id: DraftId) -> Draft:
        """Fetch one draft."""
        record: Draft = self._get(draft_id)
        return record

    @writes
    def create(
        self,
        *,
        invoice_type: Annotated[Literal["I", "E"], "Income or credit note."] = "I",
        **fields: Unpack[DraftFields],
    ) -> Draft:
        """Keep an invoice for later; costs nothing until it is stamped."""
        record: Draft = self._create({"invoice_type": invoice_type, **_spelled(fields)})
        return record

    @writes
    def update(self, draft_id: DraftId, **fields: Unpack[DraftFields]) -> Draft:
        """Replace what a draft says: say everything, what is left out may be cleared."""
        return cast("Draft", self._update(draft_id, _spelled(fields)))

    @writes
    def delete(self, draft_id: DraftId) -> Json:
        """Throw a draft away."""
        return self._delete(draft_id)

    @writes
    def stamp(
        self,
        draft_id: DraftId,
        *,
        send_email: Annotated[bool | None, "Whether it is mailed, as it is unless told."] = None,
        return_files: Annotated[bool | None, "Whether the answer holds PDF and XML."] = None,
    ) -> Invoice:
        """Turn a draft into an invoice with an id of its own; the draft is gone."""
        said = {"send_email": send_email, "return_files": return_files}
        return cast("Invoice", self._act(draft_id, "stamp", said))

    def preview(self, draft_id: DraftId) -> Json:
        """Draw a draft as a PDF without fiscal value: pdf_base64."""
        return self._act(draft_id, "preview")


def _spelled(fields: Mapping[str, Any]) -> Json:
    """Write the client, where there is one, as bodies have it."""
    client = fields.get("client")
    return {**fields, **({} if client is None else {"client": party(client)})}

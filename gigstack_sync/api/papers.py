"""The account's folder of support documents, whatever they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias, Unpack

from gigstack_sync.api.body import Json
from gigstack_sync.api.filters import PaperFilters
from gigstack_sync.api.models import SupportDocument
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import Page
from gigstack_sync.api.params import Cursor, DocumentId, Limit
from gigstack_sync.api.resource import Resource, said_in

Owner: TypeAlias = Annotated[
    Literal["client", "payment", "invoice"], "What kind of record it is linked to."
]
OwnerId: TypeAlias = Annotated[str, "Id of that record."]


class Papers(Resource):
    """Support documents of all records; new ones are added to a record."""

    path = "/documents"
    accepts = PaperFilters
    cursor_name = "cursor"

    def list(
        self, *, limit: Limit = 100, cursor: Cursor = None, **filters: Unpack[PaperFilters]
    ) -> Page[SupportDocument]:
        """Fetch one page."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[PaperFilters]) -> Iterator[Page[SupportDocument]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[PaperFilters]) -> Iterator[SupportDocument]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, document_id: DocumentId) -> SupportDocument:
        """Fetch one document's facts and the address of its file."""
        record: SupportDocument = self._get(document_id)
        return record

    @writes
    def delete(self, document_id: DocumentId) -> Json:
        """Put a document away."""
        return self._delete(document_id)

    @writes
    def link(self, document_id: DocumentId, *, entity_type: Owner, entity_id: OwnerId) -> Json:
        """Link a document to one more record."""
        return self._act(document_id, "link", {"entity_type": entity_type, "entity_id": entity_id})

    @writes
    def unlink(self, document_id: DocumentId, *, entity_type: Owner, entity_id: OwnerId) -> Json:
        """Take a link away; the document stays."""
        body = {"entity_type": entity_type, "entity_id": entity_id}
        return said_in(self._client.send("DELETE", self._at(document_id, "link"), body))

    @writes
    def analyze(self, document_id: DocumentId) -> Json:
        """Have a document read by gigstack, which notes what it finds."""
        return self._act(document_id, "analyze")

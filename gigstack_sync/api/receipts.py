"""Sales slips a buyer may turn into an invoice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias, Unpack

from gigstack_sync.api.body import Json
from gigstack_sync.api.fields import ReceiptFields
from gigstack_sync.api.filters import ReceiptFilters
from gigstack_sync.api.models import Receipt
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import Page
from gigstack_sync.api.params import ClientRef, Cursor, Items, Limit, PageNumber, Query, ReceiptId
from gigstack_sync.api.resource import Resource, party

StampTo: TypeAlias = Literal["client", "general_public_national", "general_public_foreign"]


class Receipts(Resource):
    """Receipts: money collected that is not invoiced yet."""

    path = "/receipts"
    accepts = ReceiptFilters

    def list(
        self, *, limit: Limit = 100, cursor: Cursor = None, **filters: Unpack[ReceiptFilters]
    ) -> Page[Receipt]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[ReceiptFilters]) -> Iterator[Page[Receipt]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[ReceiptFilters]) -> Iterator[Receipt]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, receipt_id: ReceiptId) -> Receipt:
        """Fetch one receipt."""
        record: Receipt = self._get(receipt_id)
        return record

    def search(self, words: Query, *, page: PageNumber = 1, limit: Limit = 20) -> Page[Receipt]:
        """Search receipts by client."""
        return self._search(words, page, limit)

    @writes
    def create(
        self, *, client: ClientRef, items: Items, **fields: Unpack[ReceiptFields]
    ) -> Receipt:
        """Hand out a receipt; with a known idempotency key, the one there is."""
        record: Receipt = self._create({"client": party(client), "items": items, **fields})
        return record

    @writes
    def stamp(
        self,
        receipt_id: ReceiptId,
        *,
        stamp_to: Annotated[StampTo, "Whom it is invoiced to."] = "client",
        fiscal_information: Annotated[
            Mapping[str, Any] | None, "legal_name, tax_id, tax_system and zip of the buyer."
        ] = None,
        date: Annotated[int | None, "Date of the invoice, epoch milliseconds."] = None,
    ) -> Json:
        """Turn a receipt into an invoice, whose id the answer gives."""
        said = {"stamp_to": stamp_to, "fiscal_information": fiscal_information, "date": date}
        return self._act(receipt_id, "stamp", said)

    @writes
    def cancel(self, receipt_id: ReceiptId) -> Json:
        """Cancel a receipt for good."""
        return self._delete(receipt_id)

    @writes
    def reopen(self, receipt_id: ReceiptId, *, reason: Annotated[str, "Why."]) -> Json:
        """Make a closed receipt pending again."""
        return self._act(receipt_id, "reopen", {"reason": reason})

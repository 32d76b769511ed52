"""What SAT itself has of a taxpayer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Unpack

from gigstack_sync.api.body import Json
from gigstack_sync.api.files import save
from gigstack_sync.api.filters import SatFilters
from gigstack_sync.api.models import SatCfdi
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import Page
from gigstack_sync.api.params import Cursor, Limit, Sink, Uuid
from gigstack_sync.api.resource import Resource, text_in


class SatCfdis(Resource):
    """What SAT itself has of this taxpayer, issued and received."""

    path = "/invoices/sat"
    accepts = SatFilters
    cursor_name = "starting_after"

    def list(
        self, *, limit: Limit = 100, starting_after: Cursor = None, **filters: Unpack[SatFilters]
    ) -> Page[SatCfdi]:
        """Fetch one page."""
        return self._page(filters, limit, starting_after)

    def pages(self, **filters: Unpack[SatFilters]) -> Iterator[Page[SatCfdi]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[SatFilters]) -> Iterator[SatCfdi]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, uuid: Uuid) -> SatCfdi:
        """Fetch one CFDI by its SAT UUID."""
        record: SatCfdi = self._get(uuid)
        return record

    @writes
    def retry(self, uuid: Uuid) -> Json:
        """Fetch the XML from SAT once more, which may cost a credit; the whole answer."""
        return self._client.send("POST", self._at(uuid, "retry-xml"))

    def pdf(self, uuid: Uuid, sink: Sink) -> int:
        """Have the PDF drawn and write it to a seekable file; gives its bytes."""
        answer = self._client.send("POST", self._at(uuid, "pdf"))
        return save(text_in(answer, "pdf"), "pdf", sink, self._client.download)

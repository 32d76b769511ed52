"""Certificates of taxes withheld (CFDI Retenciones 2.0)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Unpack

from gigstack_sync.api.body import Json, fields_of
from gigstack_sync.api.fields import Amount, RetentionFields
from gigstack_sync.api.files import save
from gigstack_sync.api.filters import Created
from gigstack_sync.api.models import InvoiceFiles, Retention
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import Page
from gigstack_sync.api.params import ClientRef, Cursor, FileKind, Limit, Motive, RetentionId, Sink
from gigstack_sync.api.resource import Resource, party


class Retentions(Resource):
    """Retentions: taxes withheld from others, certified for them."""

    path = "/retentions"

    def list(
        self, *, limit: Limit = 100, cursor: Cursor = None, **filters: Unpack[Created]
    ) -> Page[Retention]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[Created]) -> Iterator[Page[Retention]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[Created]) -> Iterator[Retention]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, retention_id: RetentionId) -> Retention:
        """Fetch one retention."""
        record: Retention = self._get(retention_id)
        return record

    def files(self, retention_id: RetentionId) -> InvoiceFiles:
        """Fetch the download addresses of a retention; never send them the key."""
        files: InvoiceFiles = self._get(retention_id, "files")
        return files

    def download(self, retention_id: RetentionId, kind: FileKind, sink: Sink) -> int:
        """Write the PDF or XML of a retention to a seekable file; gives its bytes."""
        found: Any = self.files(retention_id)
        return save(found.get(kind), kind, sink, self._client.download)

    @writes
    def create(
        self,
        *,
        client: ClientRef,
        retention_key: Annotated[str, "SAT key of what was paid, such as 26."],
        period: Annotated[tuple[int, int, int], "First month, last month, year."],
        total_operation: Annotated[Amount, "What was paid in all."],
        taxes: Annotated[Sequence[Mapping[str, Any]], "tax (ISR, IVA, IEPS), base, amount."],
        **fields: Unpack[RetentionFields],
    ) -> Retention:
        """Stamp a certificate of taxes withheld."""
        start, end, year = period
        said = {"retention_key": retention_key, "client": party(client), "period_start": start}
        said |= {"period_end": end, "period_year": year, "total_operation": total_operation}
        record: Retention = self._create({**said, "taxes": taxes, **fields})
        return record

    @writes
    def cancel(
        self,
        retention_id: RetentionId,
        *,
        motive: Annotated[Motive, "SAT motive."] = "02",
        substitution_uuid: Annotated[str | None, "UUID of the one that replaces it."] = None,
    ) -> Json:
        """Ask SAT to cancel a retention."""
        said = {"motive": motive, "substitution_uuid": substitution_uuid}
        return self._delete(retention_id, fields_of(said))

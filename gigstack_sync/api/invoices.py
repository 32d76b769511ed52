"""Invoices of every type: what they share, whatever the type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from gigstack_sync.api.body import Json, fields_of
from gigstack_sync.api.cfdis import (
    EgressInvoices,
    IncomeInvoices,
    PaymentComplements,
    TransferInvoices,
)
from gigstack_sync.api.documents import WithDocuments
from gigstack_sync.api.drafts import Drafts
from gigstack_sync.api.files import save
from gigstack_sync.api.models import Invoice, InvoiceFiles
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import Page
from gigstack_sync.api.params import FileKind, InvoiceId, Limit, Motive, PageNumber, Query, Sink
from gigstack_sync.api.resource import Caller
from gigstack_sync.api.sat import SatCfdis
from gigstack_sync.api.sat_downloads import SatDownloads
from gigstack_sync.errors import UsageError


class Invoices(WithDocuments):
    """All invoices; lists and new ones are by type of CFDI."""

    path = "/invoices"

    def __init__(self, client: Caller) -> None:
        super().__init__(client)
        self.income = IncomeInvoices(client)
        self.egress = EgressInvoices(client)
        self.payment = PaymentComplements(client)
        self.transfer = TransferInvoices(client)
        self.draft = Drafts(client)
        self.sat = SatCfdis(client)
        self.downloads = SatDownloads(client)

    def search(self, words: Query, *, page: PageNumber = 1, limit: Limit = 20) -> Page[Invoice]:
        """Search invoices by client, UUID or folio."""
        return self._search(words, page, limit)

    def files(
        self,
        invoice_id: InvoiceId,
        *,
        file_type: Annotated[FileKind | None, "Only this one of the two."] = None,
    ) -> InvoiceFiles:
        """Fetch the download addresses of an invoice; never send them the key."""
        files: InvoiceFiles = self._get(invoice_id, "files", params={"file_type": file_type})
        return files

    def download(self, invoice_id: InvoiceId, kind: FileKind, sink: Sink) -> int:
        """Write the PDF or XML of an invoice to a seekable file; gives its bytes.

        BadAnswer when what arrives is cut, or is another kind of file.
        """
        found: Any = self.files(invoice_id, file_type=kind)
        return save(found.get(kind), kind, sink, self._client.download)

    @writes
    def cancel(
        self,
        invoice_id: InvoiceId,
        *,
        motive: Annotated[
            Motive, "01 replaced by another, 02 errors, 03 did not happen, 04 in a global invoice."
        ],
        substitution_uuid: Annotated[
            str | None, "UUID of the invoice that replaces it, for motive 01."
        ] = None,
    ) -> Json:
        """Ask SAT to cancel an invoice of any type; the receiver may have to accept."""
        if (motive == "01") != bool(substitution_uuid):
            raise UsageError(
                "Motive 01, and no other, needs the UUID of the invoice that replaces this one."
            )
        said = {"motive": motive, "substitution_uuid": substitution_uuid}
        return self._delete(invoice_id, fields_of(said))

    @writes
    def send(
        self,
        invoice_id: InvoiceId,
        *,
        emails: Annotated[Sequence[str] | None, "Who receives it; the client unless said."] = None,
    ) -> Json:
        """Mail an invoice to its client, or to others: recipients and attachments."""
        return self._act(invoice_id, "send", {"emails": emails})

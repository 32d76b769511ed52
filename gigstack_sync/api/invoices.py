"""Invoices of every type, drafts, and the copies SAT keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gigstack_sync.api.address import segment
from gigstack_sync.api.decode import decode
from gigstack_sync.api.filters import (
    ComplementFilters,
    DraftFilters,
    IncomeFilters,
    InvoiceFilters,
    SatFilters,
)
from gigstack_sync.api.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal, Unpack

    from gigstack_sync.api.models import Draft, Invoice, InvoiceFiles, SatCfdi
    from gigstack_sync.api.paging import Page
    from gigstack_sync.api.resource import Caller


class IncomeInvoices(Resource):
    """Income invoices (CFDI type I)."""

    path = "/invoices/income"
    accepts = IncomeFilters

    def list(
        self, *, limit: int = 100, cursor: str | None = None, **filters: Unpack[IncomeFilters]
    ) -> Page[Invoice]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[IncomeFilters]) -> Iterator[Page[Invoice]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[IncomeFilters]) -> Iterator[Invoice]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, invoice_id: str) -> Invoice:
        """Fetch one income invoice by its id or SAT UUID."""
        record: Invoice = self._get(invoice_id)
        return record


class EgressInvoices(Resource):
    """Egress invoices, that is credit notes (CFDI type E)."""

    path = "/invoices/egress"
    accepts = InvoiceFilters

    def list(
        self, *, limit: int = 100, cursor: str | None = None, **filters: Unpack[InvoiceFilters]
    ) -> Page[Invoice]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[InvoiceFilters]) -> Iterator[Page[Invoice]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[InvoiceFilters]) -> Iterator[Invoice]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, invoice_id: str) -> Invoice:
        """Fetch one egress invoice by its id or SAT UUID."""
        record: Invoice = self._get(invoice_id)
        return record


class PaymentComplements(Resource):
    """Payment complements of PPD invoices (CFDI type P)."""

    path = "/invoices/payment"
    accepts = ComplementFilters

    def list(
        self, *, limit: int = 100, cursor: str | None = None, **filters: Unpack[ComplementFilters]
    ) -> Page[Invoice]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[ComplementFilters]) -> Iterator[Page[Invoice]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[ComplementFilters]) -> Iterator[Invoice]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, invoice_id: str) -> Invoice:
        """Fetch one complement by its id or SAT UUID."""
        record: Invoice = self._get(invoice_id)
        return record


class TransferInvoices(Resource):
    """Transfers of goods (CFDI type T)."""

    path = "/invoices/transfer"
    accepts = InvoiceFilters

    def list(
        self, *, limit: int = 100, cursor: str | None = None, **filters: Unpack[InvoiceFilters]
    ) -> Page[Invoice]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[InvoiceFilters]) -> Iterator[Page[Invoice]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[InvoiceFilters]) -> Iterator[Invoice]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, invoice_id: str) -> Invoice:
        """Fetch one transfer by its id or SAT UUID."""
        record: Invoice = self._get(invoice_id)
        return record


class Drafts(Resource):
    """Invoices not stamped yet; they vanish when stamped."""

    path = "/invoices/draft"
    accepts = DraftFilters

    def list(
        self, *, limit: int = 100, cursor: str | None = None, **filters: Unpack[DraftFilters]
    ) -> Page[Draft]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[DraftFilters]) -> Iterator[Page[Draft]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[DraftFilters]) -> Iterator[Draft]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, draft_id: str) -> Draft:
        """Fetch one draft."""
        record: Draft = self._get(draft_id)
        return record


class SatCfdis(Resource):
    """What SAT itself has of this taxpayer, issued and received."""

    path = "/invoices/sat"
    accepts = SatFilters
    cursor_name = "starting_after"

    def list(
        self, *, limit: int = 100, starting_after: str | None = None, **filters: Unpack[SatFilters]
    ) -> Page[SatCfdi]:
        """Fetch one page."""
        return self._page(filters, limit, starting_after)

    def pages(self, **filters: Unpack[SatFilters]) -> Iterator[Page[SatCfdi]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[SatFilters]) -> Iterator[SatCfdi]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, uuid: str) -> SatCfdi:
        """Fetch one CFDI by its SAT UUID."""
        record: SatCfdi = self._get(uuid)
        return record


class Invoices:
    """All invoices, by type of CFDI."""

    def __init__(self, client: Caller) -> None:
        self.income = IncomeInvoices(client)
        self.egress = EgressInvoices(client)
        self.payment = PaymentComplements(client)
        self.transfer = TransferInvoices(client)
        self.draft = Drafts(client)
        self.sat = SatCfdis(client)
        self._client = client

    def files(
        self, invoice_id: str, *, file_type: Literal["pdf", "xml"] | None = None
    ) -> InvoiceFiles:
        """Fetch the download addresses of an invoice; never send them the key."""
        path = f"/invoices/{segment(invoice_id)}/files"
        files: InvoiceFiles = decode(self._client.row(path, {"file_type": file_type}))
        return files

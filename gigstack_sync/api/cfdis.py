"""Stamped documents, by type of CFDI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Unpack

from gigstack_sync.api.fields import InvoiceFields
from gigstack_sync.api.filters import ComplementFilters, IncomeFilters, InvoiceFilters
from gigstack_sync.api.models import Invoice
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import Page
from gigstack_sync.api.params import ClientRef, Cursor, InvoiceId, Items, Limit
from gigstack_sync.api.resource import Resource, party


class WithItems(Resource):
    """CFDI of one type that have a client and items, with the filters common to them."""

    accepts = InvoiceFilters

    def list(
        self, *, limit: Limit = 100, cursor: Cursor = None, **filters: Unpack[InvoiceFilters]
    ) -> Page[Invoice]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[InvoiceFilters]) -> Iterator[Page[Invoice]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[InvoiceFilters]) -> Iterator[Invoice]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def _stamp(self, client: str | Mapping[str, Any], items: Sequence[Any], fields: Any) -> Invoice:
        record: Invoice = self._create({"client": party(client), "items": items, **fields})
        return record


class IncomeInvoices(WithItems):
    """Income invoices (CFDI type I)."""

    path = "/invoices/income"
    accepts = IncomeFilters

    def list(
        self, *, limit: Limit = 100, cursor: Cursor = None, **filters: Unpack[IncomeFilters]
    ) -> Page[Invoice]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[IncomeFilters]) -> Iterator[Page[Invoice]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[IncomeFilters]) -> Iterator[Invoice]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, invoice_id: InvoiceId) -> Invoice:
        """Fetch one income invoice by its id or SAT UUID."""
        record: Invoice = self._get(invoice_id)
        return record

    @writes
    def create(
        self, *, client: ClientRef, items: Items, **fields: Unpack[InvoiceFields]
    ) -> Invoice:
        """Stamp an income invoice."""
        return self._stamp(client, items, fields)


class EgressInvoices(WithItems):
    """Egress invoices, that is credit notes (CFDI type E)."""

    path = "/invoices/egress"

    def get(self, invoice_id: InvoiceId) -> Invoice:
        """Fetch one egress invoice by its id or SAT UUID."""
        record: Invoice = self._get(invoice_id)
        return record

    @writes
    def create(
        self, *, client: ClientRef, items: Items, **fields: Unpack[InvoiceFields]
    ) -> Invoice:
        """Stamp a credit note; related_documents names what it credits."""
        return self._stamp(client, items, fields)


class PaymentComplements(Resource):
    """Payment complements of PPD invoices (CFDI type P)."""

    path = "/invoices/payment"
    accepts = ComplementFilters

    def list(
        self, *, limit: Limit = 100, cursor: Cursor = None, **filters: Unpack[ComplementFilters]
    ) -> Page[Invoice]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[ComplementFilters]) -> Iterator[Page[Invoice]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[ComplementFilters]) -> Iterator[Invoice]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, invoice_id: InvoiceId) -> Invoice:
        """Fetch one complement by its id or SAT UUID."""
        record: Invoice = self._get(invoice_id)
        return record

    @writes
    def create(
        self, *, body: Annotated[Mapping[str, Any], "The complement, field by field."]
    ) -> Invoice:
        """Stamp a complement for payments already received; balances go down."""
        record: Invoice = self._create(body)
        return record


class TransferInvoices(WithItems):
    """Transfers of goods (CFDI type T)."""

    path = "/invoices/transfer"

    def get(self, invoice_id: InvoiceId) -> Invoice:
        """Fetch one transfer by its id or SAT UUID."""
        record: Invoice = self._get(invoice_id)
        return record

    @writes
    def create(
        self, *, client: ClientRef, items: Items, **fields: Unpack[InvoiceFields]
    ) -> Invoice:
        """Stamp a transfer."""
        return self._stamp(client, items, fields)

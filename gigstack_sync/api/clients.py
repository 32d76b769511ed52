"""The companies and people a business invoices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Unpack

from gigstack_sync.api.address import segment
from gigstack_sync.api.body import Json
from gigstack_sync.api.documents import WithDocuments
from gigstack_sync.api.fields import ClientChanges, NewClientFields
from gigstack_sync.api.filters import Created
from gigstack_sync.api.models import Customer
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import Page
from gigstack_sync.api.params import ClientId, Cursor, File, Limit, PageNumber, Query
from gigstack_sync.api.resource import record_in, said_in
from gigstack_sync.api.uploads import pdf_form
from gigstack_sync.errors import UsageError


class Clients(WithDocuments):
    """Clients: those who receive invoices."""

    path = "/clients"

    def list(
        self, *, limit: Limit = 100, cursor: Cursor = None, **filters: Unpack[Created]
    ) -> Page[Customer]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[Created]) -> Iterator[Page[Customer]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[Created]) -> Iterator[Customer]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, client_id: ClientId) -> Customer:
        """Fetch one client with its address."""
        record: Customer = self._get(client_id)
        return record

    def search(self, words: Query, *, page: PageNumber = 1, limit: Limit = 20) -> Page[Customer]:
        """Search clients by name, RFC or e-mail."""
        return self._search(words, page, limit)

    @writes
    def create(
        self, *, name: Annotated[str, "Name."], **fields: Unpack[NewClientFields]
    ) -> Customer:
        """Create a client, or take the one that `search` finds."""
        record: Customer = self._create({"name": name, **fields})
        return record

    @writes
    def update(self, client_id: ClientId, **changes: Unpack[ClientChanges]) -> Customer:
        """Change what is named of a client; invoices issued before keep what they say."""
        record: Customer = self._update(client_id, changes)
        return record

    @writes
    def delete(self, client_id: ClientId) -> Json:
        """Delete a client."""
        return self._delete(client_id)

    @writes
    def validate(self, client_id: ClientId) -> Json:
        """Check a client's fiscal data against SAT, and note the result on it."""
        return said_in(self._client.send("POST", f"{self.path}/validate/{segment(client_id)}"))

    @writes
    def portal(
        self,
        *,
        client_id: Annotated[str | None, "Client id."] = None,
        email: Annotated[str | None, "The client's e-mail, instead of its id."] = None,
    ) -> Json:
        """Open a client's portal for five days: url and expires_at."""
        if bool(client_id) == bool(email):
            raise UsageError("The portal needs the client's id or its e-mail, one of them.")
        who = {"id": client_id} if client_id else {"email": email}
        path = f"{self.path}/customerportal"
        opened: Json = record_in(self._client.send("POST", path, who), f"POST {path}")
        return opened

    @writes
    def stamp_receipts(self, client_id: ClientId) -> Json:
        """Stamp a client's pending receipts, 100 at most: stamped, failed, remaining, results."""
        return self._act(client_id, "stamp-pending-receipts")

    @writes
    def csf(
        self,
        *,
        file: File,
        client_id: Annotated[str | None, "Client to update; none makes a new one."] = None,
    ) -> Customer:
        """Create or update a client from its Constancia de Situación Fiscal, a PDF."""
        path = f"{self.path}/csf"
        answer = self._client.send("POST", path, pdf_form(file), {"client_id": client_id})
        record: Customer = record_in(answer, f"POST {path}")
        return record

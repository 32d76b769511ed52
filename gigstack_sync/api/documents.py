"""Support documents: contracts and proofs kept with clients, invoices and payments."""

from __future__ import annotations

from typing import Annotated

from gigstack_sync.api.body import fields_of
from gigstack_sync.api.models import SupportDocument
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import readable
from gigstack_sync.api.params import DocumentType, File, RecordId
from gigstack_sync.api.resource import Resource, record_in
from gigstack_sync.api.uploads import document_form

_FOLDER = "support-documents"
Documents = tuple[SupportDocument, ...]


class WithDocuments(Resource):
    """A collection whose records may have documents attached."""

    def documents(self, record_id: RecordId) -> Documents:
        """Fetch the documents attached to a record."""
        return readable(self._client.page(self._at(record_id, _FOLDER))).items

    @writes
    def add_document(
        self,
        record_id: RecordId,
        *,
        file: File,
        document_type: Annotated[DocumentType, "What kind of document it is."],
        name: Annotated[str | None, "Title; the file's name unless said."] = None,
        description: Annotated[str | None, "What it says."] = None,
    ) -> SupportDocument:
        """Attach a PDF or an image of at most 10 MiB to a record."""
        said = {"documentType": document_type, "name": name or file.name}
        form = document_form(file, fields_of({**said, "description": description}))
        path = self._at(record_id, _FOLDER)
        document: SupportDocument = record_in(self._client.send("POST", path, form), f"POST {path}")
        return document

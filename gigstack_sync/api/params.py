"""Parameters that many operations share, each with the words a command's help shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, TypeAlias

from gigstack_sync.api.models import Item

ClientId: TypeAlias = Annotated[str, "Client id."]
ServiceId: TypeAlias = Annotated[str, "Service id."]
InvoiceId: TypeAlias = Annotated[str, "Invoice id, or its SAT UUID."]
DraftId: TypeAlias = Annotated[str, "Draft id."]
Uuid: TypeAlias = Annotated[str, "SAT UUID of the CFDI."]
PaymentId: TypeAlias = Annotated[str, "Payment id."]
ReceiptId: TypeAlias = Annotated[str, "Receipt id."]
TeamId: TypeAlias = Annotated[str, "Team id."]
UserId: TypeAlias = Annotated[str, "User id."]
WebhookId: TypeAlias = Annotated[str, "Webhook id."]
RetentionId: TypeAlias = Annotated[str, "Retention id, which is its SAT UUID."]
DocumentId: TypeAlias = Annotated[str, "Document id."]
JobId: TypeAlias = Annotated[str, "Id of an import job."]
RequestId: TypeAlias = Annotated[str, "Id of a download request."]
RecordId: TypeAlias = Annotated[str, "Id of the record the document belongs to."]

Limit: TypeAlias = Annotated[int, "Rows a page, 1 to 100."]
Cursor: TypeAlias = Annotated[str | None, "Cursor of the page to fetch, as the last one gave it."]
Query: TypeAlias = Annotated[str, "Words to look for."]
PageNumber: TypeAlias = Annotated[int, "Page of the search, from 1."]

ClientRef: TypeAlias = Annotated[
    str | Mapping[str, Any], "Client id; or the client's fields, with `search` to find it by one."
]
Items: TypeAlias = Annotated[
    Sequence[Item],
    "Concepts: description, quantity, unit_price, product_key, unit_key, taxes each; "
    "or a service id.",
]
PaymentForm: TypeAlias = Annotated[str, "SAT payment form, 01 to 99."]
Motive: TypeAlias = Literal["01", "02", "03", "04"]
File: TypeAlias = Annotated[Path, "File to upload."]
FileKind: TypeAlias = Annotated[Literal["pdf", "xml"], "PDF or XML."]
Sink: TypeAlias = Annotated[BinaryIO, "Seekable file to write to."]
DocumentType: TypeAlias = Literal[
    "contract",
    "delivery_proof",
    "payment_proof",
    "communication",
    "payment_confirmation",
    "subscription_info",
]

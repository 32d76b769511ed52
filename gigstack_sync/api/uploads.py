"""Files on their way up: small enough, and what their first bytes say they are."""

from __future__ import annotations

from pathlib import Path

from gigstack_sync.api.body import Form
from gigstack_sync.errors import UsageError

CSF_LIMIT = 5 << 20
DOCUMENT_LIMIT = 10 << 20
_TYPES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


def pdf_form(path: Path, fields: dict[str, str] | None = None) -> Form:
    """Read a PDF of at most 5 MiB; UsageError for anything else."""
    form = document_form(path, fields, limit=CSF_LIMIT)
    if form.content_type != "application/pdf":
        raise UsageError(f"{path.name} is not a PDF.")
    return form


def document_form(
    path: Path, fields: dict[str, str] | None = None, *, limit: int = DOCUMENT_LIMIT
) -> Form:
    """Read a PDF, PNG, JPEG or WebP; UsageError for other files and for larger ones."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    if len(content) > limit:
        raise UsageError(f"{path.name} is larger than {limit >> 20} MiB.")
    return Form(path.name, content, _type_of(path, content), fields or {})


def _type_of(path: Path, content: bytes) -> str:
    for start, content_type in _TYPES:
        if content.startswith(start):
            return content_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    raise UsageError(f"{path.name} is neither PDF nor PNG, JPEG or WebP.")

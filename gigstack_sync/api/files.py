"""PDF and XML of a CFDI on their way to a file: read as they come, checked as they pass."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeAlias

from gigstack_sync.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

Kind: TypeAlias = Literal["pdf", "xml"]

_LARGEST = 50 << 20
_HEAD = 1024
_TAIL = 2048
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_SPACE = b" \t\r\n\xef\xbb\xbf\x00"


class Checked:
    """Passes a file of `kind` on to `sink`, which must be seekable; BadAnswer for another kind."""

    def __init__(self, kind: Kind, sink: BinaryIO) -> None:
        self._kind = kind
        self._sink = sink
        self._start = sink.tell()
        self.restart()

    def restart(self) -> None:
        """Forget what was written, for another try."""
        self._sink.seek(self._start)
        self._sink.truncate()
        self.size = 0
        self._head = b""
        self._tail = b""

    def write(self, piece: bytes) -> None:
        """Pass a piece on; the first ones tell what it is."""
        self.size += len(piece)
        if self.size > _LARGEST:
            raise BadAnswer(f"The {self._kind.upper()} is larger than {_LARGEST >> 20} MB.")
        if len(self._head) < _HEAD:
            self._head = (self._head + piece)[:_HEAD]
            if len(self._head) == _HEAD:
                self._check_head()
        self._tail = (self._tail + piece)[-_TAIL:]
        self._sink.write(piece)

    def finish(self) -> None:
        """Judge the whole: its first bytes, and that its end is there."""
        self._check_head()
        end = self._tail.rstrip(_SPACE)
        if not (b"%%EOF" in end if self._kind == "pdf" else self._is_closed(end)):
            raise BadAnswer(f"The {self._kind.upper()} that arrived is cut short.")
        self._sink.flush()

    def _is_closed(self, end: bytes) -> bool:
        """Tell whether the outermost element of an XML ends where the file does."""
        root = _ROOT.search(self._head)
        return root is not None and end.removesuffix(b">").rstrip().endswith(b"</" + root[1])

    def _check_head(self) -> None:
        head = self._head.lstrip(_SPACE)
        page = head[:14].lower().startswith((b"<!doctype html", b"<html"))
        if not head.startswith(b"%PDF-" if self._kind == "pdf" else b"<") or page:
            raise BadAnswer(f"What arrived is no {self._kind.upper()}.")


def save(found: Any, kind: Kind, sink: BinaryIO, download: Callable[[str, Checked], None]) -> int:
    """Write a file the API named (an address) or sent (base64) to `sink`; gives its bytes."""
    checked = Checked(kind, sink)
    value = _value(found)
    if value is None:
        raise BadAnswer(
            f"The API has no {kind.upper()} of this document.",
            hint="A document not stamped yet has no files; try again later.",
        )
    if value.lower().startswith(("https:", "http:")):
        download(value, checked)
    else:
        checked.write(_decoded(value, kind))
        checked.finish()
    return checked.size


def _value(found: Any) -> str | None:
    """Find the text in the shapes seen: itself, or inside an object."""
    if isinstance(found, dict):
        names = ("url", "href", "content", "base64", "data")
        found = next((found[name] for name in names if found.get(name)), None)
    return found if isinstance(found, str) and found else None


def _decoded(text: str, kind: Kind) -> bytes:
    if text.startswith("data:"):
        text = text.partition(",")[2]
    if kind == "xml" and text.lstrip().startswith("<"):
        return text.encode()
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise BadAnswer(f"The API sent a {kind.upper()} that is not base64.") from None

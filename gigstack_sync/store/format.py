"""The version in a DuckDB file's header, and which releases can open it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_MAGIC: Final = b"DUCK"
_FIRST_READER: Final = {64: "0.10", 65: "1.2", 66: "1.3", 67: "1.4", 68: "1.5"}


def format_version(path: Path) -> int | None:
    """The storage version, from the 20 bytes after the checksum; None when it is no DuckDB file."""
    with path.open("rb") as file:
        header = file.read(20)
    if len(header) < 20 or header[8:12] != _MAGIC:
        return None
    return int.from_bytes(header[12:20], "little")


def readable_since(version: int) -> str:
    """The first DuckDB release that opens a file of this version."""
    return _FIRST_READER.get(version, "2.0" if version > max(_FIRST_READER) else "0.10")

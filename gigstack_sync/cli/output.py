"""Where an answer goes: stdout, or a file that appears whole or not at all."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from gigstack_sync.cli.text import Out, Shown
from gigstack_sync.errors import StorageError, UsageError


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


def choose(asked: Format | None, out: Path | None, *, json: bool) -> Format:
    """The format asked for, else the one the file's name tells, else JSON or a table."""
    if asked is not None:
        if json and asked not in {Format.JSON, Format.JSONL}:
            raise UsageError(f"--json and -o {asked} exclude each other.")
        return asked
    if out is not None:
        suffix = out.suffix.lstrip(".").lower()
        if suffix not in {"json", "jsonl", "csv", "parquet"}:
            raise UsageError(
                f"The format of {out.name} is unclear.", hint="Say it: -o csv|json|jsonl|parquet"
            )
        return Format(suffix)
    return Format.JSON if json else Format.TABLE


def _check_replaceable(target: Path) -> None:
    """UsageError for a device, and for a database: neither is a file of an earlier export."""
    if not target.exists():
        return
    if not target.is_file():
        raise UsageError(
            f"{target} is not a regular file.", hint="Leave --out away to write to stdout."
        )
    with target.open("rb") as file:
        if file.read(12)[8:] == b"DUCK":
            raise UsageError(f"{target} is a database; it is not replaced.")


@contextmanager
def arriving_whole(target: Path) -> Iterator[Path]:
    """A temporary file beside `target`, 0600, that takes its place when the block succeeds."""
    target = Path(os.path.realpath(target.expanduser()))
    try:
        if target.is_dir():
            raise UsageError(f"{target} is a folder.", hint=f"Name a file: --out {target}/FILE")
        _check_replaceable(target)
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
        os.close(descriptor)
        temporary = Path(name)
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        yield temporary
        _to_disk(temporary)
        os.replace(temporary, target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def text_out(target: Path | None) -> Iterator[Out]:
    """A text stream to stdout, or to a file that arrives whole."""
    if target is None:
        yield Shown()
        return
    with (
        arriving_whole(target) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        yield file


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(target: Path, error: OSError) -> StorageError:
    hint = "Name a file in a folder of yours: --out FILE"
    if isinstance(error, FileNotFoundError) and not target.parent.exists():
        hint = f"Make the folder first: mkdir -p {shlex.quote(str(target.parent))}"
    return StorageError(f"Cannot write {target}: {error.strerror or error}.", hint=hint)

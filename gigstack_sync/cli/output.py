"""Where an answer goes: stdout, or a file that appears whole or not at all."""

from __future__ import annotations

import glob
import os
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final

from gigstack_sync.cli.text import Out, Shown
from gigstack_sync.errors import StorageError, UsageError

_PART: Final = ".part"


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
        _clear_leftovers(target)
        descriptor, temporary = _made_beside(target)
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        yield temporary
        os.fsync(descriptor)
        os.replace(temporary, target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)
        os.close(descriptor)


def _made_beside(target: Path) -> tuple[int, Path]:
    """A new file that is locked for as long as its descriptor is open."""
    while True:
        descriptor, name = tempfile.mkstemp(_PART, _prefix(target), target.parent)
        if not _is_free(descriptor) or os.fstat(descriptor).st_nlink:
            return descriptor, Path(name)
        os.close(descriptor)  # somebody cleared it away before it was locked


def _clear_leftovers(target: Path) -> None:
    """Remove what commands that were killed have left of this target."""
    for left in target.parent.glob(f"{glob.escape(_prefix(target))}*{_PART}"):
        try:
            descriptor = os.open(left, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        except OSError:
            continue
        if _is_free(descriptor):
            left.unlink(missing_ok=True)
        os.close(descriptor)


def _prefix(target: Path) -> str:
    return f".{target.name[:40]}."


def _is_free(descriptor: int) -> bool:
    """Lock a file; False when a process has it, or where nothing can be locked."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


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


def _unwritable(target: Path, error: OSError) -> StorageError:
    hint = "Name a file in a folder of yours: --out FILE"
    if isinstance(error, FileNotFoundError) and not target.parent.exists():
        hint = f"Make the folder first: mkdir -p {shlex.quote(str(target.parent))}"
    return StorageError(f"Cannot write {target}: {error.strerror or error}.", hint=hint)

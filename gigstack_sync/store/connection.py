"""Opening the mirror for writing, and telling a damaged file from a busy or foreign one."""

from __future__ import annotations

import errno
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gigstack_sync.errors import StorageError, SyncRunning
from gigstack_sync.memory import bytes_in
from gigstack_sync.store.quoting import identifier, literal

if TYPE_CHECKING:
    import duckdb

# Metabase, DBeaver and MotherDuck still ship readers older than DuckDB 2.
READABLE_SINCE = "v1.4.0"
CHECKPOINT_AFTER = "4MB"
"""A larger batch goes straight into the file, without passing through the log."""
ROW_GROUP = 6_144
"""Rows stored together, a multiple of 2,048. A batch fills one, so that checkpoints have nothing to
merge: with DuckDB's own 122,880 each row of a first sync was compressed five times over."""
_LOGS: Final = (".wal", ".wal.checkpoint", ".wal.recovery")
THREADS = 1
"""A batch is too small for two to share; the other core fetches meanwhile."""
_FRUGAL: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "96MB",
    "threads": THREADS,
    "temp_directory": "",
}


class Damaged(StorageError):
    """The database file cannot be read: cut short, or its bytes have changed."""


def connect(path: Path, *, memory: str, spool: Path) -> duckdb.DuckDBPyConnection:
    """A writing connection in UTC; SyncRunning, StorageError or Damaged say why not."""
    import duckdb

    con = duckdb.connect(
        config={
            "memory_limit": _share(memory),
            "temp_directory": str(spool),
            "threads": THREADS,
            "checkpoint_threshold": CHECKPOINT_AFTER,
            "preserve_insertion_order": False,
            "allocator_background_threads": True,  # or what JSON took stays taken: 25 MB
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        }
    )
    try:
        con.execute("set timezone = 'UTC'")
        con.execute(_attach(path))
        con.execute(f"use {identifier(path.stem)}")
    except duckdb.Error as error:
        con.close()
        raise explain(path, error) from error
    path.chmod(0o600)
    return con


def roll_back(con: duckdb.DuckDBPyConnection) -> None:
    """Take a failed transaction back; what a full disk has undone already needs no more."""
    import duckdb

    with suppress(duckdb.Error):
        con.execute("rollback")


def _share(memory: str) -> str:
    """Five eighths of a limit; pages in flight and Python itself take the rest."""
    limit = bytes_in(memory)
    return memory if limit is None else f"{limit * 5 // 8}B"


def _attach(path: Path) -> str:
    """Only ATTACH can say how many rows a group shall have."""
    return (
        f"attach {literal(str(path))} as {identifier(path.stem)} "
        f"(storage_version '{READABLE_SINCE}', row_group_size {ROW_GROUP})"
    )


def explain(path: Path, error: duckdb.Error) -> Exception:
    """What a DuckDB error on this file means to the person who has to act on it.

    An error that is not the file's fault comes back as it is: a defect of ours.
    """
    import duckdb

    text = str(error)
    for needles, kind, message, hint in _KNOWN:
        if any(needle in text for needle in needles):
            return kind(message.format(path=path, folder=path.parent), hint=hint)
    if isinstance(error, duckdb.OutOfMemoryException):
        return StorageError(
            f"DuckDB ran out of the memory it may use: {text.splitlines()[0]}",
            hint="Give it more: GIGSTACK_MEMORY=1GB gigstack sync",
        )
    if refusal := _refusal(text):
        return StorageError(
            f"The system refuses to read or write {path}: {refusal}. "
            "What was committed before is intact.",
            hint="When that is mended, run: gigstack sync",
        )
    return (
        Damaged(f"{path} is damaged: {text.splitlines()[0]}") if _is_of_the_file(error) else error
    )


def _refusal(text: str) -> str:
    """What the system said to DuckDB, if it did: the bytes of the file are not to blame."""
    reasons = [os.strerror(number) for number in _REFUSALS]
    return next((reason for reason in [*reasons, "fsync failed"] if reason in text), "")


_KNOWN: Final = (
    (
        ("Could not set lock",),
        SyncRunning,
        "Another program has {path} open for writing.",
        "Close it; people and BI tools should open the published file instead.",
    ),
    (
        ("No space left", "quota exceeded", "File too large", "max_temp_directory_size"),
        StorageError,
        "The disk of {folder} is full. What was committed before is intact.",
        "Free some space and run: gigstack sync",
    ),
    (
        ("newer version", "can only read version"),
        StorageError,
        "{path} was written by a newer DuckDB.",
        "Upgrade: pip install -U gigstack-sync",
    ),
    (
        ("Permission denied", "read-only mode", "Read-only file system"),
        StorageError,
        "No permission to write {path}.",
        "Make the file and its folder yours to write, or choose another place with --db FILE.",
    ),
)
"""Texts of DuckDB's errors, and what each means."""
_REFUSALS: Final = (
    errno.EIO,
    errno.ENOMEM,
    errno.EMFILE,
    errno.ENFILE,
    errno.EPERM,
    errno.ENOENT,
    errno.EBUSY,
    errno.ENOLCK,
    errno.ENODEV,
    errno.ENXIO,
    errno.ESTALE,
    errno.ETIMEDOUT,
)


def _is_of_the_file(error: Exception) -> bool:
    import duckdb

    return isinstance(
        error,
        duckdb.IOException
        | duckdb.FatalException
        | duckdb.InternalException
        | duckdb.SerializationException,
    ) or any(words in str(error) for words in _CORRUPT)


_CORRUPT: Final = ("Corrupt database file", "Corrupt WAL file", "Failure while replaying WAL")
"""DuckDB raises its plainest error for these."""


def is_ours(path: Path) -> bool:
    """A DuckDB file that gigstack_sync wrote, or one too damaged to tell."""
    import duckdb

    if not _begins_like_duckdb(path):
        return False
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            return is_mirror(con)
    except duckdb.Error:
        return True


def is_mirror(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether this database has our own bookkeeping."""
    import duckdb

    try:
        con.execute("select name, applied_at from sync.migrations limit 0")
    except (duckdb.CatalogException, duckdb.BinderException):
        return False
    return True


def _begins_like_duckdb(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[8:] in (b"", b"DUCK")  # an empty file is nobody's


def refuse_other_formats(path: Path) -> None:
    """StorageError unless the file begins like DuckDB's: it would look for readers of others."""
    try:
        is_duckdb = _begins_like_duckdb(path)
    except OSError:
        return  # opening it tells why
    if not is_duckdb:
        raise StorageError(
            f"{path} is not a database that DuckDB can read.",
            hint="Name the mirror with --db FILE, or make it: gigstack sync",
        )


def is_whole(path: Path) -> bool:
    """Every block of every table can be read: seconds for a million rows.

    Raises StorageError when the system does not let us find out.
    """
    import duckdb

    try:
        with duckdb.connect(str(path), read_only=True, config=_FRUGAL) as con:
            read_all(con)
    except duckdb.OutOfMemoryException:
        return True  # as far as can be told
    except duckdb.Error as error:
        told = explain(path, error)
        if isinstance(told, Damaged):
            return False
        raise told from error
    return True


def read_all(con: duckdb.DuckDBPyConnection) -> None:
    """Read every block that a table has; DuckDB's error tells of the first bad one."""
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where not temporary and database_name = current_database()"
    ).fetchall()
    for schema, table in tables:
        con.execute(f'select bit_xor(hash(t)) from "{schema}"."{table}" t').fetchone()


def set_aside(path: Path) -> Path:
    """Rename a damaged database and its log; nothing is ever overwritten.

    The logs go first: a log alone would be taken for that of the file made next.
    """
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    count = 1
    while aside.exists():
        count += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{count}")
    for log in logs_of(path):
        log.rename(aside.with_name(aside.name + log.name.removeprefix(path.name)))
    if path.exists():
        path.rename(aside)
    return aside


def logs_of(path: Path) -> list[Path]:
    """What DuckDB has written beside a database and not yet folded into it."""
    names = [path.with_name(path.name + ending) for ending in _LOGS]
    return [log for log in names if log.exists()]

"""The published file before last, kept so that the next copy writes only the blocks that changed.

A million invoices are gigabytes; a run that changed a hundred rows changed some dozen blocks.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Final

from gigstack_sync.store.places import Places

BLOCK: Final = 262_144
"""Bytes of a block of DuckDB's files; its first eight are the checksum of the others."""
HEADERS: Final = 3 * 4_096
"""Bytes before the first block."""
_CHECKSUM: Final = 8


def take(places: Places, target: Path) -> bool:
    """Move the spare to `target` and write what the mirror has that it has not; durable.

    False, with nothing at `target`, when there is none or somebody may still read it.
    """
    found = _untouched(places)
    if not found:
        return False
    os.rename(found[0], target)
    with target.open("r+b") as spare, places.mirror.open("rb") as mirror:
        is_free = _is_free(spare.fileno()) and _has_whole_blocks(mirror.fileno())
        if is_free:
            target.chmod(0o600)
            _copy_changed(mirror.fileno(), spare.fileno())
            os.fsync(spare.fileno())
    if not is_free:
        target.unlink()
    return is_free


def is_there(places: Places) -> bool:
    """Whether the next copy may start from a spare."""
    return bool(_untouched(places))


def keep(places: Places) -> None:
    """Give the published file, about to be replaced, its second name as the spare."""
    drop(places)
    try:
        if not places.published.is_symlink():
            os.link(places.published, _named(places, places.published))
    except OSError:
        return  # there is none yet, or the file system has no second names: copied whole each time


def drop(places: Places) -> None:
    """Forget the spare: the next copy is a whole one."""
    for spare in _spares(places):
        spare.unlink(missing_ok=True)


def _spares(places: Places) -> list[Path]:
    return list(places.folder.glob("spare-*.duckdb"))


def _untouched(places: Places) -> list[Path]:
    return [spare for spare in _spares(places) if spare == _named(places, spare)]


def _named(places: Places, file: Path) -> Path:
    """The name a spare has that looks like this file: who alters it, makes it useless."""
    look = file.stat()
    return places.folder / f"spare-{look.st_size}-{look.st_mtime_ns}.duckdb"


def _is_free(file: int) -> bool:
    """Nobody else has the file open, under no other name either. Only Linux tells."""
    if os.fstat(file).st_nlink > 1:
        return False
    try:
        import fcntl

        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except (ImportError, AttributeError, OSError):
        return False
    return True


def _has_whole_blocks(file: int) -> bool:
    size = os.fstat(file).st_size
    return size > HEADERS and (size - HEADERS) % BLOCK == 0


def _copy_changed(source: int, target: int) -> None:
    size = os.fstat(source).st_size
    common = min(size, os.fstat(target).st_size)
    os.truncate(target, size)
    os.pwrite(target, os.pread(source, HEADERS, 0), 0)
    for place in range(HEADERS, size, BLOCK):
        is_there = place + BLOCK <= common
        if not is_there or _checksum(source, place) != _checksum(target, place):
            os.pwrite(target, os.pread(source, BLOCK, place), place)


def _checksum(file: int, place: int) -> bytes:
    return os.pread(file, _CHECKSUM, place)

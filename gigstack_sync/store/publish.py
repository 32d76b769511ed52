"""The published file: a whole copy of the mirror, put in place by one rename."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import BinaryIO

from gigstack_sync.errors import StorageError
from gigstack_sync.store import spare
from gigstack_sync.store.places import Places

FICLONE = 0x40049409  # Linux: share the blocks instead of copying them


def publish(places: Places, *, is_as_left: bool = False, may_copy: bool = True) -> bool:
    """Replace the published file by the closed mirror; open readers keep the old one.

    One that is as it was left becomes the spare that a later copy starts from. False, with the
    old file in place, where only a whole copy would do and that may not be made.
    """
    temporary = places.published.with_name(f".{places.published.name}.{os.getpid()}.tmp")
    try:
        is_shared = _share_blocks(places.mirror, temporary)
        if not is_shared and not spare.take(places, temporary):
            if not may_copy:
                return False
            copy_durably(places.mirror, temporary)
        if is_as_left and not is_shared:
            spare.keep(places)
        os.replace(temporary, places.published)
        _sync_folder(places.published.parent)
        return True
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StorageError(
            f"Cannot publish {places.published}: {error.strerror or error}. "
            "The mirror itself is safe; readers still have the previous version.",
            hint="Free some space or fix the permission, then run: gigstack sync",
        ) from error


def is_quick(places: Places) -> bool:
    """Whether publishing needs no whole copy: blocks can be shared, or there is a spare."""
    if spare.is_there(places):
        return True
    probe = places.published.with_name(f".{places.published.name}.{os.getpid()}.tmp")
    is_shared = _share_blocks(places.mirror, probe)
    probe.unlink(missing_ok=True)
    return is_shared


def clear_leftovers(places: Places) -> None:
    """Remove copies that a killed publish left behind. The lock must be held."""
    for leftover in places.published.parent.glob(f".{places.published.name}.*.tmp"):
        leftover.unlink(missing_ok=True)


def copy_durably(source: Path, target: Path) -> None:
    """A whole copy, 0600, on the disk when this returns."""
    with source.open("rb") as reader, _made_private(target) as writer:
        shutil.copyfileobj(reader, writer, 8 << 20)
        writer.flush()
        os.fsync(writer.fileno())


def _share_blocks(source: Path, target: Path) -> bool:
    """A copy in no time, where the file system can; nothing at `target` where it cannot."""
    try:
        import fcntl

        with source.open("rb") as reader, _made_private(target) as writer:
            fcntl.ioctl(writer, FICLONE, reader.fileno())
            os.fsync(writer.fileno())
    except (ImportError, OSError):
        target.unlink(missing_ok=True)
        return False
    return True


def _made_private(target: Path) -> BinaryIO:
    return open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

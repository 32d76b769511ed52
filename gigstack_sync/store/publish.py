"""The published file: a whole copy of the mirror, put in place by one rename."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from gigstack_sync.errors import StorageError
from gigstack_sync.store.places import Places

FICLONE = 0x40049409  # Linux: share the blocks instead of copying them


def publish(places: Places) -> None:
    """Replace the published file by the closed mirror; open readers keep the old one."""
    temporary = places.published.with_name(f".{places.published.name}.{os.getpid()}.tmp")
    try:
        _copy(places.mirror, temporary)
        os.replace(temporary, places.published)
        _sync_folder(places.published.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StorageError(
            f"Cannot publish {places.published}: {error.strerror or error}. "
            "The mirror itself is safe; readers still have the previous version.",
            hint="Free some space or fix the permission, then run: gigstack sync",
        ) from error


def can_share(places: Places) -> bool:
    """Whether this file system publishes without copying: its blocks are shared on write."""
    probe = places.published.with_name(f".{places.published.name}.{os.getpid()}.tmp")
    try:
        with places.mirror.open("rb") as reader, probe.open("wb") as writer:
            return _share_blocks(reader.fileno(), writer.fileno())
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)


def clear_leftovers(places: Places) -> None:
    """Remove copies that a killed publish left behind. The lock must be held."""
    for leftover in places.published.parent.glob(f".{places.published.name}.*.tmp"):
        leftover.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as reader, open(descriptor, "wb") as writer:
        if not _share_blocks(reader.fileno(), descriptor):
            shutil.copyfileobj(reader, writer, 8 << 20)
        writer.flush()
        os.fsync(descriptor)


def _share_blocks(source: int, target: int) -> bool:
    try:
        import fcntl

        fcntl.ioctl(target, FICLONE, source)
    except (ImportError, OSError):
        return False
    return True


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

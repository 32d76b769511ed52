"""One sync at a time: an OS lock that dies with its process."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType

from gigstack_sync.errors import StorageError, SyncRunning

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class SyncLock:
    """Held inside `with`; SyncRunning names the holder's process id."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def __enter__(self) -> SyncLock:
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageError(f"Cannot open the lock {self._path}: {error.strerror}.") from error
        try:
            _lock(self._descriptor)
        except BlockingIOError:
            holder = self._holder()
            self._close()
            raise SyncRunning(
                f"Another sync is running on this mirror{holder}.",
                hint="Wait for it to end, or choose another file with --db.",
            ) from None
        except OSError as error:
            self._close()
            raise StorageError(
                f"This file system cannot lock {self._path}: {error.strerror}.",
                hint="Keep the mirror on a local disk: --db FILE.",
            ) from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()} {int(time.time())}".encode(), 0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _holder(self) -> str:
        words = os.pread(self._descriptor, 64, 0).decode("ascii", "replace").split()
        return f" (process {words[0]})" if words and words[0].isdigit() else ""


def _lock(descriptor: int) -> None:
    if fcntl is not None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    import msvcrt  # pragma: no cover - Windows

    try:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    except OSError as error:
        raise BlockingIOError from error

"""Opening the published file with this run's settings, its process kept within bounds."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gigstack_sync.errors import StorageError
from gigstack_sync.memory import bytes_in

if TYPE_CHECKING:
    from gigstack_sync.config import Settings
    from gigstack_sync.store.reading import Reader


def open_published(
    settings: Settings, *, may_write: Path | None = None, may_spill: bool = False
) -> Reader:
    """The published database, guarded; StorageError says how to make or repair it."""
    from gigstack_sync.store.reading import Reader

    return Reader(
        settings.db.value,
        memory=settings.memory.value,
        timezone=settings.timezone.value,
        may_write=may_write,
        may_spill=may_spill,
    )


@contextmanager
def asking_ours(path: Path) -> Iterator[None]:
    """Questions of our own to our own views: what fails there is the file's age or origin."""
    import duckdb

    from gigstack_sync.store.reading import explained

    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise StorageError(
            f"{path} is no mirror of gigstack_sync, or one of another version.",
            hint="Bring its views up to date with: gigstack sync",
        ) from error
    except duckdb.Error as error:
        raise explained(error) from error


def bound_memory(limit: str) -> None:
    """Cap this process: DuckDB's string functions allocate past its own limit.

    Four times the limit and 1 GB on top of what it has leave room for the rows on their way out.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    wanted = _in_use() + 4 * (bytes_in(limit) or 0) + (1 << 30)
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if all(bound == resource.RLIM_INFINITY or bound > wanted for bound in (soft, hard)):
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))


def _in_use() -> int:
    """Bytes this process has mapped to write to; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[5]
    except (OSError, IndexError):
        return 0
    return int(pages) * mmap.PAGESIZE

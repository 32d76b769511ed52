"""Reading the mirror's bookkeeping without writing: for a plan, a status, a verification."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from gigstack_sync.errors import StorageError, SyncRunning
from gigstack_sync.store.connection import explain, is_mirror, refuse_other_formats
from gigstack_sync.store.lock import SyncLock

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from gigstack_sync.store.places import Places


@contextmanager
def peek(places: Places, *, waits: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The mirror read-only; while a sync runs the published copy, unless `waits` insists.

    Raises StorageError when there is nothing to read yet, SyncRunning if `waits` and busy.
    """
    import duckdb

    with ExitStack() as stack:
        path = places.published
        try:
            if places.mirror.exists():
                stack.enter_context(SyncLock(places.lock))
                path = places.mirror
        except SyncRunning:
            if waits:
                raise
        if not path.exists():
            raise StorageError(
                f"There is no mirror at {places.published} yet.",
                hint=f"Make one: gigstack sync --db {places.published}",
            )
        refuse_other_formats(path)
        try:
            con = stack.enter_context(duckdb.connect(str(path), read_only=True))
            con.execute("set timezone = 'UTC'")
            if not is_mirror(con):
                raise StorageError(
                    f"{path} is not a mirror of gigstack_sync.",
                    hint="Name the one that is, with --db FILE",
                )
            yield con
        except duckdb.Error as error:
            raise explain(path, error) from error

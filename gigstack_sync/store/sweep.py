"""Reading all of both files now and then: bytes go bad where no run happens to look."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from gigstack_sync.store import spare
from gigstack_sync.store.connection import explain, is_whole, read_all, set_aside

if TYPE_CHECKING:
    import duckdb

    from gigstack_sync.store.places import Places

DAY: Final = 86_400.0
SMALL: Final = 256 << 20
"""Bytes that are read within a second or so, once a day; larger files once a week."""


def is_due(places: Places) -> bool:
    """The last sweep that found nothing is too long ago, or lies in the future."""
    try:
        age = time.time() - places.swept.stat().st_mtime
    except OSError:
        return True
    return not 0 <= age < (DAY if places.mirror.stat().st_size < SMALL else 7 * DAY)


def sweep_mirror(places: Places, con: duckdb.DuckDBPyConnection) -> None:
    """Read every block of the open mirror; Damaged when one is bad."""
    import duckdb

    try:
        read_all(con)
    except duckdb.OutOfMemoryException:
        return  # rows too wide for the memory allowed: no run may fail for that
    except duckdb.Error as error:
        raise explain(places.mirror, error) from error


def sweep_published(places: Places) -> str:
    """Set a damaged published file aside, and say so; the next copy is a whole one."""
    told = ""
    if places.published.exists() and not is_whole(places.published):
        aside = set_aside(places.published)
        told = f"{places.published} was damaged. It was set aside as {aside} and made anew."
    spare.drop(places)
    places.swept.touch(mode=0o600)
    return told

"""Whether a mirror can be written to at once, without being brought to this version first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gigstack_sync.store.columns import wanted_loads
from gigstack_sync.store.views import is_installed

SMALL: Final = 32 << 20
"""Bytes of a mirror of which everything can be derived at once, as one without invoices is."""

if TYPE_CHECKING:
    from gigstack_sync.store.places import Places


def is_current(places: Places, zone: str) -> bool:
    """Tables, views and what is derived are of this version: a change costs but its own rows."""
    import duckdb

    if not places.mirror.exists():
        return False
    try:
        with duckdb.connect(str(places.mirror), read_only=True) as con:
            rows = con.execute("select stream, digest, zone from sync.loads").fetchall()
            derived = con.execute("select run_id from derived.state").fetchone()
            is_typed = {stream: rest for stream, *rest in rows} == {
                stream: [*wanted] for stream, wanted in wanted_loads(zone).items()
            }
            is_derived = bool(derived and derived[0]) or places.mirror.stat().st_size <= SMALL
            return is_typed and is_derived and is_installed(con)
    except duckdb.Error:
        return False

"""The mirror file: opened by one sync, bound to one account, rebuilt when damaged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gigstack_sync.errors import AuthError, StorageError
from gigstack_sync.store.columns import prepare_tables
from gigstack_sync.store.connection import (
    Damaged,
    connect,
    explain,
    is_ours,
    is_whole,
    logs_of,
    set_aside,
)
from gigstack_sync.store.derive import refresh
from gigstack_sync.store.migrations import migrate, outstanding
from gigstack_sync.store.publish import copy_durably
from gigstack_sync.store.sweep import is_due, sweep_mirror, sweep_published
from gigstack_sync.store.views import install, install_macros

if TYPE_CHECKING:
    from types import TracebackType

    import duckdb

    from gigstack_sync.store.places import Places


@dataclass
class Mirror:
    """An open mirror. `notices` are sentences a person should read."""

    con: duckdb.DuckDBPyConnection
    places: Places
    notices: list[str] = field(default_factory=list)
    is_new: bool = False
    """Tables or views were made or remade, so readers should get them."""
    _has_views: bool = False

    def __enter__(self) -> Mirror:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        import duckdb

        try:
            if error is None:
                self.close()
        except duckdb.Error as failure:
            raise explain(self.places.mirror, failure) from failure
        finally:
            self.con.close()
        if isinstance(error, duckdb.Error):
            told = explain(self.places.mirror, error)
            if told is not error:
                raise told from error

    def make_views(self) -> None:
        """Make what is missing of what readers ask: a second's work, best while pages arrive."""
        if not self._has_views:
            self.is_new = install(self.con) or self.is_new
            self._has_views = True

    def close(self) -> None:
        """Derive what the run's rows change, fold the log into the file and let go of it."""
        self.make_views()
        self.con.execute("begin")
        refresh(self.con)
        self.con.execute("commit")
        self.con.execute("checkpoint")  # what close does by itself, it does without a word
        self.con.close()

    def bind(self, team_id: str, is_live: bool) -> None:
        """Tie the file to an account and mode on first use; AuthError for any other later."""
        bound = self.con.execute("select team_id, is_live from sync.account").fetchone()
        if bound is None:
            self.con.execute(
                "insert into sync.account select ?, ?, timezone('UTC', now())", [team_id, is_live]
            )
            return
        own, live = bound
        if live != is_live:
            modes = ("test", "live")
            raise AuthError(
                f"{self.places.published} mirrors {modes[live]} data; "
                f"this key is a {modes[is_live]} key.",
                hint="Use another file for it: gigstack sync --db FILE",
            )
        if team_id not in (own, *self._teams()):
            raise AuthError(
                f"{self.places.published} mirrors the account of team {own}; "
                f"this key belongs to team {team_id}.",
                hint="Use another file for it: gigstack sync --db FILE",
            )

    def _teams(self) -> list[str]:
        rows = self.con.execute("select id from mirror.teams where deleted_at is null").fetchall()
        return [row[0] for row in rows]


def open_mirror(places: Places, *, zone: str, memory: str, may_sweep: bool = True) -> Mirror:
    """Open, or create, or rebuild from the published copy. The lock must be held.

    Now and then all of it is read first, unless the caller has no time for that.
    """
    notices: list[str] = []
    for leftover in places.spool.iterdir():
        leftover.unlink(missing_ok=True)
    if not places.mirror.exists():
        notices += _without_mirror(places)
    try:
        mirror = _ready(places, zone, memory, notices)
        return _swept(places, mirror) if may_sweep and is_due(places) else mirror
    except Damaged as error:
        notices.append(_rebuild(places, error))
    return _ready(places, zone, memory, notices)


def _ready(places: Places, zone: str, memory: str, notices: list[str]) -> Mirror:
    import duckdb

    con = connect(places.mirror, memory=memory, spool=places.spool)
    try:
        if names := outstanding(con):
            con.close()
            _copy_before(places, names[0])
            con = connect(places.mirror, memory=memory, spool=places.spool)
        con.execute("set variable zone = ?", [zone])
        migrated = migrate(con)
        install_macros(con)
        retyped = prepare_tables(con, zone)
    except duckdb.Error as error:
        con.close()
        raise explain(places.mirror, error) from error
    except BaseException:
        con.close()
        raise
    return Mirror(con, places, notices, is_new=bool(migrated or retyped))


def _copy_before(places: Places, migration: str) -> None:
    """Keep the mirror as the older version left it; the log was folded in when it closed."""
    for earlier in places.folder.glob("before-*.duckdb"):
        earlier.unlink()
    copy = places.folder / f"before-{migration}.duckdb"
    try:
        copy_durably(places.mirror, copy)
    except OSError as error:
        copy.unlink(missing_ok=True)
        raise StorageError(
            f"Cannot keep a copy of {places.mirror} before it is changed: {error.strerror}.",
            hint="Free some space and run: gigstack sync",
        ) from error


def _swept(places: Places, mirror: Mirror) -> Mirror:
    """The mirror, after reading all of it and of the published file."""
    try:
        sweep_mirror(places, mirror.con)
        damaged = sweep_published(places)
    except BaseException:
        mirror.con.close()
        raise
    if damaged:
        mirror.notices.append(damaged)
        mirror.is_new = True  # so that readers get one
    return mirror


def _without_mirror(places: Places) -> list[str]:
    """A log whose database is gone must not be folded into the next one."""
    notices = []
    if logs_of(places.mirror):
        notices.append(f"A log without its database was set aside as {set_aside(places.mirror)}.*")
    notices += _adopt(places) if places.published.exists() else []
    places.swept.touch(mode=0o600)
    return notices


def _adopt(places: Places) -> list[str]:
    """Go on from a published file without its mirror; a stranger's file is never replaced."""
    if not is_ours(places.published):
        raise StorageError(
            f"{places.published} is not a mirror of gigstack_sync, so it is left alone.",
            hint="Choose another file: gigstack sync --db FILE",
        )
    if is_whole(places.published):
        _start_from_published(places)
        return []
    aside = set_aside(places.published)
    return [f"{places.published} is damaged. It was set aside as {aside}; all is fetched again."]


def _rebuild(places: Places, error: Damaged) -> str:
    aside = set_aside(places.mirror)
    source = "nothing: the whole account is fetched again"
    if places.published.exists() and is_whole(places.published):
        _start_from_published(places)
        source = f"the published copy {places.published}"
    return f"{error.message} It was set aside as {aside} and rebuilt from {source}."


def _start_from_published(places: Places) -> None:
    temporary = places.folder / ".mirror.tmp"
    try:
        copy_durably(places.published, temporary)
        temporary.replace(places.mirror)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StorageError(
            f"Cannot copy {places.published} to {places.mirror}: {error.strerror}."
        ) from error

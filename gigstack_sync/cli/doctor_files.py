"""Checks of the database files, the place they are in, and what the last sync left behind."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.cli.finding import Finding, note, ok, wrong
from gigstack_sync.cli.language import marked, told, tr

if TYPE_CHECKING:
    from gigstack_sync.config import Settings

_SHARED: Final = ("dropbox", "onedrive", "google drive", "icloud", "mobile documents", "nextcloud")
_REMOTE: Final = ("nfs", "cifs", "smb", "sshfs", "9p", "afs", "ceph", "gluster", "davfs")
_DAY: Final = 86_400.0


def examine(settings: Settings) -> Iterator[Finding]:
    """Published file, mirror, folder, disk and last run."""
    from gigstack_sync.store.places import Places

    places = Places(settings.db.value)
    yield from _published(places.published, settings)
    if places.mirror.exists():
        yield from _database("mirror", places.mirror)
    yield from of_place(places.published.parent)
    yield from _disk(places.published, places.mirror)
    yield from _last_sync(places.state)


def _published(path: Path, settings: Settings) -> Iterator[Finding]:
    from gigstack_sync.cli.published import open_published
    from gigstack_sync.errors import GigstackError

    if not path.exists():
        yield note("database", tr("There is none at {path} yet.", path=path), "gigstack sync")
        return
    yield from _database("database", path)
    try:
        open_published(settings).close()
    except GigstackError as error:
        yield wrong("database", told(error.message), told(error.hint))


def _database(check: str, path: Path) -> Iterator[Finding]:
    from gigstack_sync.store.format import format_version, readable_since

    try:
        version, found = format_version(path), path.stat()
    except OSError as error:
        text = tr("Cannot read {path}: {reason}.", path=path, reason=error.strerror)
        yield wrong(check, text, f"ls -l {path}")
        return
    if version is None:
        text = tr("{path} is not a DuckDB database.", path=path)
        yield wrong(check, text, tr("Move it away: gigstack sync"))
        return
    size = f"{found.st_size / 1e6:,.1f} MB"
    text = marked("{path}, {size}, format {version}: DuckDB {since} and newer read it")
    facts = {"size": size, "version": version, "since": readable_since(version)}
    yield ok(check, tr(text, path=path, **facts))
    if os.name == "posix" and found.st_mode & 0o077:
        text = tr("Others on this machine can read {path}.", path=path)
        yield note(check, text, f"chmod 600 {path}")


def of_place(folder: Path) -> Iterator[Finding]:
    """Warn of folders where a database is copied or locked behind DuckDB's back."""
    lowered = str(folder).lower()
    if shared := next((name for name in _SHARED if name in lowered), None):
        text = marked(
            "{folder} is synchronized ({by}); copies made while a sync writes are damaged."
        )
        hint = tr("Keep the database elsewhere: --db FILE or GIGSTACK_DB")
        yield note("folder", tr(text, folder=folder, by=shared), hint)
    kind = _file_system(folder)
    if any(remote in kind for remote in _REMOTE):
        text = marked("{folder} is on a network file system ({kind}); its locks are not reliable.")
        hint = tr("Keep the database on a local disk: --db FILE or GIGSTACK_DB")
        yield note("folder", tr(text, folder=folder, kind=kind), hint)


def _file_system(folder: Path) -> str:
    """The type of the mount a folder is on, as Linux tells it; empty elsewhere."""
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    mounts = [fields for line in lines if len(fields := line.split()) > 2]
    above = [m for m in mounts if folder.is_relative_to(m[1].replace("\\040", " "))]
    return max(above, key=lambda m: len(m[1]))[2] if above else ""


def _disk(published: Path, mirror: Path) -> Iterator[Finding]:
    """A publish needs room for a second copy while the old one is still read."""
    folder = next(parent for parent in published.parents if parent.exists())
    free = shutil.disk_usage(folder).free
    sizes = [path.stat().st_size for path in (published, mirror) if path.exists()]
    needed = max(200 * 10**6, 2 * max(sizes, default=0))
    text = tr("{free} GB free at {folder}", free=f"{free / 1e9:,.1f}", folder=folder)
    if free < needed:
        text += "; " + tr("a sync may need {size} GB", size=f"{needed / 1e9:,.1f}")
        yield wrong("disk", text, tr("Free some space."))
    else:
        yield ok("disk", text)


def _last_sync(state: Path) -> Iterator[Finding]:
    try:
        run = json.loads(state.read_text(encoding="utf-8"))
    except FileNotFoundError:
        yield note("last sync", tr("There was none yet."), "gigstack sync")
        return
    except (OSError, ValueError):
        run = None
    if not isinstance(run, dict):
        yield wrong("last sync", tr("{path} cannot be read.", path=state), "gigstack sync")
        return
    yield _outcome(run)
    stale = run.get("stale_windows")
    if isinstance(stale, list) and stale:
        text = tr("{count} windows are overdue for a look.", count=len(stale))
        yield note("freshness", text, "gigstack sync")


def _outcome(run: dict[str, Any]) -> Finding:
    finished = _epoch(run.get("finished_at"))
    if finished is None:
        return note("last sync", tr("It has not ended, or was killed."), "gigstack sync status")
    age = time.time() - finished
    text = f"{told(str(run.get('outcome')))}, {_ago(age)}"
    if run.get("exit_code") != 0:
        text += tr(", exit code {code}", code=run.get("exit_code"))
        return wrong("last sync", text, "gigstack sync")
    if age > _DAY:
        return note("last sync", text, tr("Put `gigstack sync` in cron."))
    return ok("last sync", text)


def _epoch(value: Any) -> float | None:
    """Epoch seconds of a number or of ISO text; text without a zone is UTC."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _ago(seconds: float) -> str:
    for size, unit in ((_DAY, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return tr("{age} ago", age=f"{seconds / size:.0f} {unit}")
    return tr("just now")

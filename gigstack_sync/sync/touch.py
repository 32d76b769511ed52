"""Single records a command has changed, read again and brought into the mirror at once.

By the loader of a sync, under its lock; what the API no longer has is marked as deleted. Such a
run has a number, for the history, and no times: it is no look at any list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gigstack_sync.errors import BadAnswer, StorageError
from gigstack_sync.store.absent import Absent
from gigstack_sync.store.current import is_current
from gigstack_sync.store.ledger import Ledger
from gigstack_sync.store.load import Batch, Counts, Loader
from gigstack_sync.store.lock import SyncLock
from gigstack_sync.store.mirror import Mirror, open_mirror
from gigstack_sync.store.publish import clear_leftovers, is_quick, publish
from gigstack_sync.sync.account import Account, identify
from gigstack_sync.sync.engine import utc_now
from gigstack_sync.sync.look import Kind, Look
from gigstack_sync.sync.perform import Performer
from gigstack_sync.sync.session import (
    ClientSource,
    is_published_as_left,
    note_publication,
    read_state,
)
from gigstack_sync.sync.streams import STREAMS
from gigstack_sync.sync.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gigstack_sync.api.client import Client
    from gigstack_sync.store.places import Places

LARGEST_COPY: Final = 512 << 20
"""Bytes of a mirror that is copied at once, which takes half a second; a larger one waits for the
sync, unless the file system shares blocks or a spare has most of them."""
_STREAMS: Final = {stream.name: stream for stream in STREAMS}


@dataclass(frozen=True, slots=True)
class Name:
    """An id, and the streams that may have it, the likely one first."""

    id: str
    streams: tuple[str, ...]
    may_be_gone: bool = False
    """Whether a 404 means that it was deleted, rather than that it is not there yet."""


@dataclass(slots=True)
class Touched:
    """What became of it in the mirror."""

    changed: int = 0
    is_published: bool = False


@dataclass(slots=True)
class _Read:
    """What the API answered: spool lines by stream, and names nobody answers to."""

    lines: dict[str, list[bytes]] = field(default_factory=dict)
    gone: list[Name] = field(default_factory=list)


class _Unchanged(Exception):
    """The mirror had it all: the transaction is taken back."""


def touch(
    places: Places,
    client: Client,
    names: Sequence[Name],
    *,
    zone: str,
    memory: str,
) -> Touched:
    """Read the records, write what differs, and publish it if that is quick.

    SyncRunning when a sync holds the mirror; whatever else the API or the store raises.
    """
    account = identify(client)
    team_id = client.team or account.team_id
    read = _read(client, team_id, names)
    places.prepare()
    with SyncLock(places.lock):
        clear_leftovers(places)
        if not is_current(places, zone):
            raise StorageError("it is not of this version yet.", hint="Run: gigstack sync")
        mirror = open_mirror(places, zone=zone, memory=memory, may_sweep=False)
        try:
            may_copy = places.mirror.stat().st_size <= LARGEST_COPY
            run_id, changed = _write(mirror, account, team_id, read)
            is_shown = bool(changed) and (may_copy or is_quick(places))
            if is_shown:
                mirror.close()
        finally:
            mirror.con.close()
        return Touched(changed, is_shown and _show(places, run_id, may_copy=may_copy))


def _show(places: Places, run_id: int, *, may_copy: bool) -> bool:
    """Publish and leave word of it; False where that would take a long copy."""
    is_as_left = is_published_as_left(places, read_state(places))
    if not publish(places, is_as_left=is_as_left, may_copy=may_copy):
        return False
    note_publication(places, run_id)
    return True


def _read(client: Client, team_id: str, names: Sequence[Name]) -> _Read:
    performer = Performer(ClientSource(client))  # the client says the team by itself
    read = _Read()
    for name in names:
        for stream in name.streams:
            look = Look(Kind.ROW, row_id=name.id)
            answer = performer(_STREAMS[stream], team_id, None, look)
            if answer.problems:
                raise BadAnswer(f"{name.id} came back as a record that cannot be kept.")
            if answer.lines:
                read.lines.setdefault(stream, []).extend(answer.lines)
                break
        else:
            if name.may_be_gone:
                read.gone.append(name)
    return read


def _write(mirror: Mirror, account: Account, team_id: str, read: _Read) -> tuple[int, int]:
    """Number of the run, and how many rows it changed; 0 leaves no trace of it."""
    ledger = Ledger(mirror.con)
    owners = {stream: account.team_id if stream == "teams" else team_id for stream in _STREAMS}
    known = set(ledger.known())
    held = {stream: owner for stream, owner in owners.items() if (owner, stream) in known}
    if not held:
        return 0, 0
    mirror.bind(account.team_id, account.is_live)
    run_id = changed = 0

    def work() -> None:
        nonlocal run_id, changed
        run_id = ledger.begin_change()
        changed = _apply(mirror, ledger, run_id, held, read)

    try:
        loader = Loader(mirror.con, mirror.places.spool, run_id=0, now=utc_now())
        Writer(mirror, loader, ledger).commit(work)
    except _Unchanged:
        return 0, 0
    return run_id, changed


def _apply(
    mirror: Mirror, ledger: Ledger, run_id: int, held: Mapping[str, str], read: _Read
) -> int:
    """Rows changed, in the caller's transaction; `held` tells whose each stream is."""
    now = utc_now()
    absent = Absent(mirror.con)
    loader = Loader(mirror.con, mirror.places.spool, run_id=run_id, now=now)
    counts, buried = Counts(), 0
    for stream, lines in read.lines.items():
        if stream in held:
            counts += loader.load(Batch(held[stream], stream, lines, from_list=False))
    for name in read.gone:
        for stream in held.keys() & set(name.streams):
            keys = absent.keys_of(held[stream], stream, name.id)
            absent.bury(held[stream], stream, keys, run_id=run_id, now=now)
            buried += len(keys)
    if not (counts.changed or buried):
        raise _Unchanged
    ledger.end_change(run_id, counts.inserted, counts.changed - counts.inserted, buried)
    return counts.changed + buried

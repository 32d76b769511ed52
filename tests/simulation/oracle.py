"""What must hold at every moment of a sync's life, said without a word of the engine's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from .books import Body, Shelf, exact
from .business import DAY, OWN

MONEY = ("invoices_income", "invoices_egress", "invoices_payment", "invoices_sat", "receipts")
RESTLESS = {
    "invoices_income": {"pending", "draft"},
    "invoices_egress": {"pending", "draft"},
    "invoices_payment": {"pending", "draft"},
    "payments": {"pending", "processing"},
    "receipts": {"pending"},
}
"""Statuses of rows that are looked at in every run."""


@dataclass(frozen=True)
class Kept:
    """One row of the mirror."""

    body: Body
    is_live: bool
    position: int | None
    is_partial: bool


@dataclass(frozen=True)
class Snapshot:
    """One stream of the mirror as it lies in the file."""

    rows: dict[str, Kept]
    windows: list[tuple[int, int, int]]
    history: dict[str, list[tuple[str, Body | None]]]
    quarantined: int
    total: Decimal

    def live(self, row_id: str) -> Kept | None:
        kept = self.rows.get(row_id)
        return kept if kept and kept.is_live else None


def snapshot(con: Any, stream: str) -> Snapshot:
    """Read one stream; the connection may be the mirror's or the published file's."""
    rows = con.execute(
        f"select id, payload, deleted_at is null, position, is_partial from mirror.{stream} "
        "where team_id = ?",
        [OWN],
    ).fetchall()
    assert len({row[0] for row in rows}) == len(rows), f"{stream}: a row is there twice"
    windows = con.execute(
        "select starts, ends, walked_at from sync.windows where stream = ? order by all", [stream]
    ).fetchall()
    history: dict[str, list[tuple[str, Body | None]]] = {}
    for row_id, change, before in con.execute(
        "select id, change, payload_before from history.changes where stream = ? "
        "order by run_id, rowid",
        [stream],
    ).fetchall():
        history.setdefault(row_id, []).append((change, exact(before) if before else None))
    aside = con.execute("select count(*) from sync.quarantine where stream = ?", [stream])
    total = Decimal(0)
    quarantined = aside.fetchall()[0][0]
    if stream in MONEY:
        sql = f"select coalesce(sum(total), 0) from mirror.{stream} where deleted_at is null"
        total = con.execute(sql).fetchall()[0][0]
    return Snapshot(
        {row_id: Kept(exact(text), *rest) for row_id, text, *rest in rows},
        windows,
        history,
        quarantined,
        total,
    )


def false_claims(shelf: Shelf, mirror: Snapshot) -> list[str]:
    """Windows that say of a row what was true at no moment since they were looked at."""
    found = []
    for row_id in shelf.states.keys() | mirror.rows.keys():
        kept = mirror.live(row_id)
        places = {state.position for state in shelf.states.get(row_id, [])}
        places |= {kept.position if kept else None}
        for at in places - {None}:
            looks = [w for start, end, w in mirror.windows if start <= at < end]  # type: ignore[operator]
            if looks and _is_false(shelf, row_id, kept, at, looks[0]):
                what = "otherwise" if kept and kept.position == at else "not"
                found.append(f"{row_id} at {at} is {what} there, though looked at {looks[0]}")
    return found


def _is_false(shelf: Shelf, row_id: str, kept: Kept | None, at: int | None, since: int) -> bool:
    if kept and kept.is_partial:
        return False  # known to be incomplete, and so is the run
    mine = kept.body if kept and kept.position == at else None
    for state in shelf.during(row_id, since):
        if state.has(mine) if mine is not None else state.position != at:
            return False
    if mine is None:
        return not any(told >= since for told in shelf.omissions)
    return not any(told >= since and body == mine for told, body in shelf.shown.get(row_id, []))


def gone_back(shelf: Shelf, mirror: Snapshot) -> list[str]:
    """Rows of which a list brought a later body than the mirror has."""
    found = []
    for row_id, (at, body) in shelf.delivered.items():
        kept, states = mirror.live(row_id), shelf.states.get(row_id, [])
        if kept is None or kept.is_partial or not any(s.has(kept.body) for s in states):
            continue
        brought = _first_of_the_last(
            [n for n, s in enumerate(states) if s.since <= at and s.has(body)]
        )
        if not any(s.has(kept.body) for s in states[brought:]):
            found.append(f"{row_id} is as it was before the list of {at:.0f}")
    return found


def _first_of_the_last(numbers: list[int]) -> int:
    """Where the last unbroken row of numbers begins: lists may not tell those states apart."""
    first = numbers[-1] if numbers else 0
    while first - 1 in numbers:
        first -= 1
    return first


def wrong_tombstones(shelf: Shelf, before: Snapshot, after: Snapshot, since: float) -> list[str]:
    """Rows buried although no GET ever said they were gone."""
    return [
        f"{row_id} was buried alive"
        for row_id, kept in after.rows.items()
        if not kept.is_live
        and not (row_id in before.rows and not before.rows[row_id].is_live)
        and all(state.listed is not None for state in shelf.during(row_id, since))
        and not any(at >= since for at in shelf.denied.get(row_id, []))
    ]


def broken_history(mirror: Snapshot) -> list[str]:
    """Chains that cannot be replayed, or whose end is not the mirror."""
    found = [f"{row} has no history" for row in mirror.rows.keys() - mirror.history.keys()]
    found += [
        f"{row} is in the history alone" for row in mirror.history.keys() - mirror.rows.keys()
    ]
    for row_id, chain in mirror.history.items():
        if row_id in mirror.rows:
            found += [f"{row_id}: {fault}" for fault in _replayed(chain, mirror.rows[row_id])]
    return found


def _replayed(chain: list[tuple[str, Body | None]], kept: Kept) -> list[str]:
    is_live, found = False, []
    for number, (change, _) in enumerate(chain):
        fits = {"inserted": number == 0, "returned": not is_live and number > 0}
        if not fits.get(change, is_live):
            found.append(f"{change} cannot follow here: {[c for c, _ in chain]}")
        is_live = change != "deleted"
    if is_live != kept.is_live:
        found.append("the history ends otherwise than the mirror")
    bodies = [before for _, before in chain if before is not None] + [kept.body]
    updates = sum(change == "updated" for change, _ in chain)
    if sum(b is not None for c, b in chain if c == "updated") != updates:
        found.append("an update does not know what was before")
    if any(a == b for a, b in pairwise(bodies)):
        found.append("an update changed nothing")
    return found


def invented(shelf: Shelf, mirror: Snapshot) -> list[str]:
    """Bodies, present or past, that the server never had or showed."""
    found = []
    for row_id, kept in mirror.rows.items():
        known = [s for s in shelf.states.get(row_id, []) if s.listed is not None]
        lies = [body for _, body in shelf.shown.get(row_id, [])]
        past = [before for _, before in mirror.history.get(row_id, []) if before is not None]
        found += [
            f"{row_id} has a body that nobody ever sent"
            for body in [kept.body, *past]
            if body not in lies and not any(state.has(body) for state in known)
        ]
    return found


def promised_age(created: int, now: int) -> int:
    """A tenth of the row's age: at most a week in years still open, a month before that."""
    today = datetime.fromtimestamp(now, UTC)
    open_since = datetime(today.year - (today.month <= 4), 1, 1, tzinfo=UTC).timestamp()
    return min(max(0, now - created) // 10, (7 if created >= open_since else 30) * DAY)


def stale_looks(shelf: Shelf, mirror: Snapshot, began: int, *, doubts: bool) -> list[str]:
    """Rows there when a complete run began, and not looked at since the promise says.

    A run that `doubts` has warned of rows that no list shows, and claims nothing of their seconds.
    """
    found = []
    for row_id, states in shelf.states.items():
        state = states[-1]
        if state.listed is None or state.since > began or state.position is None:
            continue
        looks = [w for s, e, w in mirror.windows if s <= state.position < e]
        if any(at >= began for at in shelf.omissions):
            continue  # said as a warning: the row exists and the list hides it
        oldest = began - promised_age(state.position, began) - 1
        if not looks and doubts:
            continue
        if not looks or min(looks) < oldest:
            found.append(f"{row_id} of {state.position} was last looked at {looks}, not {oldest}")
    return found


def restless(stream: str, kept: Kept) -> bool:
    """Whether the row may change at any moment, by its own body."""
    if stream == "invoices_draft":
        return kept.is_live
    return kept.is_live and kept.body.get("status") in RESTLESS.get(stream, ())


def neglected(
    stream: str, shelf: Shelf, before: Snapshot, after: Snapshot, began: float
) -> list[str]:
    """Restless rows that a complete run did not look at."""
    found: list[str] = []
    if any(at >= began for at in shelf.omissions):
        return found  # said as a warning: the row exists and the list hides it
    for row_id, kept in before.rows.items():
        if kept.position is None or not restless(stream, kept):
            continue
        now = after.live(row_id)
        body = now.body if now else None
        states = shelf.during(row_id, began)
        lies = [b for at, b in shelf.shown.get(row_id, []) if at >= began]
        if body not in lies and not any(state.has(body) for state in states):
            found.append(f"{row_id} may change at any moment and was not looked at")
    return found


def differences(shelf: Shelf, mirror: Snapshot, stream: str, *, full: bool) -> list[str]:
    """What the mirror has otherwise than the server: ids, bodies, exact sums."""
    theirs = {i: s.full if full else s.listed for i, s in shelf.live().items()}
    mine = {i: kept.body for i, kept in mirror.rows.items() if kept.is_live}
    found = [f"{stream} lacks {row}" for row in theirs.keys() - mine.keys()]
    found += [f"{stream} invents {row}" for row in mine.keys() - theirs.keys()]
    both = theirs.keys() & mine.keys()
    found += [f"{stream} has another {row}" for row in both if theirs[row] != mine[row]]
    if stream in MONEY and not found:
        wanted = sum((Decimal(body.get("total") or 0) for body in theirs.values()), Decimal(0))
        found += [] if mirror.total == wanted else [f"{stream} sums {mirror.total} not {wanted}"]
    return found

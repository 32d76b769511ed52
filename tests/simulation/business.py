"""A small business of the sandbox's making, and everything that may happen to its rows."""

from __future__ import annotations

import copy
import itertools
import uuid
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any

import msgspec

from gigstack_sync.sandbox import meddling
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.business_team import equip
from gigstack_sync.sandbox.desk import Desk
from gigstack_sync.sandbox.faults import Faults
from gigstack_sync.sandbox.quirks import Quirks
from gigstack_sync.sandbox.world import World

from .books import Shelf, State, exact
from .clock import Clock

DAY = 86_400
OWN = "team_own"
AGES = (3_600, DAY, 10 * DAY, 100 * DAY, 400 * DAY, 900 * DAY)
SIZES = (0, 1, 5, 12, 25, 40, 60)
SMALL = (0, 1, 3, 5, 8, 10, 12)
"""Rows of a list whose bodies are fetched one by one."""
LISTED = (
    "clients",
    "services",
    "invoices_income",
    "invoices_income",
    "invoices_egress",
    "invoices_payment",
    "invoices_draft",
    "invoices_sat",
    "payments",
    "payments",
    "receipts",
    "webhooks",
)


@cache
def models(stream: str) -> list[dict[str, Any]]:
    """Bodies that a real business would have, to be copied under other ids."""
    rows = _founded().teams[OWN][stream]
    return [rows.get(row_id) or {} for row_id in rows]


@cache
def _founded() -> World:
    return found_business(seed=7, invoices=80, months=12, connect_teams=0)


class Business:
    """The server's side: a world, the desk that answers for it, and the books of what was true."""

    def __init__(self, rng: Random, clock: Clock, quirks: Quirks, streams: list[str]) -> None:
        self.rng = rng
        self.clock = clock
        self.streams = streams
        self.world = World(seed=1, now=int(clock.at), own_team=OWN)
        equip(self.world, 0, Random(1), int(clock.at) - 1_000 * DAY)
        self.desk = Desk(self.world, quirks, Faults())
        self.desk.shop.now = clock.now  # type: ignore[method-assign]
        self.key = self.desk.keys.issue(OWN, livemode=True)
        self.shelves = {stream: Shelf() for stream in streams}
        self._names: dict[str, dict[str, str]] = {stream: {} for stream in streams}
        self._serial = itertools.count(1)
        self._graves: list[tuple[str, dict[str, Any]]] = []
        meddling._serial = itertools.count(1)
        for stream in streams:
            rows = self.world.collection(OWN, stream)
            for row_id in list(rows):
                rows.delete(row_id)
            for _ in range(rng.choice(SIZES if quirks.list_rows == "full" else SMALL)):
                self.insert(stream, age=rng.uniform(0, rng.choice(AGES)))

    def rows(self, stream: str) -> Any:
        return self.world.collection(OWN, stream)

    def insert(self, stream: str, age: float = 0.0) -> None:
        """One more row, made just now, `age` seconds ago, or within the second of another."""
        at = self.clock.at - age
        if len(self.rows(stream)) and self.rng.random() < 0.25:
            other = self.rng.choice(list(self.rows(stream)))
            at = min(int(self.rows(stream).position(other)) + self.rng.random(), self.clock.at)
        body = copy.deepcopy(self.rng.choice(models(stream)))
        number = next(self._serial)
        stem = str(body["id"])
        fresh = str(uuid.uuid5(uuid.NAMESPACE_URL, f"row {number}")).upper()
        body["id"] = f"{stem.partition('_')[0]}_{number:05}" if "_" in stem else fresh
        if body.get("uuid"):
            body["uuid"] = fresh
        self._put(stream, _dated(body, at))

    def happen(self) -> None:
        """One thing of the many that may happen to one list."""
        stream = self.rng.choice(self.streams)
        ids = list(self.rows(stream))
        deed = self.rng.choice(DEEDS)
        if deed in ("insert", "late", "burst") or not ids:
            self._arrive(stream, deed)
        elif deed == "return" and self._graves:
            stream, body = self._graves.pop(self.rng.randrange(len(self._graves)))
            self._put(stream, body)
        elif deed == "swap":
            self._delete(stream, self.rng.choice(ids))
            self.insert(stream, age=self.rng.uniform(0, 100 * DAY))
        elif deed == "delete":
            self._delete(stream, self.rng.choice(ids))
        elif deed == "move":
            self._move(stream, self.rng.choice(ids))
        else:
            self._change(stream, self.rng.choice(ids))

    def _arrive(self, stream: str, deed: str) -> None:
        age = self.rng.uniform(0, self.rng.choice(AGES)) if deed == "late" else 0.0
        for _ in range(self.rng.choice((2, 5, 14)) if deed == "burst" else 1):
            self.insert(stream, age)

    def _change(self, stream: str, row_id: str) -> None:
        fields: dict[str, Any] = {"metadata": {"touched": str(next(self._serial))}}
        other = self.rng.choice(models(stream))
        for name in ("status", "total", "last_balance", "legal_name", "items", "name"):
            if name in other and self.rng.random() < 0.4:
                fields[name] = other[name]
        self.rows(stream).change(row_id, **fields)
        self.note(stream, row_id)

    def _delete(self, stream: str, row_id: str) -> None:
        body = copy.deepcopy(self.rows(stream).get(row_id))
        self.rows(stream).delete(row_id)
        self._graves.append((stream, body))
        self.note(stream, row_id)

    def _move(self, stream: str, row_id: str) -> None:
        body = copy.deepcopy(self.rows(stream).get(row_id))
        self._put(stream, _dated(body, self.clock.at - self.rng.uniform(0, 200 * DAY)))

    def _put(self, stream: str, body: dict[str, Any]) -> None:
        self.rows(stream).put(body)
        self.note(stream, str(body["id"]))

    def refresh(self, stream: str) -> None:
        """Note whatever a fault of the sandbox's own did to a list."""
        for row_id in list(self.rows(stream)):
            self.note(stream, row_id)

    def note(self, stream: str, row_id: str) -> None:
        """Enter the present state of a row."""
        rows, wire = self.rows(stream), self.desk.shop.wire
        names, shelf = self._names[stream], self.shelves[stream]
        if row_id not in rows:
            shelf.states[names[row_id]].append(State(self.clock.at, None, None, None))
            return
        listed = exact(wire.row(stream, rows, row_id))
        full = exact(wire.row(stream, rows, row_id, full=True))
        name = names[row_id] = listed.get("id") or listed["uuid"]
        state = State(self.clock.at, listed, full, int(rows.position(row_id)))
        known = shelf.states[name]
        if not known or (known[-1].listed, known[-1].full) != (listed, full):
            known.append(state)


DEEDS = ("insert",) * 4 + ("change",) * 6 + ("delete",) * 2
DEEDS += ("late", "burst", "return", "swap", "move")


def _dated(body: dict[str, Any], at: float) -> dict[str, Any]:
    if isinstance(body.get("issue_date"), str):
        body["issue_date"] = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}"
    in_milliseconds = body["created_at"] > 1e11
    body["created_at"] = int(at * 1000) if in_milliseconds else int(at)
    return body


def raw_rows(body: bytes) -> list[bytes]:
    """The rows of a page as they lie on the wire; none if it is no page."""
    try:
        data = msgspec.json.decode(body, type=dict[str, msgspec.Raw])["data"]
        return [bytes(row) for row in msgspec.json.decode(data, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, KeyError):
        return []

"""The way between client and server: slow, broken, lying, and without a socket."""

from __future__ import annotations

from collections import Counter
from email.utils import formatdate
from random import Random
from urllib.parse import parse_qsl, unquote

import msgspec

from gigstack_sync.api.wire import Call, Reply, Trouble
from gigstack_sync.sandbox.http_message import Reply as Answer
from gigstack_sync.sandbox.http_message import Request
from gigstack_sync.sync.streams import STREAMS

from .books import Shelf, exact
from .business import Business, raw_rows
from .crash import Fuse

PATHS = {stream.path: stream.name for stream in STREAMS}
DEADLINE = 30.0
REWRITING = frozenset(
    [
        "id",
        "created",
        "type",
        "money",
        "text",
        "drop_key",
        "new_key",
        "case_change",
        "duplicate_key",
        "deep_row",
    ]
)
"""Faults that show a row otherwise than it is."""
OMITTING = frozenset(
    ["more_false", "id", "not_an_object", "no_rows", "lost_rows", "stale_page", "repeat_row"]
)
"""Faults after which a list has not shown a row that it should have shown."""
LIES = ("lost_rows", "stale_page", "no_rows")
"""Faults of this wire's own, beside the sandbox's."""


class Line:
    """Carries one call at a time to the desk and notes what the client got to see."""

    def __init__(self, rng: Random, business: Business, fuse: Fuse) -> None:
        self.rng = rng
        self.business = business
        self.clock = business.clock
        self.fuse = fuse
        self.requests = 0
        self.skew = 0.0
        self.unrest = 0.0
        """How likely something happens to the business before a request."""
        self.lies: dict[str, float] = {}
        self.not_before = 0.0
        self.struck: Counter[str] = Counter()
        self.impatience: list[str] = []
        self._pages: dict[str, list[bytes]] = {}

    def send(self, call: Call) -> Reply:
        """As the real wire does: a whole answer, or Trouble."""
        self.fuse.burn("request")
        self.requests += 1
        if self.clock.at < self.not_before - 1e-6:
            early = self.not_before - self.clock.at
            self.impatience.append(f"{call.path} was asked for {early:.1f} s too early")
        self.clock.at += self.rng.uniform(0.01, 1.5)
        if self.rng.random() < self.unrest:
            self.business.happen()
        reply = self._answer(call)
        self.fuse.burn("answer")
        return reply

    def hang_up(self) -> None:
        """Nobody holds a connection here."""

    def close(self) -> None:
        """Nor is there one to close."""

    def _answer(self, call: Call) -> Reply:
        path, _, query = call.target.partition("?")
        headers = {"authorization": f"Bearer {self.business.key}"}
        request = Request(call.method, path, dict(parse_qsl(query)), headers, raw_query=query)
        path = path.removeprefix("/v2")
        self.business.world.now = int(self.clock.at)
        answer = self.business.desk.begin(request)
        self.business.desk.finish(request)
        faults = set(self.business.desk.log[-1].faults)
        at = self.clock.at
        if path in PATHS and answer.status == 200:
            faults |= self._lie(call.target, answer)
        self.struck.update(faults)
        self._travel(answer)
        self._note(path, answer, faults, at)
        return self._reply(answer, at)

    def _lie(self, target: str, answer: Answer) -> set[str]:
        """Leave out rows, or show the page as it was when it was asked for before."""
        known = self._pages.setdefault(target, [])
        told = {lie for lie, chance in self.lies.items() if self.rng.random() < chance}
        true = answer.body
        if "stale_page" in told and known:
            answer.body = self.rng.choice(known)
        rows = raw_rows(answer.body)
        if "no_rows" in told:
            answer.body = _with_rows(answer.body, [])
        elif "lost_rows" in told and rows:
            kept = [row for row in rows if self.rng.random() < 0.7]
            answer.body = _with_rows(answer.body, kept)
        known.append(true)
        return told

    def _travel(self, answer: Answer) -> None:
        """What the way does to an answer, as the real wire would tell it."""
        delivery = answer.delivery
        if delivery.delay + delivery.drip > DEADLINE:
            self.clock.at += DEADLINE
            raise Trouble("no complete answer within 30 s")
        self.clock.at += delivery.delay + delivery.drip
        if delivery.ending in ("reset_before", "drop"):
            raise Trouble("Server disconnected without sending a response")
        if delivery.ending in ("short", "reset_body"):
            raise Trouble("peer closed connection without sending complete message body")

    def _note(self, path: str, answer: Answer, faults: set[str], at: float) -> None:
        """Enter in the books what the client saw and was not so."""
        stream = PATHS.get(path) or PATHS.get(path.rpartition("/")[0])
        if answer.status == 429:
            self._ask_to_wait(answer)
        if stream not in self.business.shelves:
            return
        shelf = self.business.shelves[stream]
        if "repeat_row" in faults:
            self.business.refresh(stream)
        if path not in PATHS:
            if answer.status == 404:
                shelf.denied[unquote(path.rpartition("/")[2])].append(at)
            return
        rows = raw_rows(answer.body) if answer.status == 200 else []
        shelf.nulls += rows.count(b"null")
        if faults & OMITTING or self._is_mute(faults):
            shelf.omissions.append(at)
        self._deliver(shelf, rows, faults, at)
        if faults & (REWRITING | {"stale_page", "repeat_row", "duplicate_row"}):
            for row in rows:
                body = exact(row)
                if isinstance(body, dict) and isinstance(body.get("id") or body.get("uuid"), str):
                    shelf.shown[body.get("id") or body["uuid"]].append((at, body))

    def _deliver(self, shelf: Shelf, rows: list[bytes], faults: set[str], at: float) -> None:
        if not faults & (REWRITING | {"stale_page", "repeat_row"}):
            bodies = [exact(row) for row in rows if row.startswith(b"{")]
            shelf.delivered.update((b.get("id") or b["uuid"], (at, b)) for b in bodies)

    def _is_mute(self, faults: set[str]) -> bool:
        """Neither a cursor nor a word of more: nobody can tell that this is not the end."""
        is_wordless = self.business.desk.shop.quirks.has_more == "missing" or "has_more" in faults
        return "no_next" in faults and is_wordless

    def _ask_to_wait(self, answer: Answer) -> None:
        """Hold the client to what it was told, as far as a client may be held."""
        wait = answer.retry_in
        if wait is None:
            try:
                wait = float(answer.headers.get("Retry-After", "0"))
            except ValueError:
                wait = 0.0
        if wait >= 1:
            self.not_before = max(self.not_before, self.clock.at + min(wait - 1, 60.0))

    def _reply(self, answer: Answer, at: float) -> Reply:
        date = at + answer.clock_skew
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if answer.retry_in is not None:
            headers["retry-after"] = formatdate(date + answer.retry_in, usegmt=True)
        return Reply(
            answer.status, headers, answer.body, self.clock.at + self.skew, float(int(date))
        )


def _with_rows(body: bytes, rows: list[bytes]) -> bytes:
    try:
        fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return body
    if "data" not in fields:
        return body
    fields["data"] = msgspec.Raw(b"[%s]" % b",".join(rows))
    return msgspec.json.encode(fields)

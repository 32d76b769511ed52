"""From request to reply: log, faults, key, route, envelope. No sockets here."""

from __future__ import annotations

import logging
import time

import msgspec

from gigstack_sync.errors import UsageError
from gigstack_sync.sandbox.control import CONTROL_PREFIX, control
from gigstack_sync.sandbox.errors import Refusal, refuse, unauthorized
from gigstack_sync.sandbox.faults import Faults, Plan, Struck
from gigstack_sync.sandbox.fiscal import rules
from gigstack_sync.sandbox.http_message import Delivery, Reply, Request
from gigstack_sync.sandbox.keys import Key, KeyRing
from gigstack_sync.sandbox.page import Page
from gigstack_sync.sandbox.quirks import Quirks
from gigstack_sync.sandbox.request_log import Logged, RequestLog
from gigstack_sync.sandbox.routes import Router
from gigstack_sync.sandbox.routes_call import Call, Shop
from gigstack_sync.sandbox.routes_files import stored_file
from gigstack_sync.sandbox.world import World

_logger = logging.getLogger("gigstack_sync.sandbox")


class Bucket:
    """Tokens refilled at `rate` per second, a second's worth at most."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._tokens = max(1.0, rate)
        self._filled = time.monotonic()

    def wait(self) -> float:
        """Take a token; 0, or the seconds until there is one."""
        now = time.monotonic()
        grown = self._tokens + (now - self._filled) * self._rate
        self._tokens, self._filled = min(max(1.0, self._rate), grown), now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate


class Desk:
    """Answers one request at a time; everything it changes is behind the world's lock."""

    def __init__(self, world: World, quirks: Quirks, faults: Faults) -> None:
        self.shop = Shop(world, quirks)
        self.keys = KeyRing(world.seed)
        self.log = RequestLog()
        self.latency = 0.0
        self.bucket: Bucket | None = None
        self._router = Router()
        self.set_faults(faults)

    def now(self) -> float:
        """Epoch seconds of the Date header: the world's clock, which days going by move."""
        return self.shop.now()

    def set_faults(self, faults: Faults) -> None:
        """Begin another plan; its counts start at one."""
        self.faults = faults
        self._plan = Plan(faults)

    def set_pace(self, *, latency_ms: float = 0, rps: float | None = None) -> None:
        """Delay every answer, and refuse with 429 whatever exceeds `rps` a second."""
        self.latency = latency_ms / 1000
        self.bucket = Bucket(rps) if rps else None

    def begin(self, request: Request) -> Reply:
        """Answer; never raises."""
        if request.path.startswith(CONTROL_PREFIX):
            return self._controlled(request)
        entry = Logged(request.method, request.path, request.query)
        self.log.begin(entry)
        with self.shop.world.lock:
            self.shop.request_number += 1
            try:
                self.shop.world.catch_up(self.shop.now)
                reply = self._answer(request, entry)
            except Exception:
                _logger.exception("The sandbox failed at %s %s", request.method, request.path)
                reply = Reply(500, b'{"message":"Sandbox failure"}')
        entry.status = reply.status
        reply.clock_skew += self.shop.quirks.clock_skew
        return reply

    def finish(self, request: Request) -> None:
        """Count a request out."""
        if not request.path.startswith(CONTROL_PREFIX):
            self.log.finish()

    def _answer(self, request: Request, entry: Logged) -> Reply:
        is_list = bool(self._router.stream(request))
        struck = self._plan.strike(request, is_list=is_list)
        entry.faults = tuple(fault.kind for fault in struck.faults)
        reply = struck.instead() or self._true_answer(request, struck)
        reply.delivery = Delivery(delay=self.latency)
        struck.edit_reply(reply)
        return reply

    def _true_answer(self, request: Request, struck: Struck) -> Reply:
        quirks = self.shop.quirks
        try:
            self._throttle()
            if request.path.startswith("/_files/"):
                return stored_file(self.shop, request)
            answer = self._routed(request, struck)
        except Refusal as refusal:
            answer = refuse(refusal, quirks)
        except rules.Refusal as refusal:
            answer = refuse(Refusal(400, refusal.message, refusal.detail), quirks)
        if isinstance(answer, Page):
            struck.edit_page(answer)
            answer = Reply(body=answer.encode(quirks))
        if answer.content_type.startswith("application/json"):
            answer.body = self.shop.wire.text(answer.body)
        return answer

    def _routed(self, request: Request, struck: Struck) -> Page | Reply:
        key = self._key(request)
        handler, params = self._router.find(request)
        call = Call(request, self.shop, key, params)
        stream = self._router.stream(request)
        if stream:
            struck.meddle(self.shop.world, call.rows(stream))
            call.limit = struck.limit(_asked_limit(request))
        return handler(call)

    def _throttle(self) -> None:
        wait = self.bucket.wait() if self.bucket is not None else 0.0
        if wait > 0:
            headers = {"Retry-After": str(max(1, round(wait)))}
            raise Refusal(429, "Too many requests", "rate_limit_exceeded", **headers)

    def _key(self, request: Request) -> Key:
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        bearer = scheme.lower() == "bearer"
        form = "bearer" if bearer else "bare"
        key = self.keys.read(rest.strip() if bearer else scheme)
        if key is None or key.team not in self.shop.world.teams:
            raise unauthorized()
        if self.shop.quirks.auth not in ("any", form):
            raise unauthorized()
        return key

    def _controlled(self, request: Request) -> Reply:
        try:
            with self.shop.world.lock:
                return control(self, request)
        except UsageError as error:
            body = {"message": error.message, "hint": error.hint}
            return Reply(400, msgspec.json.encode(body))


def _asked_limit(request: Request) -> int:
    text = request.query.get("limit", "10")
    return int(text) if text.isdecimal() else 10

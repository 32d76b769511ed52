"""What a route's handler is given, and what it may give back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from gigstack_sync.sandbox.collection import Collection, Json
from gigstack_sync.sandbox.errors import Refusal, forbidden_team, not_found
from gigstack_sync.sandbox.http_message import Reply, Request
from gigstack_sync.sandbox.keys import Key
from gigstack_sync.sandbox.listing_filters import Facets, Visibility
from gigstack_sync.sandbox.page import Page
from gigstack_sync.sandbox.quirks import Quirks
from gigstack_sync.sandbox.wire import Wire

if TYPE_CHECKING:
    from gigstack_sync.sandbox.world import Team, World

_encode = msgspec.json.Encoder(decimal_format="number").encode
_NOTHING = Collection()


class Remembered(NamedTuple):
    """What an idempotency key was used for."""

    digest: bytes
    stream: str
    row_id: str


class Shop:
    """The account being served, and everything remembered about it between requests."""

    def __init__(self, world: World, quirks: Quirks) -> None:
        self.world = world
        self.base = ""  # http://host:port, once known
        self.request_number = 0
        self.started = time.monotonic()
        self.remembered: dict[tuple[str, str, str], Remembered] = {}
        self.credits_used: dict[str, int] = {}
        self.jobs: dict[str, dict[str, Json]] = {}
        self.downloads: dict[str, dict[str, Json]] = {}
        self.set_quirks(quirks)

    def now(self) -> float:
        """Epoch seconds: the world's clock, which days going by move, and it ticks."""
        return self.world.now + time.monotonic() - self.started

    def set_quirks(self, quirks: Quirks) -> None:
        """Serve under other quirks from now on."""
        self.quirks = quirks
        self.wire = Wire(quirks)
        self.facets = Facets()
        self.visibility = Visibility(quirks)


@dataclass
class Call:
    """One request on its way to a handler; the world's lock is held."""

    request: Request
    shop: Shop
    key: Key
    params: dict[str, str] = field(default_factory=dict)
    limit: int | None = None  # a fault overrules the client's limit

    @property
    def quirks(self) -> Quirks:
        """The quirks in force."""
        return self.shop.quirks

    @property
    def team(self) -> str:
        """The team spoken for: `team=` or the key's own; Refusal 403 for a stranger's."""
        wanted = self.request.query.get("team") or self.key.team
        if not self.reaches(wanted):
            raise forbidden_team(wanted)
        return wanted

    def reaches(self, team_id: str) -> bool:
        """Tell whether the key may act for a team."""
        teams = self.shop.world.teams
        own, other = teams.get(self.key.team), teams.get(team_id)
        if own is None or other is None:
            return False
        together = own.billing_account == other.billing_account
        return other is own or (own.connect and together)

    @property
    def now(self) -> int:
        """The moment of this request, epoch seconds."""
        return int(self.shop.now())

    @property
    def company(self) -> Team:
        """The team spoken for, to change something in; Refusal 403 in the other mode."""
        team = self.shop.world.teams[self.team]
        if team.livemode != self.key.livemode:
            raise Refusal(403, "Forbidden", "A key changes only what is of its own mode")
        return team

    @property
    def sat_active(self) -> bool:
        """Whether the team spoken for has Descarga Masiva."""
        switched = self.shop.world.teams[self.team].sat_active
        return self.quirks.sat == "active" if switched is None else switched

    def rows(self, stream: str) -> Collection:
        """The stream's rows in the key's mode; a test key sees nothing of a live team."""
        team = self.shop.world.teams[self.team]
        if stream == "teams" or team.livemode == self.key.livemode:
            return team.collections[stream]
        return _NOTHING

    def reference(self, name: str = "id") -> str:
        """The id in the path, in the world's own form."""
        return self.shop.wire.inward(self.params[name])

    def find(self, stream: str, noun: str) -> tuple[Collection, str]:
        """Find the row the path names, by id or fiscal UUID; Refusal 404."""
        rows, reference = self.rows(stream), self.reference()
        row_id = rows.find(reference) or rows.find(reference.upper())
        if row_id is None:
            raise not_found(noun, self.params["id"])
        return rows, row_id


Answer = Page | Reply
Handler = Callable[[Call], Answer]


def answer(message: str, data: Any, *, status: int = 200) -> Reply:
    """Wrap data as the v2 endpoints do; `data` may be `msgspec.Raw`."""
    return Reply(status, _encode({"message": message, "data": data}))


def standard(data: Any, message: str, *, status: int = 200) -> Reply:
    """Wrap data as the newer endpoints do, with `success` in front."""
    return Reply(status, _encode({"success": True, "data": data, "message": message}))

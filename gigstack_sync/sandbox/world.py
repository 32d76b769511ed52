"""The account behind the sandbox: teams, their collections, and a clock."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import Protocol

from gigstack_sync.sandbox.collection import Collection, Json, Row

STREAMS = (
    "invoices_income",
    "invoices_egress",
    "invoices_payment",
    "invoices_transfer",
    "invoices_draft",
    "invoices_sat",
    "payments",
    "receipts",
    "clients",
    "services",
    "webhooks",
    "teams",
    "users",
)
SIDE_STREAMS = ("retentions", "documents")  # what people make; a founded business has none


@dataclass
class Team:
    """One company; `profile` holds legal_name, tax_id, tax_system, zip, name, created_at."""

    id: str
    profile: Json
    livemode: bool = True
    billing_account: str = ""
    connect: bool = True  # may act for the other teams of its billing account
    owner: str = ""
    ids: Random = field(default_factory=lambda: Random(0))
    folios: dict[str, int] = field(default_factory=dict)
    unseen_by_sat: list[Row] = field(default_factory=list)  # stamped, not yet in the SAT mirror
    cancelled_at_sat: list[tuple[str, int]] = field(default_factory=list)  # uuid, when
    collections: dict[str, Collection] = field(
        default_factory=lambda: {stream: Collection() for stream in (*STREAMS, *SIDE_STREAMS)}
    )
    sat_active: bool | None = None  # Descarga Masiva, once somebody has switched it
    sat_schedule: Json = field(default_factory=dict)  # what somebody has set of it

    def __getitem__(self, stream: str) -> Collection:
        return self.collections[stream]

    def next_folio(self, series: str) -> int:
        """Take the next folio of a series."""
        self.folios[series] = folio = self.folios.get(series, 0) + 1
        return folio


class Life(Protocol):
    """What makes the days of a world go by."""

    def live(self, until: int) -> dict[str, int]:
        """Let everything happen up to a moment (epoch s); counts per kind of event."""


class World:
    """An account. Hold `lock` to read or change anything while a server runs."""

    def __init__(self, *, seed: int, now: int, own_team: str) -> None:
        self.seed = seed
        self.now = now  # epoch seconds of the simulated clock
        self.own_team = own_team  # the team a key without `team=` speaks for
        self.teams: dict[str, Team] = {}
        self.lock = threading.RLock()
        self.life: Life | None = None
        self.graveyard: list[tuple[str, str, Row]] = []  # team, stream, row: they may return
        self._errands: list[tuple[float, int, Callable[[int], None]]] = []
        self._errands_ever = 0

    def add_team(self, team: Team) -> None:
        """Join a team to the account; all teams share one list of teams."""
        for other in self.teams.values():
            team.collections["teams"] = other.collections["teams"]
        self.teams[team.id] = team

    def collection(self, team_id: str, stream: str) -> Collection:
        """One stream of one team; KeyError for an unknown team or stream."""
        return self.teams[team_id].collections[stream]

    def may_act_for(self, team_id: str) -> bool:
        """Allow the own team, and for teams of its billing account when it has Connect."""
        own, other = self.teams[self.own_team], self.teams.get(team_id)
        if other is None:
            return False
        return other is own or (own.connect and other.billing_account == own.billing_account)

    def live_days(self, days: int = 1) -> dict[str, int]:
        """Let simulated days go by; counts per kind of event, kinds in alphabetical order."""
        tally: Counter[str] = Counter()
        with self.lock:
            self.now += days * 86_400
            while self._errands and self._errands[0][0] <= self.now:
                self._live(self._errands[0][0], tally)
                self._run_errand()
            self._live(self.now, tally)
        return dict(sorted(tally.items()))

    def later(self, at: float, errand: Callable[[int], None]) -> None:
        """Have something done at a moment (epoch s), which it is told."""
        self._errands_ever += 1
        heappush(self._errands, (at, self._errands_ever, errand))

    def catch_up(self, clock: Callable[[], float]) -> None:
        """Do what is due by a clock, which nobody looks at while nothing waits."""
        while self._errands and self._errands[0][0] <= clock():
            self._run_errand()

    def _run_errand(self) -> None:
        at, _, errand = heappop(self._errands)
        errand(int(at))

    def _live(self, until: float, tally: Counter[str]) -> None:
        if self.life is not None:
            tally.update(self.life.live(int(until)))

"""The account behind the sandbox: teams, their collections, and a clock."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Protocol

from gigstack_sync.sandbox.collection import Collection, Json

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


@dataclass
class Team:
    """One company; `profile` holds legal_name, tax_id, tax_system, zip, name, created_at."""

    id: str
    profile: Json
    livemode: bool = True
    billing_account: str = ""
    connect: bool = True  # may act for the other teams of its billing account
    owner: str = ""
    collections: dict[str, Collection] = field(
        default_factory=lambda: {stream: Collection() for stream in STREAMS}
    )

    def __getitem__(self, stream: str) -> Collection:
        return self.collections[stream]


class Life(Protocol):
    """What makes the days of a world go by."""

    def live(self, days: int) -> dict[str, int]:
        """Move the clock on; counts per kind of event."""


class World:
    """An account. Hold `lock` to read or change anything while a server runs."""

    def __init__(self, *, seed: int, now: int, own_team: str) -> None:
        self.seed = seed
        self.now = now  # epoch seconds of the simulated clock
        self.own_team = own_team  # the team a key without `team=` speaks for
        self.teams: dict[str, Team] = {}
        self.lock = threading.RLock()
        self.life: Life | None = None

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
        with self.lock:
            return {} if self.life is None else self.life.live(days)

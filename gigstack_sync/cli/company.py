"""The company behind a key, as the API describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gigstack_sync.cli.text import clean
from gigstack_sync.errors import AuthError, BadAnswer, NotFound

if TYPE_CHECKING:
    from gigstack_sync.api.client import Client


@dataclass(frozen=True, slots=True)
class Company:
    """What a person recognizes a team by. `csd_expires_at` is when its seal runs out."""

    id: str
    name: str
    rfc: str
    sat_connected: bool
    csd_expires_at: datetime | None

    @property
    def title(self) -> str:
        """Name and RFC on one line, whatever characters they have."""
        return clean(f"{self.name} ({self.rfc})")

    @classmethod
    def of(cls, team: Mapping[str, Any]) -> Company:
        """Read a team of the API, where every field may be missing or of another type."""
        sat = team.get("sat")
        sat = sat if isinstance(sat, dict) else {}
        brand = team.get("brand")
        alias = brand.get("alias") if isinstance(brand, dict) else None
        return cls(
            id=str(team.get("id") or ""),
            name=str(team.get("legal_name") or alias or team.get("name") or ""),
            rfc=str(team.get("tax_id") or ""),
            sat_connected=sat.get("completed") is True,
            csd_expires_at=_moment(sat.get("csd_expires_at")),
        )


def find_company(client: Client) -> Company:
    """The team asked for, else the key's own: by id, and by the list where that fails."""
    wanted = client.team or client.key.team
    if wanted:
        try:
            team: Any = client.teams.get(wanted)
            if isinstance(team, dict):
                return Company.of(team)
        except (NotFound, BadAnswer):  # no team by that id, or an answer that holds none
            pass
    teams = [Company.of(team) for team in client.teams.list()]
    own = [team for team in teams if team.id == wanted] if wanted else teams[:1]
    if not own:
        raise AuthError(
            f"The key opens no team{f' {wanted!r}' if wanted else ''}.",
            hint="Check --team, or log in with another key: gigstack login",
        )
    return own[0]


def _moment(value: Any) -> datetime | None:
    from gigstack_sync.api.moments import epoch_seconds

    seconds = epoch_seconds(value)
    try:
        return None if seconds is None else datetime.fromtimestamp(float(seconds), UTC)
    except (OverflowError, OSError, ValueError):
        return None

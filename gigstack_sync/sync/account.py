"""Whose data a key reads: its own team, its mode, and the teams it may reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gigstack_sync.api.envelope import read_head
from gigstack_sync.errors import AuthError

if TYPE_CHECKING:
    from gigstack_sync.api.client import Client

MOST_TEAM_PAGES = 1_000


@dataclass(frozen=True, slots=True)
class Account:
    """The key's own team and mode."""

    team_id: str
    is_live: bool


def identify(client: Client) -> Account:
    """Read the account off the key, or, for an opaque key, off the API; AuthError if neither."""
    key = client.key
    is_live = not key.is_test
    if key.team:
        return Account(key.team, is_live)
    teams = team_ids(client)
    if not teams:
        raise AuthError(
            "The key names no team and the API lists none.",
            hint="Set a key of your team: gigstack login",
        )
    return Account(teams[0], is_live)


def team_ids(client: Client) -> list[str]:
    """Ids of every team the key reaches, in the API's order."""
    found: dict[str, None] = {}
    cursor: str | None = None
    for _ in range(MOST_TEAM_PAGES):
        params = {"limit": "100"} | ({"next": cursor} if cursor else {})
        page = client.page("/teams", params)
        before = len(found)
        found |= {head.id: None for row in page.rows if (head := read_head(row)).id}
        if not page.has_more or not page.next or len(found) == before:
            break
        cursor = page.next
    return list(found)

"""The companies a key may act for, and what they are connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gigstack_sync.api.decode import decode
from gigstack_sync.api.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gigstack_sync.api.models import Team
    from gigstack_sync.api.paging import Page


class Teams(Resource):
    """Teams; with a test key the list may lack the key's own team."""

    path = "/teams"

    def list(self, *, limit: int = 100, cursor: str | None = None) -> Page[Team]:
        """Fetch one page."""
        return self._page({}, limit, cursor)

    def pages(self) -> Iterator[Page[Team]]:
        """Fetch all pages, one after the other."""
        return self._pages({})

    def iterate(self) -> Iterator[Team]:
        """Fetch all teams, a page at a time."""
        return self._rows({})

    def get(self, team_id: str) -> Team:
        """Fetch one team with its settings."""
        record: Team = self._get(team_id)
        return record

    def integrations(self) -> dict[str, Any]:
        """Fetch the payment processors and shops the team is connected to."""
        connected: dict[str, Any] = decode(self._client.row(f"{self.path}/integrations"))
        return connected

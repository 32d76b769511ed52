"""The companies a key may act for, and what they are connected to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Unpack

from gigstack_sync.api.address import segment
from gigstack_sync.api.body import Json
from gigstack_sync.api.decode import decode
from gigstack_sync.api.fields import Role, TeamChanges, TeamFields
from gigstack_sync.api.filters import ApiLogFilters, DeliveryFilters, query
from gigstack_sync.api.models import Series, Team, User
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import Page, readable
from gigstack_sync.api.params import Cursor, Limit, TeamId
from gigstack_sync.api.resource import Resource, said_in
from gigstack_sync.errors import UsageError


class Teams(Resource):
    """Teams; with a test key the list may lack the key's own team."""

    path = "/teams"

    def list(self, *, limit: Limit = 100, cursor: Cursor = None) -> Page[Team]:
        """Fetch one page."""
        return self._page({}, limit, cursor)

    def pages(self) -> Iterator[Page[Team]]:
        """Fetch all pages, one after the other."""
        return self._pages({})

    def iterate(self) -> Iterator[Team]:
        """Fetch all teams, a page at a time."""
        return self._rows({})

    def get(self, team_id: TeamId) -> Team:
        """Fetch one team with its settings."""
        record: Team = self._get(team_id)
        return record

    def integrations(self) -> Json:
        """Fetch the payment processors and shops the team is connected to."""
        connected: Json = decode(self._client.row(f"{self.path}/integrations"))
        return connected

    @writes
    def create(self, *, name: Annotated[str, "Name."], **fields: Unpack[TeamFields]) -> Team:
        """Add a company to the account (gigstack Connect)."""
        record: Team = self._create({"name": name, **fields})
        return record

    @writes
    def update(self, team_id: TeamId, **changes: Unpack[TeamChanges]) -> Team:
        """Change what is named of a company."""
        record: Team = self._update(team_id, changes)
        return record

    @writes
    def delete(self, team_id: TeamId) -> Json:
        """Have a company removed; gigstack schedules it."""
        return self._delete(team_id)

    def series(self, team_id: TeamId) -> tuple[Series, ...]:
        """Fetch a team's series, each with its next folio by mode."""
        return readable(self._client.page(self._at(team_id, "series"))).items

    @writes
    def update_series(
        self,
        team_id: TeamId,
        series_id: Annotated[str, "Series id."],
        *,
        live: Annotated[int | None, "Next folio of live invoices."] = None,
        test: Annotated[int | None, "Next folio of test invoices."] = None,
    ) -> Json:
        """Set the next folio of a series."""
        folios = {name: n for name, n in (("live", live), ("test", test)) if n is not None}
        if not folios or min(folios.values()) < 1:
            raise UsageError("A series needs its next folio, live or test, from 1 on.")
        path = self._at(team_id, "series", segment(series_id))
        return said_in(self._client.send("PUT", path, folios))

    def settings(self, team_id: TeamId) -> Json:
        """Fetch how a team invoices: defaults, automations, portals."""
        found: Json = self._get(team_id, "settings")
        return found

    @writes
    def update_settings(
        self,
        team_id: TeamId,
        *,
        settings: Annotated[Mapping[str, Any], "Settings by name; null clears one."],
    ) -> Json:
        """Change some of a team's settings; the others stay."""
        if not settings:
            raise UsageError("There is no setting to change.")
        return said_in(self._client.send("PUT", self._at(team_id, "settings"), dict(settings)))

    @writes
    def onboarding_url(self, team_id: TeamId) -> Json:
        """Make a fresh address where a company sets itself up; the last one stops working."""
        return said_in(self._client.send("GET", self._at(team_id, "onboarding-url")))

    def members(self, team_id: TeamId) -> tuple[User, ...]:
        """Fetch who works in a team, with their roles."""
        return readable(self._client.page(self._at(team_id, "members"))).items

    @writes
    def add_member(
        self,
        team_id: TeamId,
        user_id: Annotated[str, "User id."],
        *,
        role: Annotated[Role, "Rights in the team."] = "viewer",
    ) -> Json:
        """Let a user work in a team."""
        return self._act(team_id, "add-member", {"id": user_id, "role": role})

    @writes
    def remove_member(self, team_id: TeamId, user_id: Annotated[str, "User id."]) -> Json:
        """Take a user out of a team."""
        return self._act(team_id, "remove-member", {"id": user_id})

    def api_logs(
        self,
        team_id: TeamId,
        *,
        limit: Limit = 100,
        cursor: Cursor = None,
        **filters: Unpack[ApiLogFilters],
    ) -> Page[Json]:
        """Fetch a page of what was asked of the API; it may be empty and not the last."""
        return self._log(team_id, "api-logs", {"limit": limit, "cursor": cursor, **filters})

    def webhook_deliveries(
        self,
        team_id: TeamId,
        *,
        limit: Limit = 100,
        cursor: Cursor = None,
        **filters: Unpack[DeliveryFilters],
    ) -> Page[Json]:
        """Fetch a page of what was sent to webhooks; it may be empty and not the last."""
        return self._log(
            team_id, "webhook-deliveries", {"limit": limit, "cursor": cursor, **filters}
        )

    def _log(self, team_id: str, name: str, asked: Json) -> Page[Json]:
        limit, cursor = asked.pop("limit"), asked.pop("cursor")
        params = {**query(asked, limit), "cursor": cursor}
        return readable(self._client.page(self._at(team_id, name), params))

"""What a mutation would send, without sending it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gigstack_sync.api.body import Form, Json
from gigstack_sync.api.envelope import RawPage
from gigstack_sync.api.files import Checked
from gigstack_sync.api.resources import Resources
from gigstack_sync.errors import UsageError


@dataclass(frozen=True, slots=True)
class Planned:
    """One request as it would go out; `path` is encoded, `body` a mapping, a form or nothing."""

    method: str
    path: str
    params: Json = field(default_factory=dict)
    body: Json | Form | None = None


class Rehearsal(Resources):
    """Has every operation of a Client; writes are noted in `planned`, reads are refused.

    >>> rehearsal = Rehearsal(team="team_1")
    >>> rehearsal.invoices.cancel("invoice_1", motive="02")
    {}
    >>> rehearsal.planned[0].method
    'DELETE'
    """

    def __init__(self, *, team: str | None = None) -> None:
        self._team = team
        self.planned: list[Planned] = []
        self._attach(self)

    def send(
        self,
        method: str,
        path: str,
        body: Json | Form | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Json:
        """Note a request."""
        sent = {name: value for name, value in (params or {}).items() if value is not None}
        if self._team:
            sent["team"] = self._team
        self.planned.append(Planned(method, path, sent, body))
        return {"data": {}}

    def page(self, path: str, params: Mapping[str, Any] | None = None) -> RawPage:
        """Refuse: a rehearsal reads nothing."""
        raise UsageError(f"{path} is a read, which needs no rehearsal.")

    def row(self, path: str, params: Mapping[str, Any] | None = None) -> bytes:
        """Refuse: a rehearsal reads nothing."""
        raise UsageError(f"{path} is a read, which needs no rehearsal.")

    def download(self, url: str, sink: Checked) -> None:
        """Refuse: a rehearsal reads nothing."""
        raise UsageError("A download is a read, which needs no rehearsal.")

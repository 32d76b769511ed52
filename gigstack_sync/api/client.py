"""The client: one object per key, safe to share between threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gigstack_sync.api.address import DEFAULT_BASE_URL
from gigstack_sync.api.clients import Clients
from gigstack_sync.api.envelope import RawPage, parse_page, parse_row
from gigstack_sync.api.invoices import Invoices
from gigstack_sync.api.payments import Payments
from gigstack_sync.api.receipts import Receipts
from gigstack_sync.api.retry import Policy
from gigstack_sync.api.services import Services
from gigstack_sync.api.teams import Teams
from gigstack_sync.api.transport import Transport
from gigstack_sync.api.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from gigstack_sync.api.key import ApiKey
    from gigstack_sync.api.transport import Traffic
    from gigstack_sync.api.wire import Reply


class Client:
    """Reads a gigstack account. `team` is sent with every call; `timeout` is seconds a try.

    >>> with Client(key) as gigstack:
    ...     for invoice in gigstack.invoices.income.iterate(status="valid"):
    ...         print(invoice["total"])
    """

    def __init__(
        self,
        api_key: str = "",
        *,
        base_url: str = DEFAULT_BASE_URL,
        team: str | None = None,
        timeout: float = 30.0,
        connections: int = 16,
        transport: Transport | None = None,
    ) -> None:
        policy = Policy(deadline=timeout, connections=connections)
        self.transport = transport or Transport(api_key, base_url, policy=policy)
        self.team = team
        self.clients = Clients(self)
        self.services = Services(self)
        self.invoices = Invoices(self)
        self.payments = Payments(self)
        self.receipts = Receipts(self)
        self.teams = Teams(self)
        self.webhooks = Webhooks(self)

    @property
    def key(self) -> ApiKey:
        """What the key says about itself; its repr is safe to print."""
        return self.transport.key

    @property
    def traffic(self) -> Traffic:
        """Requests, retries and bytes so far, and the server's last Date."""
        return self.transport.traffic

    def page(self, path: str, params: Mapping[str, Any] | None = None) -> RawPage:
        """Fetch one list page, its rows as received. `path` is already encoded."""

        def parse(reply: Reply) -> RawPage:
            return parse_page(reply.body, reply.server_time)

        return self.transport.fetch("GET", path, params=self._with_team(params), parse=parse)

    def row(self, path: str, params: Mapping[str, Any] | None = None) -> bytes:
        """Fetch the `data` of a single record, exactly as received."""

        def parse(reply: Reply) -> bytes:
            return parse_row(reply.body)

        return self.transport.fetch("GET", path, params=self._with_team(params), parse=parse)

    def close(self) -> None:
        """Drop the connections; requests that still wait fail with NetworkError."""
        self.transport.close()

    def _with_team(self, params: Mapping[str, Any] | None) -> dict[str, Any]:
        return {**(params or {}), **({"team": self.team} if self.team else {})}

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.key.masked!r}, base_url={self.transport.address.origin!r})"

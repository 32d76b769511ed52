"""The client: one object per key, safe to share between threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gigstack_sync.api.address import DEFAULT_BASE_URL
from gigstack_sync.api.body import Form, Json, encoded
from gigstack_sync.api.envelope import RawPage, parse_answer, parse_page, parse_row
from gigstack_sync.api.resources import Resources
from gigstack_sync.api.retry import Policy, may_repeat
from gigstack_sync.api.transport import Transport
from gigstack_sync.api.wire import JSON, Call

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from gigstack_sync.api.files import Checked
    from gigstack_sync.api.key import ApiKey
    from gigstack_sync.api.transport import Traffic
    from gigstack_sync.api.wire import Reply


class Client(Resources):
    """Reads and changes a gigstack account.

    `team` is sent with every call; `timeout` is seconds a try.

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
        self._attach(self)

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

    def send(
        self,
        method: str,
        path: str,
        body: Json | Form | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Json:
        """Carry out a write; repeated only under the idempotency key of its body.

        UnknownOutcome when it was sent and no answer tells what became of it.
        """
        content_type, content = (JSON, None) if body is None else encoded(body)
        target = self.transport.address.target(path, self._with_team(params))
        call = Call(method, target, content, content_type)

        def parse(reply: Reply) -> Json:
            return parse_answer(reply.body)

        return self.transport.perform(call, parse, repeatable=may_repeat("", body))

    def download(self, url: str, sink: Checked) -> None:
        """Read a file from wherever it lies, without the key."""
        self.transport.download(url, sink)

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

"""A reader that speaks plain HTTP to a sandbox and believes nothing."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from gigstack_sync.api.client import Client
from gigstack_sync.api.retry import Policy
from gigstack_sync.api.transport import Transport
from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.server import Server


class Answer(NamedTuple):
    """What came back over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body, parse_float=Decimal)

    @property
    def rows(self) -> list[Any]:
        return list(self.json["data"])


Ask = Callable[..., Answer]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """`ask(server, "/clients", limit=5)`; `key=None` sends none; `_method`, `_body` as named."""
    connections: dict[str, http.client.HTTPConnection] = {}

    def call(server: Server, path: str, **query: Any) -> Answer:
        key, method = query.pop("key", server.key), query.pop("_method", "GET")
        body, scheme = query.pop("_body", None), query.pop("_scheme", "Bearer ")
        host = server.origin.removeprefix("http://")
        connection = connections.setdefault(host, http.client.HTTPConnection(host, timeout=10))
        target = path if path.startswith("/_") else f"/v2{path}"
        headers = {"Authorization": scheme + key} if key else {}
        text = "?" + urlencode(query) if query else ""
        connection.request(method, target + text, body=body, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())

    yield call
    for connection in connections.values():
        connection.close()


@pytest.fixture
def walk(ask: Ask) -> Callable[..., list[Any]]:
    """Follow `next` to the end; every row of every page."""

    def every_row(server: Server, path: str, **query: Any) -> list[Any]:
        rows: list[Any] = []
        name = "starting_after" if path == "/invoices/sat" else "next"
        for _ in range(500):
            page = ask(server, path, **query).json
            rows += page["data"]
            if not page.get("next"):
                return rows
            query[name] = page["next"]
        raise AssertionError("the walk does not end")

    return every_row


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    """Open clients of a sandbox: `connect(server, key=…, team=…)`; closed after the test."""
    opened: list[Client] = []

    def open_client(server: Server, *, key: str = "", team: str | None = None) -> Client:
        policy = Policy(backoff_base=0.01, deadline=5.0, pause_cap=0.05)
        transport = Transport(key or server.key, server.url, policy=policy)
        opened.append(Client(transport=transport, team=team))
        return opened[-1]

    yield open_client
    for client in opened:
        client.close()


@pytest.fixture
def item() -> Callable[..., Json]:
    """`item(price, rate=…)`: one concept as people send it."""

    def make(price: str = "1000.00", rate: str = "0.16", **more: Any) -> Json:
        tax = {"type": "IVA", "rate": Decimal(rate), "factor": "Tasa"}
        words = {"description": "Consultoría", "product_key": "80141503", "unit_key": "E48"}
        return {**words, "quantity": 1, "unit_price": Decimal(price), "taxes": [tax], **more}

    return make

"""`gigstack explain` finds what an id belongs to, and mistakes no outage for a miss."""

from __future__ import annotations

import json
from typing import Any

import pytest


@pytest.fixture
def server(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An account that the variables point at."""
    started = sandbox(invoices=30, months=4)
    monkeypatch.setenv("GIGSTACK_BASE_URL", started.url)
    monkeypatch.setenv("GIGSTACK_API_KEY", started.key)
    return started


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        ("payments", "payment"),
        ("invoices_income", "invoice"),
        ("invoices_payment", "invoice"),
        ("receipts", "receipt"),
        ("clients", "client"),
        ("services", "service"),
    ],
)
def test_an_id_is_found_where_it_belongs(
    gigstack: Any, server: Any, stream: str, kind: str
) -> None:
    some_id = next(iter(server.truth("team_own", stream)))
    shown = gigstack("explain", some_id, "--json").json
    assert (shown["type"], shown["id"]) == (kind, some_id)
    assert gigstack("explain", some_id).out.split()[:2] == ["type", kind]


def test_a_uuid_is_an_invoice_in_one_request(gigstack: Any, server: Any) -> None:
    rows = map(json.loads, server.truth("team_own", "invoices_income").values())
    uuid = next(row["uuid"] for row in rows if row.get("uuid"))
    assert gigstack("explain", uuid, "--json").json["uuid"] == uuid
    assert [r.path for r in server.requests] == [f"/v2/invoices/income/{uuid}"]


def test_nobody_knows_it(gigstack: Any, server: Any) -> None:
    done = gigstack("explain", "nope", "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "not_found")

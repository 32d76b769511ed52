from __future__ import annotations

import inspect
from decimal import Decimal
from operator import attrgetter

import pytest

from gigstack_sync.api.envelope import RawPage
from gigstack_sync.api.invoices import Invoices
from gigstack_sync.api.resource import Resource
from gigstack_sync.errors import UsageError

PATHS = {
    "clients": "/clients",
    "services": "/services",
    "payments": "/payments",
    "receipts": "/receipts",
    "teams": "/teams",
    "webhooks": "/webhooks",
    "invoices.income": "/invoices/income",
    "invoices.egress": "/invoices/egress",
    "invoices.payment": "/invoices/payment",
    "invoices.transfer": "/invoices/transfer",
    "invoices.draft": "/invoices/draft",
    "invoices.sat": "/invoices/sat",
}


class Recorder:
    """Notes what is asked and serves two pages of one row each."""

    def __init__(self):
        self.calls = []

    def page(self, path, params=None):
        self.calls.append((path, params))
        first = not (params.get("next") or params.get("starting_after"))
        return RawPage([b'{"id":"a","total":1.10}'], first, "c2" if first else None)

    def row(self, path, params=None):
        self.calls.append((path, params))
        return b'{"id":"a","total":1.10}'


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def gigstack(connect, serve, recorder, monkeypatch):
    client = connect(serve(b""))
    monkeypatch.setattr(client, "page", recorder.page)
    monkeypatch.setattr(client, "row", recorder.row)
    return client


@pytest.mark.parametrize("name", PATHS)
def test_each_resource_lists_and_walks_its_own_path(gigstack, recorder, name):
    resource = attrgetter(name)(gigstack)
    assert resource.list(limit=5).next == "c2"
    assert [row["total"] for row in resource.iterate()] == [Decimal("1.10")] * 2
    assert [path for path, _ in recorder.calls] == [PATHS[name]] * 3
    cursor = "starting_after" if name == "invoices.sat" else "next"
    assert [params[cursor] for _, params in recorder.calls] == [None, None, "c2"]


@pytest.mark.parametrize("name", PATHS)
def test_each_resource_reads_one_record_and_encodes_its_id(gigstack, recorder, name):
    assert attrgetter(name)(gigstack).get("a/../../teams?x=1")["id"] == "a"
    assert recorder.calls == [(f"{PATHS[name]}/a%2F..%2F..%2Fteams%3Fx%3D1", None)]


def test_traversal_is_refused_before_any_request(gigstack, recorder):
    for bad in ("..", ".", ""):
        with pytest.raises(UsageError):
            gigstack.invoices.files(bad)
    assert recorder.calls == []


def test_files_and_integrations(gigstack, recorder):
    gigstack.invoices.files("i1", file_type="xml")
    gigstack.teams.integrations()
    assert recorder.calls == [
        ("/invoices/i1/files", {"file_type": "xml"}),
        ("/teams/integrations", None),
    ]


def test_filters_reach_the_query(gigstack, recorder):
    gigstack.invoices.sat.list(direction="received", from_="2026-01-01", starting_after="c")
    assert recorder.calls[0][1] == {
        "limit": 100, "direction": "received", "from": "2026-01-01", "starting_after": "c",
    }  # fmt: skip


def test_a_misspelt_filter_fails_at_the_call_not_at_the_first_row(gigstack):
    with pytest.raises(TypeError, match="stauts"):
        gigstack.payments.iterate(stauts="succeeded")


def test_null_entries_are_counted_not_served(gigstack, monkeypatch):
    page = RawPage([b'{"id":"a"}', b"null", b"7"], False)
    monkeypatch.setattr(gigstack, "page", lambda _path, _params: page)
    found = gigstack.payments.list()
    assert (len(found), found.skipped, list(found)) == (1, 2, [{"id": "a"}])


def test_an_encoded_id_arrives_as_one_segment(serve, connect, http):
    server = serve(http.raw({"data": {"id": "a"}}))
    connect(server).payments.get("a/../b c%2F")
    assert server.requests[0].target == "/v2/payments/a%2F..%2Fb%20c%252F"


def test_every_operation_is_documented():
    for kind in (Invoices, *Resource.__subclasses__()):
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            assert name.startswith("_") or inspect.getdoc(method), f"{kind.__name__}.{name}"

"""The server over real sockets: endpoints, keys, teams, and a clean end."""

from __future__ import annotations

import contextlib
import gc
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from decimal import Decimal

import pytest

from gigstack_sync.errors import NetworkError
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.server import Server
from gigstack_sync.sandbox.world import STREAMS

PATHS = {stream: "/" + stream.replace("_", "/", 1) for stream in STREAMS}


@pytest.mark.parametrize("stream", STREAMS)
def test_each_list_answers_what_get_answers(sandbox, ask, stream):
    server = sandbox()
    page = ask(server, PATHS[stream], limit=3)
    assert page.status == 200
    for row in page.rows:
        assert ask(server, f"{PATHS[stream]}/{row['id']}").json["data"] == row


@pytest.mark.parametrize("stream", STREAMS)
def test_truth_is_what_a_whole_walk_sees(sandbox, walk, stream):
    server = sandbox()
    truth = server.truth(server.world.own_team, stream)
    rows = walk(server, PATHS[stream], limit=17)
    assert len(rows) == len(truth)
    assert {row["id"]: row for row in rows} == {
        row_id: json.loads(row, parse_float=Decimal) for row_id, row in truth.items()
    }


def test_the_five_envelopes(sandbox, ask):
    server = sandbox()
    assert list(ask(server, "/payments").json) == [
        "message",
        "data",
        "next",
        "has_more",
        "total_results",
    ]
    assert list(ask(server, "/invoices/sat").json) == [
        "success",
        "data",
        "next",
        "has_more",
        "count",
    ]
    assert {"success", "timestamp", "next"} <= set(ask(server, "/webhooks").json)
    assert {"found", "page", "per_page"} <= set(ask(server, "/clients/search", q="a").json)
    assert {"total", "limit", "timestamp"} <= set(ask(server, "/invoices/errors").json)


def test_an_income_invoice_by_its_fiscal_uuid(sandbox, ask):
    server = sandbox()
    row = next(r for r in ask(server, "/invoices/income", limit=100).rows if r["uuid"])
    for uuid in (row["uuid"], row["uuid"].lower()):
        assert ask(server, f"/invoices/income/{uuid}").json["data"] == row


def test_money_keeps_its_digits(sandbox, ask):
    server = sandbox()
    body = dict(server.world.collection("team_own", "payments").get(first_id(server)))
    body |= {"id": "payment_exact", "total": Decimal("12345678901234567.80")}
    with server.world.lock:
        server.world.collection("team_own", "payments").put(body)
    assert b'"total":12345678901234567.80' in ask(server, "/payments/payment_exact").body


def first_id(server: Server) -> str:
    return server.world.collection("team_own", "payments").newest_first()[0]


@pytest.mark.parametrize("path", ["/nope", "/clients/", "/", "/a/b/c/d/e"])
def test_unknown_routes_are_404_in_json(sandbox, ask, path):
    answer = ask(sandbox(), path)
    assert answer.status == 404
    assert set(answer.json) == {"message", "error"}


def test_unknown_methods_are_405(sandbox, ask):
    answer = ask(sandbox(), "/clients", _method="PATCH", _body="{}")
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, POST"
    assert ask(sandbox(), "/invoices/complements").status == 405


def test_missing_rows_are_404(sandbox, ask):
    server = sandbox()
    assert ask(server, "/clients/client_none").status == 404
    assert ask(server, "/invoices/none/files").status == 404


def test_ids_are_decoded_once(sandbox, ask):
    server = sandbox()
    clients = server.world.collection("team_own", "clients")
    with server.world.lock:
        clients.put(dict(clients.get(clients.newest_first()[0]) or {}) | {"id": "client_%41/b c"})
    assert ask(server, "/clients/client_%2541%2Fb%20c").json["data"]["id"] == "client_%41/b c"


def test_keys_are_checked(sandbox, ask):
    server = sandbox()
    refused = {"message": "Unauthorized", "error": "Invalid or missing API key"}
    for key in (None, "nonsense", server.key[:-1], "sk_test_1"):
        answer = ask(server, "/clients", key=key)
        assert (answer.status, answer.json) == (401, refused)
    assert ask(server, "/clients", _scheme="").status == 200


def test_a_test_key_sees_no_live_rows_but_its_team_by_id(sandbox, ask):
    server = sandbox()
    key = server.key_for("team_own", livemode=False)
    assert ask(server, "/invoices/income", key=key).rows == []
    assert ask(server, "/teams", key=key).rows == []
    assert ask(server, "/teams/team_own", key=key).status == 200


def test_team_parameter(sandbox, ask):
    server = sandbox()
    other = next(team for team in server.world.teams if team != "team_own")
    mine = {row["id"] for row in ask(server, "/clients").rows}
    theirs = {row["id"] for row in ask(server, "/clients", team=other).rows}
    assert theirs
    assert not mine & theirs
    assert ask(server, "/clients", team="team_stranger").status == 403
    server.world.teams[other].billing_account = "another"
    assert ask(server, "/clients", team=other).status == 403
    assert ask(server, f"/teams/{other}").status == 403
    assert other not in {row["id"] for row in ask(server, "/teams", limit=100).rows}


def test_account_endpoints(sandbox, ask):
    server = sandbox()
    assert ask(server, "/teams/integrations").json["data"]
    assert ask(server, "/teams/team_own/settings").json["data"]
    series = ask(server, "/teams/team_own/series").json["data"]
    assert all({"series", "live", "test"} <= set(each) for each in series)
    status = ask(server, "/invoices/download/activate/status").json["data"]
    assert status["status"] == "active"
    assert ask(server, "/invoices/download/schedule").json["data"]["schedule"]["enabled"]
    assert len(ask(server, "/invoices/download/schedule/history").json["data"]["history"]) == 20


def test_cfdi_errors_are_filtered_and_paged(sandbox, ask):
    server = sandbox()
    every = ask(server, "/invoices/errors").json
    assert every["limit"] == 50
    receiver = ask(server, "/invoices/errors", type="receiver", limit=1, page=2).json
    assert [row["type"] for row in receiver["data"]] == ["receiver"]
    assert 1 < receiver["total"] < every["total"]
    assert ask(server, "/invoices/errors", code="CFDI40111").json["total"] == 1


def test_files_are_served_without_a_key(sandbox, ask):
    server = sandbox()
    row = next(r for r in ask(server, "/invoices/income", limit=100).rows if r["uuid"])
    links = ask(server, f"/invoices/{row['id']}/files").json["data"]
    path = links["xml"].removeprefix(server.origin)
    assert row["uuid"].encode() in ask(server, path, key=None).body
    assert ask(server, path).status == 400
    assert ask(server, links["pdf"].removeprefix(server.origin), key=None).body[:5] == b"%PDF-"
    assert list(ask(server, f"/invoices/{row['id']}/files", file_type="pdf").json["data"]) == [
        "pdf"
    ]


def test_search(sandbox, ask):
    server = sandbox()
    name = ask(server, "/clients").rows[0]["name"]
    found = ask(server, "/clients/search", q=name.upper(), per_page=1).json
    assert found["data"][0]["name"] == name
    assert found["per_page"] == 1 <= found["found"]
    assert ask(server, "/payments/search").status == 400


def test_the_log_counts_what_is_open_at_once(sandbox, ask):
    server = sandbox(latency_ms=150)
    hosts = [http.client.HTTPConnection(server.origin.removeprefix("http://")) for _ in range(6)]
    for host in hosts:
        host.request("GET", "/v2/clients", headers={"Authorization": server.key})
    for host in hosts:
        host.getresponse().read()
        host.close()
    assert server.requests.most_in_flight == 6
    assert server.requests.statuses() == {200: 6}
    server.reset_log()
    assert len(server.requests) == 0


def test_pipelined_requests_are_answered_in_order(sandbox):
    server = sandbox()
    host, port = server.origin.removeprefix("http://").split(":")
    request = f"GET /v2/%s HTTP/1.1\r\nAuthorization: {server.key}\r\n%s\r\n"
    with socket.create_connection((host, int(port))) as wire:
        wire.sendall(
            (request % ("users", "") + request % ("nope", "Connection: close\r\n")).encode()
        )
        text = b"".join(iter(lambda: wire.recv(65536), b""))
    assert text.index(b"200 OK") < text.index(b"404 Not Found")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/2\r\n\r\n", 505),
        (b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, 431),
    ],
)
def test_malformed_requests(sandbox, sent, status):
    host, port = sandbox().origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as wire:
        wire.sendall(sent)
        assert wire.recv(65536).startswith(b"HTTP/1.1 %d " % status)


def test_nothing_is_left_behind():
    before = threading.active_count()
    with Server(found_business(invoices=5, months=2)) as server:
        host, port = server.origin.removeprefix("http://").split(":")
        open_connections = [socket.create_connection((host, int(port))) for _ in range(20)]
    for connection in open_connections:
        with contextlib.suppress(ConnectionResetError):  # it was still waiting to be accepted
            assert connection.recv(1) == b""
        connection.close()
    server.stop()
    gc.collect()
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))


def test_a_taken_port_is_said_so(sandbox):
    server = sandbox()
    taken = int(server.origin.rpartition(":")[2])
    with pytest.raises(NetworkError, match=str(taken)):
        Server(server.world, port=taken).start()


SERVE = """
import sys
from gigstack_sync.sandbox import serve
from gigstack_sync.sandbox.business import found_business
number = serve(found_business(invoices=3, months=2), announce=lambda *a: print(*a, flush=True))
print("stopped by", number)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_ends_cleanly_on_a_signal(number):
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SERVE], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        os.kill(process.pid, number)
        assert process.stdout.read() == f"stopped by {int(number)}\n"
    assert process.returncode == 0

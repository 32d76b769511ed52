from __future__ import annotations

import gzip
import threading
import time

import pytest

from gigstack_sync.api.client import Client
from gigstack_sync.api.gate import Gate
from gigstack_sync.errors import ApiError, BadAnswer, NetworkError

ROW = {"id": "a", "total": 1}
DATE = "Mon, 26 Oct 2026 07:33:20 GMT"


def test_a_page_arrives_with_the_servers_time(serve, connect, http):
    server = serve(http.raw({"data": [ROW], "has_more": False}, headers={"Date": DATE}))
    client = connect(server)
    page = client.page("/payments", {"limit": 1, "created[gte]": 5})
    assert page.rows == [b'{"id": "a", "total": 1}']
    assert page.received_at == client.traffic.server_time == 1_793_000_000


def test_what_every_request_carries(serve, connect, http):
    server = serve(http.page(ROW))
    connect(server).page("/payments", {"limit": 1, "created[gte]": 5})
    (request,) = server.requests
    assert request.target == "/v2/payments?limit=1&created%5Bgte%5D=5"
    assert request.headers["authorization"] == f"Bearer {http.key}"
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"].startswith("gigstack_sync/")


def test_the_team_goes_with_every_call(serve, connect, http):
    server = serve(http.page(ROW), http.raw({"data": ROW}))
    client = connect(server)
    client.team = "team_2"
    client.page("/payments", {"limit": 1})
    client.row("/payments/a")
    assert [request.target.partition("?")[2] for request in server.requests] == [
        "limit=1&team=team_2",
        "team=team_2",
    ]


def test_one_connection_serves_many_requests(serve, connect, http):
    accepted = []
    server = serve(http.page(ROW))
    serve_one, server._serve = server._serve, lambda sock: (accepted.append(sock), serve_one(sock))
    client = connect(server)
    for _ in range(5):
        client.page("/x")
    assert len(accepted) == 1


@pytest.mark.parametrize(
    "bad",
    [
        b'{"data":[{"id":"a"',
        b"",
        b"<html>Bad gateway</html>",
        b'{"data":null}',
        b'{"data":[{"x":"\xff"}]}',
        b'{"success":false,"error":{"code":"service_unavailable"}}',
        b'{"success":false,"error":{"code":"rate_limit_exceeded"}}',
    ],
)
def test_a_bad_body_is_asked_for_again(serve, connect, http, bad):
    server = serve(http.raw(bad), http.page(ROW))
    assert len(connect(server).page("/x")) == 1
    assert len(server.requests) == 2


def test_fault_14_a_body_cut_short_is_asked_for_again(serve, connect, http):
    def short(connection):
        connection.sendall(http.raw(b'{"data":[', headers={"Content-Length": 5000}))

    assert len(connect(serve(short, http.page(ROW))).page("/x")) == 1


def test_fault_16_a_reset_before_or_within_the_answer_is_survived(serve, connect, http):
    def halfway(connection):
        connection.sendall(http.raw(b"{", headers={"Content-Length": 5000}))
        http.reset(connection)

    server = serve(http.page(ROW), http.reset, halfway, http.page(ROW))
    client = connect(server)
    assert [len(client.page("/x")), len(client.page("/x"))] == [1, 1]
    assert (client.traffic.requests, client.traffic.retries) == (4, 2)


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        (b"<title>Sign in</title>", NetworkError, "3 times.*web page.*Sign in"),
        (b"{", NetworkError, "3 times.*cut or broken"),
        (b'{"data":null}', BadAnswer, "not a list"),
    ],
)
def test_bad_bodies_for_ever_end_in_an_error(serve, connect, http, body, error, words):
    with pytest.raises(error, match=words):
        connect(serve(http.raw(body)), tries=3).page("/x")


def test_success_false_is_a_refusal_not_zero_rows(serve, connect, http):
    server = serve(http.raw({"success": False, "message": "Plan expired", "data": []}))
    with pytest.raises(ApiError, match="Plan expired"):
        connect(server).page("/x")
    assert len(server.requests) == 1


def dribble(server_box, text):
    """Send a byte now and then, always before any read timeout would strike."""

    def answer(connection):
        for byte in text:
            connection.sendall(bytes([byte]))
            if server_box[0].stopping.wait(0.05):
                return

    return answer


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_dripping_answer_ends_at_the_deadline(serve, connect, http, part):
    box, head = [], http.raw(b"", headers={"Content-Length": 5000})
    text = (b"HTTP/1.1 200 OK\r\nX-Slow: " if part == "head" else head) + b"a" * 4000
    server = serve(dribble(box, text) if part == "head" else dribble(box, text[-4000:]))
    if part == "body":
        slow = server.answers[0]
        server.answers[0] = lambda connection: (connection.sendall(head), slow(connection))
    box.append(server)
    started = time.monotonic()
    with pytest.raises(NetworkError, match=r"no complete answer within 0\.3 s"):
        connect(server, deadline=0.3, tries=1).page("/x")
    assert time.monotonic() - started < 2


def test_silence_ends_at_the_deadline(serve, connect):
    box = []
    server = serve(lambda connection: box[0].stopping.wait(5))
    box.append(server)
    with pytest.raises(NetworkError, match="no complete answer"):
        connect(server, deadline=0.2, tries=1).page("/x")


def test_dripping_and_then_silence_do_not_add_up(serve, connect, http):
    box = []

    def answer(connection):
        dribble(box, b"HTTP/1.1 200 OK\r\n")(connection)
        box[0].stopping.wait(5)

    box.append(serve(answer))
    started = time.monotonic()
    with pytest.raises(NetworkError):
        connect(box[0], deadline=1.0, tries=1).page("/x")
    assert time.monotonic() - started < 1.5


def test_nobody_listening_is_a_network_error(serve, connect):
    server = serve(b"")
    client = connect(server, tries=2)
    client.transport.address = type(client.transport.address)("http://127.0.0.1:1", "", "", True)
    with pytest.raises(NetworkError, match="2 times") as caught:
        client.page("/x")
    assert "network" in caught.value.hint


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_beyond_the_limit_is_refused_at_once(serve, connect, http, packed):
    body = b'{"data":["' + b"a" * 3_000_000 + b'"]}'
    headers = {"Content-Encoding": "gzip"} if packed else {}
    server = serve(http.raw(gzip.compress(body) if packed else body, headers=headers))
    with pytest.raises(BadAnswer, match="more than 1 MB"):
        connect(server, max_bytes=1 << 20).page("/x")
    assert len(server.requests) == 1


def test_a_compressed_page_is_read(serve, connect, http):
    body = gzip.compress(b'{"data":[{"id":"a"}],"has_more":false}')
    server = serve(http.raw(body, headers={"Content-Encoding": "gzip"}))
    assert connect(server).page("/x").rows == [b'{"id":"a"}']


def test_broken_compression_is_asked_for_again(serve, connect, http):
    server = serve(http.raw(b"no gzip", headers={"Content-Encoding": "gzip"}), http.page(ROW))
    assert len(connect(server).page("/x")) == 1


def test_huge_headers_are_refused(serve, connect, http):
    server = serve(http.raw(b"{}", headers={"X": "a" * 300_000}))
    with pytest.raises(NetworkError):
        connect(server, tries=1).page("/x")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_at_home_is_followed(serve, connect, http, status):
    server = serve(http.raw(status=status, headers={"Location": "/v2/new?limit=1"}), http.page(ROW))
    assert len(connect(server).page("/x")) == 1
    assert server.requests[1].target == "/v2/new?limit=1"


def test_a_redirect_to_another_port_is_refused_and_not_visited(serve, connect, http):
    other = serve(http.page(ROW))
    server = serve(http.raw(status=302, headers={"Location": f"{other.url}/x"}))
    with pytest.raises(ApiError, match="another server"):
        connect(server).page("/x")
    assert other.requests == []


def test_redirects_end(serve, connect, http):
    server = serve(http.raw(status=302, headers={"Location": "/v2/x"}))
    with pytest.raises(ApiError, match="for ever"):
        connect(server).page("/x")
    assert len(server.requests) == 4


def test_a_write_is_not_redirected(serve, connect, http):
    server = serve(http.raw(status=307, headers={"Location": "/v2/y"}))
    with pytest.raises(ApiError, match="307"):
        connect(server).transport.fetch("POST", "/x", json={}, parse=lambda reply: reply)
    assert len(server.requests) == 1


@pytest.mark.parametrize("header", ["0", "-1", "1", "999999", "Mon, 26 Oct 2026 07:33:21 GMT", ""])
def test_every_form_of_429_is_waited_out(serve, connect, http, header):
    headers = {"Date": DATE, **({"Retry-After": header} if header else {})}
    server = serve(http.raw({"message": "slow"}, 429, headers), http.page(ROW))
    client = connect(server)
    assert len(client.page("/x")) == 1
    assert client.traffic.throttled == 1


def test_loopback_never_goes_through_a_proxy(serve, connect, http, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert len(connect(serve(http.page(ROW))).page("/x")) == 1


def test_https_goes_through_the_proxy_of_the_environment(serve, http, monkeypatch):
    proxy = serve(http.raw(status=502))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setattr(Gate, "pay_retry", lambda _gate: False)
    with Client("k", base_url="https://api.example.mx") as client, pytest.raises(NetworkError):
        client.page("/x")
    assert proxy.requests[0].method == "CONNECT"
    assert "authorization" not in proxy.requests[0].headers


def test_a_closed_client_says_so(serve, connect, http):
    client = connect(serve(http.page(ROW)))
    client.page("/x")
    client.close()
    with pytest.raises(NetworkError, match="closed"):
        client.page("/x")


def test_a_client_told_to_stop_lets_go_of_a_silent_server(serve, connect, http):
    server = serve(lambda _: server.stopping.wait(10))
    client = connect(server, deadline=10)
    began = time.monotonic()
    threading.Timer(0.2, client.transport.stop, (0.1,)).start()
    with pytest.raises(NetworkError, match="closed"):
        client.page("/x")
    assert time.monotonic() - began < 2


def test_traffic_is_counted(serve, connect, http):
    client = connect(serve(http.raw(b"oops", 500), http.page(ROW)))
    client.page("/x")
    traffic = client.traffic
    assert (traffic.requests, traffic.retries, traffic.bytes > 20) == (2, 1, True)

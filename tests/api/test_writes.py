"""Writes against a scripted server: exact bodies, one try, and what an answer may look like."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gigstack_sync.api.body import encoded
from gigstack_sync.api.client import Client
from gigstack_sync.errors import (
    ApiError,
    AuthError,
    NetworkError,
    NotFound,
    UnknownOutcome,
    UsageError,
)

MADE = {"data": {"id": "invoice_1"}}
ITEMS = [{"description": "a", "quantity": 1, "unit_price": Decimal("1234567.8900")}]


def stamp(client, **more):
    return client.invoices.income.create(client="c", items=ITEMS, **more)


def test_amounts_reach_the_wire_digit_for_digit(serve, connect, http):
    server = serve(http.raw(MADE))
    stamp(connect(server), exchange_rate=Decimal("18.10"))
    (request,) = server.requests
    assert b'"unit_price":1234567.8900' in request.body
    assert b'"exchange_rate":18.10' in request.body
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == f"Bearer {http.key}"


@pytest.mark.parametrize(
    "value", [1.5, Decimal("NaN"), Decimal("Infinity"), object(), "\ud800", {1: 2.5}]
)
def test_what_json_cannot_say_exactly_is_refused(value):
    with pytest.raises(UsageError):
        encoded({"a": [{"b": value}]})


@pytest.mark.parametrize("record_id", ["..", "", "a\nb"])
def test_an_id_that_is_none_is_refused_before_any_request(serve, connect, http, record_id):
    server = serve(http.raw(MADE))
    client = connect(server)
    for act in (client.payments.cancel, client.clients.update, client.clients.delete):
        with pytest.raises(UsageError):
            act(record_id)
    assert server.requests == []


def test_an_odd_id_stays_one_segment(serve, connect, http):
    server = serve(http.raw({"data": {}}))
    connect(server).invoices.cancel("a/../b?c#d", motive="02")
    assert server.requests[0].target == "/v2/invoices/a%2F..%2Fb%3Fc%23d"


@pytest.mark.parametrize("body", [b"", b"  ", b'{"message":"ok"}', b'{"data":null,"error":null}'])
def test_a_deletion_may_be_answered_by_hardly_anything(serve, connect, http, body):
    answer = connect(serve(http.raw(body, 204 if not body else 200))).services.delete("s")
    assert isinstance(answer, dict)


@pytest.mark.parametrize("body", [b"", b'{"message":"ok"}', b'{"data":[]}'])
def test_what_was_made_must_be_shown(serve, connect, http, body):
    with pytest.raises(UnknownOutcome, match="without the record"):
        stamp(connect(serve(http.raw(body))))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((b"<html>Bad gateway</html>", 200), UnknownOutcome),
        ((b'{"data":{"id":', 200), UnknownOutcome),
        ((b"", 500), UnknownOutcome),
        ((b"", 502), UnknownOutcome),
        ((b'{"message":"slow"}', 408), UnknownOutcome),
        ((b'{"message":"slow"}', 429), NetworkError),
        ((b'{"message":"no","error":"client is required"}', 400), ApiError),
        ((b'{"success":false,"message":"no"}', 200), ApiError),
        ((b'{"message":"no"}', 401), AuthError),
        ((b'{"message":"no"}', 404), NotFound),
    ],
)
def test_a_write_is_tried_once_and_only_a_clear_no_is_one(serve, connect, http, answer, kind):
    server = serve(http.raw(*answer))
    with pytest.raises(kind) as caught:
        stamp(connect(server))
    assert isinstance(caught.value, UnknownOutcome) is (kind is UnknownOutcome)
    assert len(server.requests) == 1


def test_a_key_lets_it_be_tried_until_it_works(serve, connect, http):
    server = serve(http.reset, http.raw(b"", 502), http.raw(b"{"), http.raw(MADE))
    assert stamp(connect(server), idempotency_key="k")["id"] == "invoice_1"
    assert len({request.body for request in server.requests}) == 1


def test_when_it_never_works_the_outcome_is_unknown(serve, connect, http):
    server = serve(http.raw(b"", 502))
    with pytest.raises(UnknownOutcome, match=r"sent 3 times") as caught:
        stamp(connect(server, tries=3), idempotency_key="k")
    assert "look at the record" in caught.value.hint
    assert caught.value.exit_code == 5


def test_nobody_reached_is_no_unknown_outcome(serve, connect):
    server = serve(b"")
    server_url = server.url.replace(server.url.split(":")[2].split("/")[0], "1")
    with Client("k", base_url=server_url) as client, pytest.raises(NetworkError) as caught:
        client.payments.cancel("p")
    assert not isinstance(caught.value, UnknownOutcome)


def test_a_get_that_changes_something_is_not_repeated(serve, connect, http):
    server = serve(http.raw(b"", 502))
    with pytest.raises(UnknownOutcome):
        connect(server).teams.onboarding_url("t")
    assert len(server.requests) == 1


def test_a_write_goes_nowhere_else(serve, connect, http):
    other = serve(http.raw(MADE))
    server = serve(http.raw(status=307, headers={"Location": f"{other.url}/x"}))
    with pytest.raises(ApiError, match="307"):
        stamp(connect(server))
    assert other.requests == []


def test_an_empty_change_is_no_request(serve, connect, http):
    server = serve(http.raw(MADE))
    client = connect(server)
    for act in (
        lambda: client.clients.update("c"),
        lambda: client.payments.update("p"),
        lambda: client.teams.update_settings("t", settings={}),
        lambda: client.teams.update_series("t", "s"),
        client.clients.portal,
        lambda: client.clients.search(" "),
        lambda: client.invoices.cancel("i", motive="01"),
        lambda: client.invoices.cancel("i", motive="02", substitution_uuid="u"),
        lambda: client.invoices.downloads.set_schedule(time="03:00", days_back=91),
        lambda: client.invoices.income.create(client=" ", items=ITEMS),
    ):
        with pytest.raises(UsageError):
            act()
    assert server.requests == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"<html>", "neither PDF nor"),
        ("a.pdf", b"%PDF-" + b"x" * (5 << 20), "larger than 5 MiB"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "not a PDF"),
        ("absent", None, "cannot be read"),
    ],
)
def test_only_a_small_pdf_goes_up(serve, connect, http, tmp_path, name, content, words):
    server = serve(http.raw(MADE))
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=words):
        connect(server).clients.csf(file=path)
    assert server.requests == []


def test_a_files_name_cannot_break_out_of_its_header(serve, connect, http, tmp_path):
    server = serve(http.raw({"data": {"id": "doc_1"}}))
    path = tmp_path / 'a"; x="\r\nEvil: 1.webp'
    path.write_bytes(b"RIFF\0\0\0\0WEBP")
    connect(server).payments.add_document(
        "p", file=path, document_type="contract", name="ñ\r\nX: y"
    )
    body = server.requests[0].body
    assert b'filename="a%22; x=%22%0D%0AEvil: 1.webp"\r\nContent-Type: image/webp' in body
    assert b"\r\nEvil" not in body.partition(b"filename=")[2].partition(b"\r\n")[0]


def test_a_search_counts_its_own_pages(serve, connect, http):
    rows = [{"id": "a"}, {"id": "b"}]
    server = serve(http.raw({"data": rows, "found": 5, "page": 2, "per_page": 2}))
    page = connect(server).clients.search("ana", page=2, limit=2)
    assert (page.has_more, page.next, page.total) == (True, "3", 5)
    assert server.requests[0].target == "/v2/clients/search?q=ana&page=2&per_page=2"

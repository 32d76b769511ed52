"""Each fault as a client meets it."""

from __future__ import annotations

import http.client
import json
import random
import socket
import time
from email.utils import parsedate_to_datetime

import pytest

from gigstack_sync.errors import UsageError
from gigstack_sync.sandbox.fault import Fault
from gigstack_sync.sandbox.faults import KINDS, Faults, describe_faults, parse_fault


@pytest.fixture
def under(sandbox):
    """A small sandbox under faults."""
    return lambda *faults, **settings: sandbox(faults=list(faults), **settings)


def raw(server, path="/payments", bound=10.0):
    """One exchange down to the socket's end: every byte, or the exception."""
    host, port = server.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=bound) as wire:
        request = f"GET /v2{path} HTTP/1.1\r\nAuthorization: {server.key}\r\nConnection: close\r\n"
        wire.sendall(f"{request}\r\n".encode())
        return b"".join(iter(lambda: wire.recv(65536), b""))


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 502, 503, 504])
def test_statuses(under, ask, status):
    answer = ask(under(f"status={status}"), "/payments")
    assert answer.status == status
    assert "message" in answer.json


@pytest.mark.parametrize(
    ("body", "start"), [("html", b"<!DOCTYPE"), ("empty", b""), ("text", b"upstream")]
)
def test_bodies_of_failures(under, ask, body, start):
    answer = ask(under(f"status=502,body={body}"), "/payments")
    assert answer.body.startswith(start)
    assert bool(answer.body) == bool(start)


@pytest.mark.parametrize("wait", ["2", "0", "-5", "99999999", "soon"])
def test_retry_after_as_written(under, ask, wait):
    answer = ask(under(f"status=429,retry_after={wait}"), "/payments")
    assert answer.headers["Retry-After"] == wait


def test_retry_after_as_a_date_or_not_at_all(under, ask):
    answer = ask(under("status=429,retry_after=date:60"), "/payments")
    until, now = (parsedate_to_datetime(answer.headers[h]) for h in ("Retry-After", "Date"))
    assert (until - now).total_seconds() == 60
    assert "Retry-After" not in ask(under("status=429"), "/payments").headers


def test_rate_limit_headers(under, ask):
    headers = ask(under("status=429,ratelimit_reset=7"), "/payments").headers
    assert (headers["RateLimit-Remaining"], headers["RateLimit-Reset"]) == ("0", "7")


def test_a_request_rate_is_enforced(sandbox, ask):
    server = sandbox(rps=3)
    answers = [ask(server, "/users") for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["Retry-After"] == "1"


def test_redirects(under, ask):
    away = ask(under("redirect=https://elsewhere.example"), "/payments", limit=3)
    assert away.headers["Location"] == "https://elsewhere.example/v2/payments?limit=3"
    near = ask(under("redirect=same,status=307"), "/payments")
    assert (near.status, near.headers["Location"]) == (307, "/v2/payments")


def test_truncated_body(under, ask):
    with pytest.raises(http.client.IncompleteRead):
        ask(under("truncate"), "/payments")


@pytest.mark.parametrize("fault", ["cut_json", "html", "empty"])
def test_bodies_that_are_no_json(under, ask, fault):
    answer = ask(under(fault), "/payments")
    assert answer.status == 200
    with pytest.raises(json.JSONDecodeError):
        _ = answer.json


def test_broken_utf8(under, ask):
    with pytest.raises(UnicodeDecodeError):
        _ = ask(under("bad_utf8"), "/payments").json


def test_success_false(under, ask):
    answer = ask(under("error_200"), "/payments")
    assert (answer.status, answer.json["success"]) == (200, False)


def test_resets(under):
    with pytest.raises(ConnectionResetError):
        raw(under("reset=before"))
    server = under("reset=body")
    host, port = server.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as wire:
        wire.sendall(f"GET /v2/payments HTTP/1.1\r\nAuthorization: {server.key}\r\n\r\n".encode())
        assert wire.recv(100).startswith(b"HTTP/1.1 200 OK")
        time.sleep(0.1)
        with pytest.raises(ConnectionResetError):
            b"".join(iter(lambda: wire.recv(65536), b""))


def test_connections_closed_without_an_answer_or_after_one(under, ask):
    assert raw(under("close=before")) == b""
    server = under("close=after,times=1")
    host = http.client.HTTPConnection(server.origin.removeprefix("http://"))
    host.request("GET", "/v2/payments", headers={"Authorization": server.key})
    response = host.getresponse()
    assert response.getheader("Connection") == "keep-alive"
    response.read()
    assert host.sock.recv(1) == b""
    host.close()


def test_slow_bodies_and_long_silences(under):
    begun = time.monotonic()
    assert raw(under("slow=0.3")).startswith(b"HTTP/1.1 200")
    assert 0.25 < time.monotonic() - begun < 5
    with pytest.raises(TimeoutError):
        raw(under("hang=5"), bound=0.2)


def test_huge_headers(under):
    assert b"x" * 100_000 in raw(under("huge_headers=100000"))


def test_clock_skew_on_some_requests(under, ask):
    server = under("clock_skew=86400,at=2")
    dates = [parsedate_to_datetime(ask(server, "/users").headers["Date"]) for _ in range(3)]
    assert dates[1].timestamp() - dates[0].timestamp() > 86_000
    assert dates[2] < dates[1]


def test_an_empty_page_postpones_its_rows(under, ask, walk):
    server = under("empty_page,at=2")
    assert len(walk(server, "/payments", limit=10)) == len(server.truth("team_own", "payments"))
    endless = under("empty_page")
    first, *rest = [ask(endless, "/payments").json["next"] for _ in range(2)]
    page = ask(endless, "/payments", next=first).json
    assert (page["data"], page["has_more"]) == ([], True)
    assert first not in (*rest, page["next"])


def test_a_repeated_cursor(under, ask):
    server = under("repeat_cursor")
    cursor = ask(server, "/payments").json["next"]
    assert ask(server, "/payments", next=cursor).json["next"] == cursor


def test_a_cycle_of_cursors(under, ask):
    server = under("cycle_cursor")
    sent, cursor = [], ""
    for _ in range(5):
        cursor = ask(server, "/payments", limit=3, **({"next": cursor} if cursor else {})).json[
            "next"
        ]
        sent.append(cursor)
    assert sent[0] == sent[2] == sent[4]
    assert sent[1] == sent[3]
    assert sent[0] != sent[1]


@pytest.mark.parametrize(("form", "end"), [("null", None), ("absent", "gone"), ("empty", "")])
def test_has_more_without_next(under, ask, form, end):
    page = ask(under(f"no_next={form}"), "/payments").json
    assert page["has_more"] is True
    assert page.get("next", "gone") == end


def test_has_more_denied_missing_or_misspelt(under, ask):
    page = ask(under("more_false"), "/payments").json
    assert page["next"]
    assert page["has_more"] is False
    assert "has_more" not in ask(under("has_more=absent"), "/payments").json
    assert ask(under("has_more=text"), "/payments").json["has_more"] == "true"


@pytest.mark.parametrize("status", [400, 404, 410])
def test_expired_cursors(under, ask, status):
    server = under(f"expired_cursor={status}")
    cursor = ask(server, "/payments").json["next"]
    assert ask(server, "/payments", next=cursor).status == status


@pytest.mark.parametrize(
    ("form", "data"), [("absent", "gone"), ("null", None), ("object", {}), ("text", "none")]
)
def test_data_of_another_form(under, ask, form, data):
    assert ask(under(f"data={form}"), "/payments").json.get("data", "gone") == data


@pytest.mark.parametrize(
    ("lie", "total"), [("5", 5), ("null", None), ('"many"', "many"), ("absent", "gone")]
)
def test_lying_totals(under, ask, lie, total):
    assert ask(under(f"total={lie}"), "/payments").json.get("total_results", "gone") == total
    server = under("total=+3")
    size = len(server.truth("team_own", "payments"))
    assert ask(server, "/payments").json["total_results"] == size + 3


def test_null_rows(under, ask):
    rows = ask(under("null_rows=2"), "/payments").rows
    assert rows[1:3] == [None, None]
    assert len(rows) == 12


ROWS = [
    ("id=missing", "id", "gone"),
    ("id=null", "id", None),
    ("id=int", "id", 12345),
    ("id=object", "id", {"$oid": "1"}),
    ("id=bool", "id", True),
    ("created=missing", "created_at", "gone"),
    ("created=ms", "created_at", 1795000000000),
    ("created=future", "created_at", 4102444800),
    ("created=text", "created_at", "yesterday"),
    ("type=text", "total", "12.50"),
    ("type=object", "total", {"value": 12.5}),
    ("type=text,field=client", "client", "12.50"),
    ("type=object,field=items", "items", {"value": 12.5}),
    ("new_key=surprise", "surprise", {"new": True}),
    ("drop_key=status", "status", "gone"),
    ("case_change=payment_form", "paymentForm", "03"),
    ("case_change=payment_form", "payment_form", "gone"),
    ("text=surrogate", "payment_conditions", "a\ud800b"),
    ("text=nul", "payment_conditions", "a\0b"),
    ("duplicate_key=status", "status", "twice"),
]


@pytest.mark.parametrize(("fault", "name", "value"), ROWS)
def test_spoilt_rows(under, ask, fault, name, value):
    server = under(fault)
    rows = server.world.collection("team_own", "payments")
    rows.change(rows.newest_first()[0], payment_form="03", total=1)
    spoilt, sound = json.loads(ask(server, "/payments").body)["data"][:2]
    assert spoilt.get(name, "gone") == value
    assert sound["id"].startswith("payment_")


@pytest.mark.parametrize("digits", ["1e400", "-0", "12345678901234567.89", "NaN"])
def test_money_as_written(under, ask, digits):
    assert f'"total":{digits}'.encode() in ask(under(f"money={digits}"), "/payments").body


def test_a_choice_of_rows(under, ask):
    rows = ask(under("id=missing,row=-1"), "/payments").rows
    assert [("id" in row) for row in rows] == [True] * 9 + [False]
    assert not any("id" in row for row in ask(under("id=missing,row=all"), "/payments").rows)


def test_rows_that_are_no_objects(under, ask):
    assert ask(under("not_an_object=number"), "/payments").rows[0] == 7


def test_giant_things(under, ask):
    server = under("giant_page")
    assert len(ask(server, "/payments").rows) == len(server.truth("team_own", "payments")) > 10
    assert len(ask(under("low_limit=3"), "/payments", limit=100).rows) == 3
    assert len(ask(under("huge_row=2000000"), "/payments").body) > 2_000_000
    assert b'{"a":' * 5000 in ask(under("deep_row=5000"), "/payments").body


def test_the_same_row_twice_on_a_page(under, ask):
    rows = ask(under("duplicate_row"), "/payments").rows
    assert rows[0] == rows[-1]
    assert len(rows) == 11


def test_the_same_row_on_two_pages_changed(under, ask):
    server = under("repeat_row,at=2")
    first = ask(server, "/payments").json
    again = ask(server, "/payments", next=first["next"]).rows[0]
    assert again["id"] == first["data"][-1]["id"]
    assert again != first["data"][-1]
    assert ask(server, f"/payments/{again['id']}").json["data"] == again


def ids(rows):
    return [row["id"] for row in rows]


def test_rows_inserted_while_paging(under, walk):
    server = under("insert=2,at=2")
    before = set(server.truth("team_own", "payments"))
    rows = ids(walk(server, "/payments", limit=10))
    assert set(rows) == before
    assert len(server.truth("team_own", "payments")) == len(before) + 2


def test_rows_deleted_while_paging_by_offset_hide_others(under, walk):
    server = under("delete=3,at=2", quirks=["cursor=offset"])
    before = server.truth("team_own", "payments")
    rows = set(ids(walk(server, "/payments", limit=10)))
    lost = set(server.truth("team_own", "payments")) - rows
    assert len(lost) == 3
    assert len(before) - len(server.truth("team_own", "payments")) == 3


def test_rows_moved_while_paging(under, walk):
    server = under("move=1,at=2")
    rows = ids(walk(server, "/payments", limit=10))
    assert len(set(server.truth("team_own", "payments")) - set(rows)) == 1


def test_rows_changed_while_paging(under, ask):
    server = under("change=1,at=2,field=status,to=refunded")
    first = ask(server, "/payments").rows[0]
    assert ask(server, "/payments").rows[0] == first | {"status": "refunded"}


def test_hooks_see_the_world(sandbox, ask):
    seen = []
    fault = Fault("hook", at=(2,), hook=lambda world: seen.append(world.own_team))
    server = sandbox(faults=[fault])
    for _ in range(3):
        ask(server, "/payments")
    assert seen == ["team_own"]


def struck(text, requests=12):
    fault, chance, played, hits = parse_fault(text), random.Random(1), 0, []
    for number in range(1, requests + 1):
        if fault.due(number, played, chance):
            played += 1
            hits.append(number)
    return hits


@pytest.mark.parametrize(
    ("schedule", "hits"),
    [
        ("", list(range(1, 13))),
        (",at=2+5", [2, 5]),
        (",every=5", [5, 10]),
        (",first=2", [1, 2]),
        (",after=10", [11, 12]),
        (",after=2,at=1", [3]),
        (",every=2,times=3", [2, 4, 6]),
    ],
)
def test_schedules(schedule, hits):
    assert struck(f"html{schedule}") == hits


def test_chance_is_seeded(sandbox, ask):
    runs = []
    for _ in range(2):
        server = sandbox(faults=["status=500,chance=0.5"])
        runs.append([ask(server, "/users").status for _ in range(20)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500}


def test_faults_keep_to_their_path(under, ask):
    server = under("status=500,path=/payments")
    assert [ask(server, path).status for path in ("/users", "/payments", "/payments/x")] == [
        200,
        500,
        500,
    ]


def test_page_faults_count_lists_only(under, ask):
    server = under("null_rows,at=1")
    ask(server, "/payments/none")
    assert None in ask(server, "/payments").rows


def test_the_log_tells_which_faults_struck(under, ask):
    server = under("status=500,times=1")
    ask(server, "/users")
    ask(server, "/users")
    assert [(entry.status, entry.faults) for entry in server.requests] == [
        (500, ("status",)),
        (200, ()),
    ]


def test_a_healed_server_tells_the_truth(under, ask):
    server = under("data=null")
    assert ask(server, "/payments").json["data"] is None
    server.set_faults(Faults())
    assert len(ask(server, "/payments").rows) == 10


def test_every_kind_is_described():
    assert [kind for kind, _ in describe_faults()] == sorted(KINDS)
    assert all(about for about in KINDS.values())


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "",
        "status=500,at=x",
        "status=500,every",
        "status=oops",
        "id=typo",
        "reset=sideways",
        "slow=long",
        "delete=1,wher=oldest",
    ],
)
def test_unreadable_faults(text):
    with pytest.raises(UsageError):
        parse_fault(text)

"""The control endpoint: steering a sandbox that lives in another process."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest


@pytest.fixture
def control(ask):
    """Send a control request; the decoded answer."""

    def call(server, path, body=None, **query):
        given = {"_method": "POST", "_body": json.dumps(body)} if body is not None else {}
        answer = ask(server, f"/_control{path}", **given, **query)
        assert answer.status == 200, answer.body
        return answer.json

    return call


def test_the_overview_holds_what_a_client_needs(sandbox, ask, control):
    server = sandbox()
    overview = control(server, "")
    assert overview["teams"]["team_own"]["payments"] > 0
    assert ask(server, "/users", key=overview["key"]).status == 200
    assert overview["quirks"]["cursor"] == "keyset"


@pytest.mark.parametrize("full", ["0", "1"])
def test_truth_is_the_servers_own(sandbox, control, full):
    server = sandbox(quirks=["list_rows=subset"])
    expected = server.truth("team_own", "payments", full=full == "1")
    given = control(server, "/truth", stream="payments", full=full)
    assert given == {k: json.loads(v, parse_float=Decimal) for k, v in expected.items()}


def test_faults_come_and_go(sandbox, ask, control):
    server = sandbox()
    control(server, "/faults", ["status=500,path=/users"])
    assert ask(server, "/users").status == 500
    control(server, "/faults", [])
    assert ask(server, "/users").status == 200


@pytest.mark.parametrize("quirks", [{"max_limit": 2}, ["max_limit=2"]])
def test_quirks_change(sandbox, ask, control, quirks):
    server = sandbox()
    control(server, "/quirks", quirks)
    assert len(ask(server, "/payments").rows) == 2


def test_pace(sandbox, ask, control):
    server = sandbox()
    control(server, "/pace", {"rps": 1})
    assert [ask(server, "/users").status for _ in range(2)] == [200, 429]


def test_days_go_by(sandbox, control):
    server = sandbox()
    before = control(server, "")
    assert control(server, "/live", {"days": 10})
    assert control(server, "")["now"] == before["now"] + 864_000
    assert control(server, "")["teams"] != before["teams"]


def test_mutations(sandbox, ask, control):
    server = sandbox()

    def mutate(action, **given):
        return control(server, "/mutate", {"action": action, "stream": "payments", **given})["ids"]

    made = mutate("insert", count=3)
    assert {row["created_at"] for row in ask(server, "/payments", limit=3).rows} == {
        server.world.now
    }
    mutate("change", where=made[0], fields={"total": 12.10})
    assert ask(server, f"/payments/{made[0]}").json["data"]["total"] == Decimal("12.10")
    mutate("move", where=made[1], age=10_000_000_000)
    assert ask(server, "/payments", sort="asc").rows[0]["id"] == made[1]
    body = ask(server, f"/payments/{made[2]}").json["data"]
    mutate("delete", where=made[2])
    assert ask(server, f"/payments/{made[2]}").status == 404
    mutate("put", body=json.loads(json.dumps(body, default=float)))
    assert ask(server, f"/payments/{made[2]}").json["data"] == body


def test_a_mutated_sat_row_moves_by_its_issue_date(sandbox, ask, control):
    server = sandbox()
    body = {"action": "insert", "stream": "invoices_sat", "age": 60}
    made = control(server, "/mutate", body)["ids"][0]
    assert ask(server, f"/invoices/sat/{made}").json["data"]["uuid"] == made


def test_the_log_leaves_control_requests_out(sandbox, ask, control):
    server = sandbox()
    ask(server, "/users", limit=1)
    log = control(server, "/requests")
    assert log["requests"] == [
        {"method": "GET", "path": "/v2/users", "query": {"limit": "1"}, "status": 200}
    ]
    ask(server, "/_control/requests", _method="DELETE")
    assert control(server, "/requests")["requests"] == []
    assert server.key not in json.dumps(log)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/faults", ["nonsense"]),
        ("/faults", {"a": 1}),
        ("/quirks", ["cursor=sideways"]),
        ("/quirks", {"nonsense": 1}),
        ("/mutate", {"action": "explode", "stream": "payments"}),
        ("/mutate", {"action": "delete", "stream": "nope"}),
        ("/mutate", {"action": "delete", "stream": "payments", "where": "nowhere"}),
        ("/mutate", "not an object"),
        (
            "/mutate",
            {"action": "put", "stream": "payments", "body": {"id": "p", "created_at": "NaN"}},
        ),
    ],
)
def test_nonsense_is_explained(sandbox, ask, path, body):
    server = sandbox()
    answer = ask(server, f"/_control{path}", _method="POST", _body=json.dumps(body))
    assert answer.status == 400
    assert answer.json["message"]
    assert answer.json["hint"]


def test_a_uuid_that_is_no_text_is_served_as_it_is(sandbox, ask, control):
    server = sandbox()
    body = {"id": "p", "created_at": 1_700_000_000, "uuid": ["odd"]}
    assert control(server, "/mutate", {"action": "put", "stream": "payments", "body": body})
    assert ask(server, "/payments/p").json["data"]["uuid"] == ["odd"]


def test_unknown_controls_list_the_known_ones(sandbox, ask):
    answer = ask(sandbox(), "/_control/nope")
    assert answer.status == 404
    assert "POST /_control/faults" in answer.json["known"]

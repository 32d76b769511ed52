"""What cron and people see of a sync: exit codes, silence, one JSON document, a log."""

from __future__ import annotations

import json
import stat

import pytest

from gigstack_sync.sandbox import meddling
from gigstack_sync.sandbox.mutations import mutate

STREAMS = ("--stream", "clients", "--stream", "payments", "--stream", "invoices_income")


@pytest.fixture
def shop(account):
    return account(invoices=120, months=12)


def test_a_healthy_run_that_nobody_watches_says_nothing(account):
    shop = account(invoices=120, is_new=True)
    for _ in range(2):
        end = shop.run("sync")
        assert (end.code, end.out, end.err) == (0, "", "")
    assert shop.differences() == []


def test_verify_finds_nothing_after_a_sync_and_everything_before_the_next(shop):
    shop.sync()
    end = shop.run("sync", "verify", "--json")
    assert end.code == 0
    assert all(not s["differences"] and not s["errors"] for s in end.json["streams"])
    done = mutate(shop.world, 4, 60)
    own = [m for m in done if m.team == shop.team and m.stream != "users"]
    before = shop.places.published.read_bytes()
    end = shop.run("sync", "verify", "--json")
    assert end.code == 8
    found = {d["id"] for s in end.json["streams"] for d in s["differences"]}
    assert found
    assert found <= {m.id for m in done}
    assert len(found) >= len({m.id for m in own}) // 2  # some were undone by a later one
    assert shop.places.published.read_bytes() == before


@pytest.mark.parametrize("kind", ["only on the server", "only in the mirror", "body differs"])
def test_verify_names_the_one_row_that_differs(kind, shop):
    shop.sync("payments")
    rows = shop.world.collection(shop.team, "payments")
    ids = meddling.choose(rows, 1, "middle")
    if kind == "only on the server":
        ids = meddling.insert(rows, shop.world.now - 86_400 * 90)
    elif kind == "only in the mirror":
        meddling.remove(rows, ids)
    else:
        meddling.touch(rows, ids)
    end = shop.run("sync", "verify", "--stream", "payments", "--json")
    assert end.code == 8
    assert end.json["streams"][0]["differences"] == [{"kind": kind, "id": ids[0]}]


def test_verify_of_a_list_it_cannot_read_is_partial(shop):
    shop.sync("payments", "clients")
    shop.suffer("status=400,path=/payments")
    end = shop.run("sync", "verify", "--stream", "payments", "--stream", "clients", "--json")
    assert end.code == 3
    assert [bool(s["errors"]) for s in end.json["streams"]] == [False, True]


def test_status_before_the_first_run_names_it(account):
    end = account(invoices=10, is_new=True).run("sync", "status")
    assert (end.code, end.out) == (7, "")
    assert "gigstack sync" in end.err


def test_status_tells_rows_looks_and_the_last_run(shop):
    shop.sync("payments", "clients")
    status = shop.run("sync", "status", "--json").json
    rows = {s["stream"]: s["rows"] for s in status["streams"]}
    assert rows["payments"] == len(shop.server.truth(shop.team, "payments"))
    assert all(s["open_windows"] == 0 for s in status["streams"])
    assert (status["last_run"]["outcome"], status["last_run"]["exit_code"]) == ("ok", 0)
    assert "payments" in shop.run("sync", "status").out


def test_a_plan_fetches_nothing_and_changes_nothing(shop):
    end = shop.run("sync", "--plan", "--json", *STREAMS)
    assert (end.code, len(shop.server.requests)) == (0, 0)
    shop.sync(*STREAMS[1::2])
    before = shop.places.published.read_bytes()
    shop.server.reset_log()
    plan = shop.run("sync", "--plan", "--json", *STREAMS).json
    assert len(shop.server.requests) == 0
    assert shop.places.published.read_bytes() == before
    expected = sum(s["requests"] for s in plan["streams"])
    assert shop.sync(*STREAMS[1::2]).requests <= expected * 2 + 4
    shop.server.reset_log()
    assert shop.run("sync", "--plan", "--full").code == 0
    assert len(shop.server.requests) == 0


@pytest.mark.parametrize("budget", [1, 5, 7])
def test_a_budget_is_never_exceeded_and_the_work_goes_on_next_time(budget, account):
    shop = account(quirks=["max_limit=25"], invoices=120)
    codes = []
    while 0 not in codes and len(codes) < (3 if budget == 1 else 20):
        report = shop.sync("payments", "clients", budget=budget)
        codes.append(report.exit_code)
        assert len(shop.server.requests) <= budget
        assert shop.false_claims() == []
        assert any(s.put_off for s in report.streams) == (report.exit_code == 3)
    assert codes[0] == 3
    if budget > 1:
        assert codes[-1] == 0
        assert shop.differences("payments", "clients") == []


@pytest.mark.parametrize(
    "fault", ["status=500,every=2", "reset=before,every=3", "truncate,every=2"]
)
def test_what_has_to_be_asked_again_is_paid_from_the_budget(fault, account):
    shop = account(quirks=["max_limit=25"], invoices=60)
    for budget in (5, 6, 9):
        shop.suffer(fault)
        assert shop.sync("payments", "clients", budget=budget).exit_code in (0, 3)
        assert len(shop.server.requests) <= budget
    shop.suffer()
    shop.recover("payments", "clients")


def test_a_budget_by_the_command_line_says_what_was_put_off(shop):
    end = shop.run("sync", "--budget", "5")
    assert (end.code, end.out) == (3, "")
    assert "put off" in end.err
    assert len(shop.server.requests) <= 5


def test_if_stale_runs_only_when_the_last_good_run_is_old(shop):
    assert shop.run("sync", "--if-stale", "1h", *STREAMS).code == 0
    shop.server.reset_log()
    assert shop.run("sync", "--if-stale", "1h", *STREAMS).code == 0
    assert len(shop.server.requests) == 0
    assert shop.run("sync", "--if-stale", "0s", *STREAMS).code == 0
    assert len(shop.server.requests) > 0


def test_a_run_that_failed_is_not_fresh(shop):
    shop.suffer("status=400,path=/payments")
    assert shop.run("sync", *STREAMS).code == 3
    shop.suffer()
    shop.server.reset_log()
    assert shop.run("sync", "--if-stale", "1h", *STREAMS).code == 0
    assert len(shop.server.requests) > 0


def test_one_stream_leaves_the_others_alone(shop):
    assert shop.run("sync", "--stream", "payments").code == 0
    assert shop.differences("payments") == []
    assert {e.path for e in shop.server.requests} == {"/v2/payments"}
    end = shop.run("sync", "--stream", "nothing")
    assert end.code == 2
    assert "invoices_income" in end.err


def test_since_looks_no_further_back_and_claims_no_more(account):
    shop = account(invoices=350, months=12)
    end = shop.run("sync", "--since", "2026-08-01", "--stream", "payments")
    assert end.code == 0
    assert shop.false_claims() == []
    asked = [e.query.get("created[gte]") for e in shop.server.requests]
    assert min(int(second) for second in asked if second) >= 1_785_542_400 - 86_400
    assert 0 < shop.query("select count(*) from mirror.payments")[0][0] < 300
    assert shop.run("sync", "--stream", "payments").code == 0
    assert shop.differences("payments") == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--since", "soon"],
        ["--if-stale", "1 h"],
        ["--budget", "4"],
        ["--full", "--since", "2026-01"],
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_happens(arguments, shop):
    assert shop.run("sync", *arguments).code == 2
    assert len(shop.server.requests) == 0


def test_json_is_one_document_whatever_happens(shop):
    good = shop.run("sync", "--json", *STREAMS)
    assert (good.code, good.err) == (0, "")
    assert good.json["outcome"] == "ok"
    assert good.json["totals"]["inserted"] == sum(s["inserted"] for s in good.json["streams"])
    shop.suffer("status=400,path=/payments")
    partial = shop.run("sync", "--json", *STREAMS)
    assert (partial.code, partial.json["exit_code"], partial.json["outcome"]) == (3, 3, "partial")
    shop.suffer("status=401")
    refused = shop.run("sync", "--json", *STREAMS)
    assert (refused.code, refused.json["exit_code"]) == (4, 4)


def test_a_key_of_another_account_is_refused_in_words(shop, make_key):
    shop.sync("clients")
    end = shop.run("sync", GIGSTACK_API_KEY=make_key("team_elsewhere"))
    assert (end.code, end.out) == (4, "")
    assert "--db" in end.err
    assert make_key("team_elsewhere") not in end.err


def test_the_log_is_json_lines_for_its_owner_alone(shop):
    shop.run("sync", "-v", *STREAMS)
    shop.suffer("status=400,path=/payments")
    shop.run("sync", *STREAMS)
    lines = [json.loads(line) for line in shop.places.log.read_text().splitlines()]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    summaries = [line["summary"] for line in lines if "summary" in line]
    assert [s["outcome"] for s in summaries] == ["ok", "partial"]
    assert stat.S_IMODE(shop.places.log.stat().st_mode) == 0o600


def test_nobody_else_can_read_what_a_sync_leaves(shop):
    shop.run("sync", *STREAMS)
    kept = [shop.places.published.parent, *shop.places.published.parent.rglob("*")]
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in kept}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_a_reset_has_everything_listed_again_and_loses_nothing(shop):
    shop.sync("payments")
    assert shop.run("sync", "reset", "--stream", "payments").code == 0
    report = shop.sync("payments")
    assert (report.exit_code, report.changed) == (0, 0)
    assert report.totals["seen"] >= len(shop.server.truth(shop.team, "payments"))
    assert shop.differences("payments") == []


def test_all_teams_by_the_command_line(shop):
    assert shop.run("sync", "--all-teams", "--stream", "clients").code == 0
    for team in shop.world.teams:
        assert shop.differences("clients", team=team) == []
    other = next(team for team in shop.world.teams if team != shop.team)
    shop.server.reset_log()
    assert shop.run("sync", "--team", other, "--stream", "payments").code == 0
    assert {e.query.get("team") for e in shop.server.requests} == {other}
    assert shop.differences("payments", team=other) == []
    assert shop.run("sync", "--all-teams", "--team", other).code == 2

"""Runs killed, stopped, starved or refused: what was kept is right, the rest is resumed."""

from __future__ import annotations

import pytest

from gigstack_sync.errors import ApiError, AuthError, Forbidden, NetworkError
from gigstack_sync.sync.writer import Writer

SERVICES, CLIENTS, SAT = "/services", "/clients", "/invoices/sat"


class Killed(BaseException):
    """As abrupt as kill -9 gets inside one process."""


def is_consistent(lab):
    """Every row the server has in a second that the ledger claims is in the mirror."""
    windows = lab.rows("select starts, ends from sync.windows")
    rows = lab.api.rows[SERVICES].values()
    claimed = {r["id"] for r in rows if any(a <= r["created_at"] < b for a, b in windows)}
    return claimed <= lab.bodies().keys()


def fail_at(k, error):
    def before(number, _path, _params):
        if number >= k:
            raise error

    return before


@pytest.mark.parametrize("k", range(1, 13))
def test_killed_at_any_request_the_mirror_claims_only_what_it_has(lab, api, monkeypatch, k):
    monkeypatch.setattr("gigstack_sync.sync.writer.ROWS_PER_COMMIT", 150)
    api.fill(SERVICES, 900)
    api.before = fail_at(k, Killed())
    with pytest.raises(Killed):
        lab.run()
    lab.reopen()
    assert is_consistent(lab)
    api.before = lambda *_: None
    assert lab.run().exit_code == 0
    assert lab.is_equal()


@pytest.mark.parametrize("k", [4, 8, 12])
def test_a_killed_run_is_repeated_by_no_more_than_a_batch(lab, api, monkeypatch, k):
    monkeypatch.setattr("gigstack_sync.sync.writer.ROWS_PER_COMMIT", 100)
    api.fill(SERVICES, 1_200)
    api.before = fail_at(k, Killed())
    with pytest.raises(Killed):
        lab.run(walkers=1)
    lab.reopen()
    api.before = lambda *_: None
    assert lab.run(walkers=1).requests <= 14 - k + 5


@pytest.mark.parametrize("at", range(6))
def test_killed_in_a_commit_the_batch_is_there_whole_or_not_at_all(lab, api, monkeypatch, at):
    monkeypatch.setattr("gigstack_sync.sync.writer.ROWS_PER_COMMIT", 150)
    api.fill(SERVICES, 900)
    commit, commits = Writer.commit, []

    def killed(writer, work):
        commits.append(work)
        commit(writer, work if len(commits) <= at else lambda: (work(), die()))

    monkeypatch.setattr(Writer, "commit", killed)
    with pytest.raises(Killed):
        lab.run()
    lab.reopen()
    assert is_consistent(lab)
    monkeypatch.setattr(Writer, "commit", commit)
    lab.run()
    assert lab.is_equal()


def die():
    raise Killed


@pytest.mark.parametrize("kind", [ApiError, NetworkError])
def test_a_window_that_keeps_failing_leaves_the_others_alone(lab, api, kind):
    api.fill(SERVICES, 2_000)
    oldest = min(row["created_at"] for row in api.rows[SERVICES].values())

    def fail_on_the_oldest(_number, _path, params):
        if "limit" in params and int(params.get("created[gte]", oldest + 1)) <= oldest:
            raise kind("broken")

    lab.run(since=api.now - 5 * 86_400)
    api.before = fail_on_the_oldest
    report = lab.run()
    assert report.exit_code == 3
    assert report.streams[0].errors
    assert is_consistent(lab)


def test_one_stream_that_fails_leaves_the_others_alone(lab, api):
    api.fill(SERVICES, 150)
    api.fill(CLIENTS, 150, legal_name="A", address={})

    def fail(_number, path, _params):
        if path == CLIENTS:
            raise ApiError("broken", status=500)

    api.before = fail
    report = lab.run("services", "clients")
    assert report.exit_code == 3
    assert lab.is_equal()
    assert {s.stream: bool(s.errors) for s in report.streams} == {
        "services": False,
        "clients": True,
    }


def test_an_api_that_is_down_is_a_network_failure(lab, api):
    api.before = fail_at(1, NetworkError("no route"))
    report = lab.run("services", "clients")
    assert report.exit_code == 5
    assert report.changed == 0


@pytest.mark.parametrize("kind", [AuthError, Forbidden])
def test_a_refused_key_stops_the_run_and_keeps_what_was_complete(lab, api, kind):
    api.fill(SERVICES, 900)
    api.before = fail_at(6, kind("revoked"))
    report = lab.run()
    assert (report.exit_code, report.error) == (4, "revoked")
    assert report.requests <= 9
    assert lab.bodies()
    assert is_consistent(lab)
    assert lab.rows("select outcome from sync.runs") == [("auth",)]


@pytest.mark.parametrize("status", [400, 402, 404, 405, 422, 501])
def test_an_optional_list_that_the_account_lacks_is_no_failure(lab, api, status):
    api.before = fail_at(1, ApiError("not offered", status=status))
    report = lab.run("invoices_sat")
    assert report.exit_code == 0
    assert report.streams[0].unavailable == "not offered"


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_list_that_the_api_has_never_had_is_no_failure(lab, api, status):
    api.before = fail_at(1, ApiError("no such list", status=status))
    report = lab.run("webhooks")
    assert (report.exit_code, report.streams[0].unavailable) == (0, "no such list")


@pytest.mark.parametrize(("stream", "status"), [("webhooks", 400), ("payments", 404)])
def test_any_other_refusal_is_a_failure(lab, api, stream, status):
    api.before = fail_at(1, ApiError("refused", status=status))
    assert lab.run(stream).exit_code != 0


def test_a_list_that_was_there_before_may_not_be_missing(lab, api):
    api.fill(SERVICES, 30)
    lab.run("services")
    api.before = lambda *_: (_ for _ in ()).throw(ApiError("no such list", status=404))
    assert lab.run("services").exit_code != 0


def test_an_optional_list_that_is_forbidden_does_not_stop_the_run(lab, api):
    def forbid(_number, path, _params):
        if path == SAT:
            raise Forbidden("not yours")

    api.before = forbid
    api.fill(SERVICES, 30)
    assert lab.run("invoices_sat", "services").exit_code == 0
    assert lab.is_equal()


def test_an_optional_list_that_is_broken_is_a_failure(lab, api):
    api.before = fail_at(1, ApiError("broken", status=500))
    assert lab.run("invoices_sat").exit_code != 0


def test_an_optional_list_that_is_offered_later_is_mirrored(lab, api):
    api.before = fail_at(1, ApiError("not offered", status=404))
    lab.run("invoices_sat")
    api.before = lambda *_: None
    api.rows[SAT]["a"] = {"id": "a", "issue_date": "2026-03-01T10:00:00"}
    lab.run("invoices_sat")
    assert lab.is_equal("invoices_sat")
    assert lab.rows("select unavailable from sync.streams") == [("",)]


@pytest.mark.parametrize("budget", [0, 1, 4, 9])
def test_a_budget_is_never_exceeded(lab, api, budget):
    api.fill(SERVICES, 1_500)
    report = lab.run(budget=budget)
    assert report.requests <= budget
    assert report.exit_code == 3
    assert report.streams[0].put_off
    assert is_consistent(lab)


def test_small_budgets_complete_the_history_run_by_run(lab, api):
    api.fill(SERVICES, 1_500)
    codes = []
    while not codes or codes[-1] != 0:
        api.now += 60
        codes.append(lab.run(budget=6).exit_code)
        assert len(codes) < 12
    assert lab.is_equal()


def test_a_budget_large_enough_changes_nothing(lab, api):
    api.fill(SERVICES, 500)
    assert lab.run(budget=100).exit_code == 0
    assert lab.is_equal()


def test_a_run_told_to_stop_keeps_what_is_complete(lab, api):
    api.fill(SERVICES, 1_500)
    api.before = lambda number, *_: number == 8 and lab.stop.set()
    report = lab.run()
    assert report.exit_code == 3
    assert report.requests <= 12
    assert 0 < len(lab.bodies()) < 1_500
    assert is_consistent(lab)


def test_what_a_stopped_run_left_is_done_by_the_next(lab, api):
    api.fill(SERVICES, 1_500)
    api.before = lambda number, *_: number == 8 and lab.stop.set()
    lab.run()
    lab.stop.clear()
    assert lab.run().exit_code == 0
    assert lab.is_equal()


def test_a_cursor_refused_in_mid_walk_begins_its_span_again(lab, api):
    for n in range(450):
        api.put(SERVICES, f"row_{n:03}", api.now - 9)
    refused = []

    def refuse_once(_number, _path, params):
        if "next" in params and not refused:
            refused.append(params)
            raise ApiError("cursor expired", status=400)

    api.before = refuse_once
    assert lab.run().exit_code == 0
    assert refused
    assert lab.is_equal()


def test_a_team_that_fails_leaves_the_rows_of_the_other(lab, api):
    api.fill(SERVICES, 120)
    api.fill(f"team_2:{SERVICES}", 120)
    failure = ApiError("broken", status=500)

    def fail(_number, _path, params):
        if params.get("team") == "team_2":
            raise failure

    api.before = fail
    report = lab.run(teams=["team_1", "team_2"])
    assert report.exit_code == 3
    assert lab.is_equal()

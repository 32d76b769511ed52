"""The bookkeeping comes back as it was written, and only where it was written."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gigstack_sync.store.ledger import Ledger, StreamFacts

MOMENT = datetime(2026, 10, 1)
SUMMARY = {
    "outcome": "ok",
    "exit_code": 0,
    "requests": 7,
    "totals": {"seen": 5, "inserted": 4, "updated": 3, "deleted": 2},
}


@pytest.fixture
def ledger(warehouse):
    return Ledger(warehouse.con)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(*[st.integers(0, 1 << 40)] * 3), unique_by=lambda w: w[0]))
def test_windows_come_back_in_order(ledger, windows):
    ledger.save_windows("t", "services", windows)
    assert ledger.windows("t", "services") == sorted(windows)


def test_saving_replaces_the_windows_of_that_stream_and_team_alone(ledger):
    for team, stream in [("t", "services"), ("t", "clients"), ("u", "services")]:
        ledger.save_windows(team, stream, [(0, 9, 1)])
    ledger.save_windows("t", "services", [(5, 6, 2)])
    assert ledger.windows("t", "services") == [(5, 6, 2)]
    assert ledger.windows("t", "clients") == ledger.windows("u", "services") == [(0, 9, 1)]


def test_nothing_is_known_of_a_stream_never_met(ledger):
    assert ledger.facts("t", "services") == StreamFacts()


def test_what_is_learned_adds_to_what_was_known(ledger):
    ledger.learn("t", "services", dialect="brackets", total_offset=3)
    ledger.learn("t", "services", is_subset=True)
    known = StreamFacts("brackets", is_subset=True, total_offset=3)
    assert ledger.facts("t", "services") == known


def test_forgetting_takes_looks_and_facts_of_one_stream(ledger):
    for stream in ("services", "clients"):
        ledger.save_windows("t", stream, [(0, 9, 1)])
        ledger.learn("t", stream, dialect="brackets")
    ledger.forget("t", "services")
    assert ledger.known() == [("t", "clients")]
    assert ledger.facts("t", "services") == StreamFacts()


def test_runs_are_numbered_from_one(ledger):
    assert [ledger.begin_run(MOMENT) for _ in range(3)] == [1, 2, 3]


def test_a_run_that_never_ended_stays_visible(ledger, warehouse):
    ledger.begin_run(MOMENT)
    assert warehouse.one("select outcome, finished_at from sync.runs") == {
        "outcome": "running",
        "finished_at": None,
    }


def test_a_run_that_ended_keeps_its_summary(ledger, warehouse):
    ledger.end_run(ledger.begin_run(MOMENT), MOMENT, SUMMARY)
    row = warehouse.one("select outcome, rows_seen, deleted, summary from sync.runs")
    assert json.loads(row.pop("summary")) == SUMMARY
    assert row == {"outcome": "ok", "rows_seen": 5, "deleted": 2}

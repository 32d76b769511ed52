"""A plan says what the next run will cost, without asking the API."""

from __future__ import annotations

import pytest

from gigstack_sync.sync.engine import Options
from gigstack_sync.sync.planning import plan, plan_of_nothing
from gigstack_sync.sync.streams import chosen

SERVICES = "/services"
DAY = 86_400


def planned(lab, stream="services", **options):
    (share,) = plan(
        lab.mirror.con, "team_1", Options(streams=chosen([stream]), **options), lab.api.now
    )
    return share


def test_before_the_first_run_the_cost_is_not_known(lab):
    (share,) = plan_of_nothing(Options(streams=chosen(["services"])))
    assert share.requests is None
    assert planned(lab) == share


@pytest.mark.parametrize("days", [0.01, 1, 3, 10, 40])
def test_a_plan_is_close_to_what_the_run_takes(lab, api, days):
    api.fill(SERVICES, 3_000)
    lab.run()
    api.now += int(days * DAY)
    expected = planned(lab).requests
    before = len(api.asked)
    assert lab.run().exit_code == 0
    taken = len(api.asked) - before
    assert expected <= taken <= expected * 1.6 + 4


def test_planning_asks_nothing_and_writes_nothing(lab, api):
    api.fill(SERVICES, 300)
    lab.run()
    asked, windows = len(api.asked), lab.rows("from sync.windows")
    planned(lab)
    assert (len(api.asked), lab.rows("from sync.windows")) == (asked, windows)


def test_a_stream_without_a_filter_is_listed_whole(lab, api):
    api.filter = None
    api.fill(SERVICES, 730)
    lab.run()
    assert (planned(lab).why, planned(lab).requests) == ("listed whole", 8)


def test_unfinished_windows_are_named_as_the_reason(lab, api):
    api.fill(SERVICES, 1_500)
    lab.run(budget=3)
    assert planned(lab).why == "unfinished windows"


def test_a_full_run_counts_every_page(lab, api):
    api.fill(SERVICES, 1_000)
    lab.run()
    assert planned(lab, is_full=True).requests == 10

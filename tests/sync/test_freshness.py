"""The promise of freshness: kept after every run, and told when broken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gigstack_sync.sync.freshness import GRACE, stale

NOW = int(datetime(2026, 10, 14, tzinfo=UTC).timestamp())
DAY = 86_400


def found(end, walked_at):
    return list(stale("team_1", "services", [(0, end, walked_at)], NOW))


@pytest.mark.parametrize(("age", "promised"), [(10, 1), (60, 6), (200, 7), (900, 30)])
def test_a_look_older_than_promised_and_an_hour_is_stale(age, promised):
    end = NOW - age * DAY
    assert found(end, NOW - promised * DAY - GRACE) == []
    assert found(end, NOW - promised * DAY - GRACE - 1)


def test_a_stale_window_is_described_in_dates():
    (window,) = found(NOW - 90 * DAY, NOW - 80 * DAY)
    assert window["from"].startswith("1970-01-01T00:00:00")
    assert window["walked_at"] == "2026-07-26T00:00:00+00:00"


@pytest.mark.parametrize("hours", [1, 24, 24 * 9])
def test_after_a_run_nothing_is_stale(lab, api, hours):
    api.fill("/services", 700)
    for _ in range(3):
        lab.run()
        windows = lab.rows("select starts, ends, walked_at from sync.windows")
        assert list(stale("team_1", "services", windows, api.now)) == []
        api.now += hours * 3_600

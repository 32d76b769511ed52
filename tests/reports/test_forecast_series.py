"""The estimators: what they answer to series whose future is known."""

from __future__ import annotations

import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.reports import forecast_official as official
from gigstack_sync.reports.forecast_revenue import (
    History,
    coverage,
    half_width,
    outlook,
    replay,
)
from gigstack_sync.reports.forecast_series import is_seasonal, project, steady_growth

SEASON = [60, 70, 80, 100, 120, 150, 160, 140, 110, 90, 70, 50]


@pytest.mark.parametrize("months", [4, 12, 40])
def test_a_flat_series_stays_flat(months):
    assert project([100.0] * months, 3).values == pytest.approx((100.0,) * 3)


@pytest.mark.parametrize("months", [0, 1, 3])
def test_too_few_months_give_their_mean_and_say_so(months):
    made = project([100.0, 200.0, 300.0][:months], 2)
    assert made.values == (fmean([100, 200, 300][:months] or [0]),) * 2
    assert "insufficient" in made.method


def test_steady_growth_is_followed_and_fades():
    made = project([100 * 1.03**n for n in range(24)], 12)
    assert made.values[0] == pytest.approx(100 * 1.03**24, rel=0.02)
    assert made.values[0] < made.values[11] < 100 * 1.03**35


def test_chance_is_no_growth():
    rng = random.Random(5)
    assert steady_growth([rng.uniform(80, 120) for _ in range(24)]) == 0


def test_a_step_is_no_growth():
    assert steady_growth([100.0, 101.0] * 8 + [150.0, 151.0] * 4) == 0


def test_a_season_is_found_after_two_years_and_repeated():
    values = [float(value) for value in SEASON * 3]
    assert is_seasonal(values)
    assert not is_seasonal(values[:23])
    assert project(values, 12).values == pytest.approx(SEASON, rel=0.2)


@given(st.lists(st.floats(0, 1e9), max_size=50), st.integers(1, 13))
def test_any_history_gives_amounts_that_are_not_negative(values, steps):
    made = project(values, steps)
    assert len(made.values) == steps
    assert all(value >= 0 for value in made.values)


def test_the_official_trend_compounds():
    assert official.trend([100, 100, 100, 130, 130, 130]) == pytest.approx(10)
    assert official.project([100, 100, 100, 130, 130, 130], 3) == pytest.approx(
        [126.5, 126.5, 139.15]
    )
    assert [official.recovery(days) for days in (30, 31, 90, 120, 121)] == [
        *(0.9, 0.75, 0.5, 0.3, 0.15)
    ]


def halves(values, so_far):
    return History(values, [value / 2 for value in values], so_far, 0.5)


def test_a_month_under_way_is_projected_from_its_start_too():
    slow, fast = (outlook(halves([100.0] * 12, part), 1).steps[0].value for part in (30.0, 70.0))
    assert 60 < slow < 100 < fast < 140


def test_what_is_in_already_is_the_least_of_its_month():
    step = outlook(halves([100.0] * 12, 500.0), 1).steps[0]
    assert 500 <= step.low <= step.value <= step.high


def test_on_its_last_day_a_month_is_known():
    made = outlook(History([100.0] * 12, [100.0] * 12, 90.0, 1.0), 2)
    assert made.steps[0] == (90.0, 90.0, 90.0)
    assert made.steps[1].value == pytest.approx(100, rel=0.1)


def test_without_past_errors_there_is_no_band():
    made = outlook(halves([100.0, 120.0], 50.0), 2)
    assert [step.low for step in made.steps] == [None] * 3
    assert made.coverage is None


def test_a_replay_knows_nothing_of_what_came_later():
    calm, shaken = [100.0] * 20, [100.0] * 19 + [900.0]
    before = [entry.forecast for entry in replay(halves(calm, 50.0), 3)]
    after = [entry.forecast for entry in replay(halves(shaken, 50.0), 3)]
    assert before[:-1] == after[:-1]


def test_bands_hold_about_what_they_aim_at():
    held = []
    for seed in range(40):
        rng = random.Random(seed)
        values = [100 * rng.lognormvariate(0, 0.25) for _ in range(30)]
        held.append(coverage(replay(halves(values, 50.0), 4, season=False, strength=1.0)))
    assert 0.72 < fmean(held) < 0.92


def test_the_width_allows_for_few_errors():
    assert half_width([0.1] * 3) is None
    assert half_width([0.1, 0.2, 0.3, 0.4]) == 0.4
    assert half_width([n / 100 for n in range(1, 100)]) == 0.8

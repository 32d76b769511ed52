"""Forecasts of one monthly series: small, classical methods whose median is hard to beat.

Values are floats, oldest first, one per complete month, zeros included. A method takes them and a
number of steps and answers one value per step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import exp, log
from statistics import fmean, median
from typing import Final

Values = Sequence[float]

SHORTEST: Final = 4
"""Complete months below which only their mean is offered, labelled as insufficient."""
SEASONAL: Final = 24
"""Complete months from which a season of twelve can be told from chance."""
REMEMBERED: Final = 48
"""Older months say nothing about the next ones."""

_ALPHAS: Final = (0.1, 0.2, 0.35, 0.55, 0.8)
_BETAS: Final = (0.1, 0.3)
_PHI: Final = 0.9
_TREND_MONTHS: Final = 24
_SHORTEST_TREND: Final = 8
_STEADY: Final = 2.5
"""Standard errors a slope must be away from 0."""
_LASTING: Final = 0.95
"""Share of a trend that is left a month later: none goes on for ever."""
_STEEPEST: Final = 0.08
_SEASON_PRIOR: Final = 0.3
"""Years' worth of belief that a month is like any other."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Values for the steps ahead, and the method that made them."""

    values: tuple[float, ...]
    method: str


def project(values: Values, steps: int, *, season: bool | None = None) -> Projection:
    """The forecast for as many months ahead. `season` spares finding out whether there is one."""
    recent = list(values)[-REMEMBERED:]
    if len(recent) < SHORTEST:
        level = fmean(recent) if recent else 0.0
        return Projection((level,) * steps, "mean (insufficient history)")
    if season is None:
        season = is_seasonal(recent)
    if season and len(recent) >= SEASONAL - 6:
        return Projection(tuple(seasonal(recent, steps)), "seasonal median of methods")
    return Projection(tuple(trended(recent, steps)), "median of methods")


def trended(values: Values, steps: int) -> list[float]:
    """The combined methods, around the trend if there is a steady one, which then fades."""
    slope = steady_growth(values)
    if not slope:
        return combined(values, steps)
    last = len(values) - 1
    level = [value * exp(slope * (last - n)) for n, value in enumerate(values)]
    fading = accumulate(slope * _LASTING**n for n in range(steps))
    ahead = combined(level, steps)
    return [value * exp(growth) for value, growth in zip(ahead, fading, strict=True)]


def combined(values: Values, steps: int) -> list[float]:
    """Per step, the median of the level methods and the trend methods; never below zero."""
    answers = [method(values, steps) for method in (smoothed, theta, damped, recent_mean)]
    return [max(0.0, median(step)) for step in zip(*answers, strict=True)]


def recent_mean(values: Values, steps: int) -> list[float]:
    """The mean of the last three months, for ever."""
    return [fmean(values[-3:])] * steps


def smoothed(values: Values, steps: int) -> list[float]:
    """Simple exponential smoothing; its constant is the one that served best so far."""
    return [_best_level(values)[1]] * steps


def theta(values: Values, steps: int) -> list[float]:
    """Smoothing plus half the slope of the straight line through the history."""
    alpha, level = _best_level(values)
    drift = _slope(values) / 2
    late = (1 - (1 - alpha) ** len(values)) / alpha
    return [level + drift * (step + late) for step in range(steps)]


def damped(values: Values, steps: int) -> list[float]:
    """Holt's trend, fading by a tenth a month; constants as they served best."""
    fits = [_holt(values, alpha, beta) for alpha in _ALPHAS[1:] for beta in _BETAS]
    _, level, trend = min(fits)
    fading = accumulate(_PHI**n for n in range(1, steps + 1))
    return [level + trend * share for share in fading]


def seasonal(values: Values, steps: int) -> list[float]:
    """The methods on what the season leaves, times the season."""
    season = season_of(values)
    offset = len(values)
    rest = [value / season[n % 12] for n, value in enumerate(values)]
    ahead = trended(rest, steps)
    return [value * season[(offset + n) % 12] for n, value in enumerate(ahead)]


def season_of(values: Values) -> list[float]:
    """Twelve factors around 1, the first for the first value's month; shrunk towards 1."""
    ratios: list[list[float]] = [[] for _ in range(12)]
    for n, level in _centred_year(values).items():
        if level > 0:
            ratios[n % 12].append(values[n] / level)
    shrunk = [(sum(r) + _SEASON_PRIOR) / (len(r) + _SEASON_PRIOR) for r in ratios]
    whole = fmean(shrunk)
    return [max(0.05, factor / whole) for factor in shrunk]


def is_seasonal(values: Values) -> bool:
    """Whether its season would have forecast the last year better than doing without it."""
    if len(values) < SEASONAL:
        return False
    plain = with_season = 0.0
    for origin in range(max(len(values) - 12, SEASONAL - 6), len(values)):
        actual = values[origin]
        plain += abs(actual - trended(values[:origin], 1)[0])
        with_season += abs(actual - seasonal(values[:origin], 1)[0])
    return with_season < 0.85 * plain


def steady_growth(values: Values) -> float:
    """Logarithmic growth a month, 0 unless it is beyond chance and holds in both halves."""
    recent = values[-_TREND_MONTHS:]
    if len(recent) < _SHORTEST_TREND or min(recent) <= 0:
        return 0.0
    logs = [log(value) for value in recent]
    slope, half = _slope(logs), len(logs) // 2
    if abs(slope) <= _STEADY * _slope_error(logs, slope):
        return 0.0
    early, late = _slope(logs[:half]) / slope, _slope(logs[-half:]) / slope
    if min(early, late) < 0.4:
        return 0.0
    return max(-_STEEPEST, min(_STEEPEST, slope * min(1.0, late)))


def _slope_error(values: Values, slope: float) -> float:
    """Standard error of a slope, wider where one error follows from the last."""
    count, middle, mean = len(values), (len(values) - 1) / 2, fmean(values)
    errors = [value - mean - slope * (n - middle) for n, value in enumerate(values)]
    squares = sum(error * error for error in errors)
    following = sum(a * b for a, b in pairwise(errors))
    chained = min(0.8, max(0.0, following / squares)) if squares else 0.0
    spread = (count**3 - count) / 12
    return float((squares / (count - 2) / spread * (1 + chained) / (1 - chained)) ** 0.5)


def _centred_year(values: Values) -> dict[int, float]:
    """Position → mean of the year around it, for those that have one."""
    return {
        n: (sum(values[n - 6 : n + 7]) - (values[n - 6] + values[n + 6]) / 2) / 12
        for n in range(6, len(values) - 6)
    }


def _best_level(values: Values) -> tuple[float, float]:
    """(constant, last level) of the smoothing with the smallest absolute errors."""
    _, level, alpha = min((*_smooth(values, alpha), alpha) for alpha in _ALPHAS)
    return alpha, level


def _smooth(values: Values, alpha: float) -> tuple[float, float]:
    level = fmean(values[:3])
    error = 0.0
    for value in values:
        error += abs(value - level)
        level += alpha * (value - level)
    return error, level


def _holt(values: Values, alpha: float, beta: float) -> tuple[float, float, float]:
    level, trend, error = fmean(values[:3]), 0.0, 0.0
    for value in values:
        ahead = level + _PHI * trend
        error += abs(value - ahead)
        raised = alpha * value + (1 - alpha) * ahead
        trend = beta * (raised - level) + (1 - beta) * _PHI * trend
        level = raised
    return error, level, trend


def _slope(values: Values) -> float:
    """Least squares, units a month."""
    count, middle = len(values), (len(values) - 1) / 2
    leaning = sum((n - middle) * value for n, value in enumerate(values))
    return leaning * 12 / (count**3 - count)

"""A monthly series with a month under way: this month, the next ones, and bands of past errors.

Amounts are floats in one currency. Step 0 is the month of the cut, step 1 the one after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, exp
from statistics import fmean
from typing import Final, NamedTuple

from gigstack_sync.reports.forecast_series import (
    SEASONAL,
    SHORTEST,
    Values,
    is_seasonal,
    project,
    season_of,
    steady_growth,
)

LEVEL: Final = 0.8
"""Share of outcomes a band is meant to hold."""
ORIGINS: Final = 24
"""Past months from which the forecast is repeated to learn its errors."""
FEWEST_ERRORS: Final = 4
_SHARE_PRIOR: Final = 2.0
"""Months' worth of belief that money comes in evenly over a month."""
_STRENGTHS: Final = (0.3, 1.0, 3.0, 10.0, 30.0)
_TELLING: Final = 0.6
"""Part of a month that must be in before its projection counts as one more month of history."""


@dataclass(frozen=True, slots=True)
class History:
    """Complete months, oldest first without gaps, and the month of the cut."""

    values: Sequence[float]
    to_day: Sequence[float]
    """Of each of those, what was in by the cut's day of the month."""
    so_far: float
    """In the month of the cut up to the cut."""
    elapsed: float
    """Part of that month that has passed, 0 to 1; at 1 it is complete and nothing is open."""


class Estimate(NamedTuple):
    """A value with its band; low and high are None where there are too few past errors."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """Estimates by step, how they were made, and what such bands held so far."""

    steps: tuple[Estimate, ...]
    method: str
    growth: float
    """Steady growth a month as a share; 0 when there is none beyond chance."""
    coverage: float | None
    """Share of past outcomes inside the band of their time; None before any can be judged."""
    origins: int


class Past(NamedTuple):
    """A forecast made again: from which month, how far ahead, and what came of it."""

    origin: int
    step: int
    forecast: float
    actual: float
    scale: float


def outlook(history: History, months: int) -> Outlook:
    """The month of the cut and as many after it."""
    season = is_seasonal(history.values)
    strength = _strength(history, season)
    values, method = _ahead(history, months + 1, season, strength)
    past = replay(history, months + 1, season=season, strength=strength)
    scale = _scale(history.values)
    bands = [
        _band(value, max(value, scale), errors_of(past, step)) for step, value in enumerate(values)
    ]
    if history.elapsed >= 1:
        bands[0] = Estimate(history.so_far, history.so_far, history.so_far)
    steps = (_at_least(bands[0], history.so_far), *bands[1:])
    origins = len({entry.origin for entry in past})
    return Outlook(steps, method, _growth(history.values, season), coverage(past), origins)


def replay(
    history: History, steps: int, *, season: bool | None = None, strength: float | None = None
) -> list[Past]:
    """The same forecast from earlier months, each knowing only what was known then.

    What is not given is decided anew each time, as it would have been.
    """
    count = len(history.values)
    past = []
    for origin in range(max(SHORTEST - 1, count - ORIGINS), count):
        then = _as_of(history, origin)
        has_season = is_seasonal(then.values) if season is None else season
        chosen = _strength(then, has_season) if strength is None else strength
        values, _ = _ahead(then, steps, has_season, chosen)
        scale = _scale(then.values)
        past += [
            Past(origin, step, value, history.values[origin + step], max(value, scale))
            for step, value in enumerate(values)
            if origin + step < count
        ]
    return past


def errors_of(past: Iterable[Past], step: int, before: int | None = None) -> list[float]:
    """Errors as shares of their scale, known before a month; later steps are pooled when few."""
    known = [e for e in past if before is None or e.origin + e.step < before]
    own = [_error(e) for e in known if e.step == step]
    if step == 0 or len(own) >= 2 * FEWEST_ERRORS:
        return own
    return [_error(e) for e in known if e.step >= 1]


def coverage(past: Sequence[Past]) -> float | None:
    """Share of outcomes inside a band made from the errors known at their origin."""
    inside = []
    for entry in past:
        width = half_width(errors_of(past, entry.step, entry.origin))
        if width is not None:
            inside.append(_error(entry) <= width)
    return fmean(inside) if inside else None


def half_width(errors: Sequence[float]) -> float | None:
    """The error that a share LEVEL of them stays below, allowing for their small number."""
    if len(errors) < FEWEST_ERRORS:
        return None
    place = min(len(errors), ceil((len(errors) + 1) * LEVEL))
    return sorted(errors)[place - 1]


def _ahead(history: History, steps: int, season: bool, strength: float) -> tuple[list[float], str]:
    """Values by step; the month under way is projected from both its past and its start."""
    values = list(history.values)
    if history.elapsed >= 1:
        projection = project([*values, history.so_far], max(1, steps - 1), season=season)
        return [history.so_far, *projection.values][:steps], projection.method
    first = project(values, steps, season=season)
    share = _share(history)
    now = _now(first.values[0], history.so_far, share, strength)
    if share < _TELLING or steps == 1 or len(values) < SHORTEST:
        return [now, *first.values[1:]], first.method
    later = project([*values, now], steps - 1, season=season)
    return [now, *later.values], later.method


def _now(forecast: float, so_far: float, share: float, strength: float) -> float:
    """What is in, plus the rest of the month at a level learned from both."""
    if forecast <= 0:
        return so_far
    level = forecast * (strength + so_far / forecast) / (strength + share)
    return so_far + (1 - share) * level


def _share(history: History) -> float:
    """The part of a month that is usually in by the cut's day."""
    totals, parts = sum(history.values[-12:]), sum(history.to_day[-12:])
    prior = _SHARE_PRIOR * totals / max(1, min(12, len(history.values)))
    if totals <= 0:
        return history.elapsed
    return (parts + prior * history.elapsed) / (totals + prior)


def _strength(history: History, season: bool) -> float:
    """How many months the forecast weighs against the start of a month, as served best so far."""
    if history.elapsed >= 1 or len(history.values) < 2 * SHORTEST:
        return 1.0
    count = len(history.values)
    wrong = dict.fromkeys(_STRENGTHS, 0.0)
    for origin in range(max(SHORTEST, count - 12), count):
        then = _as_of(history, origin)
        forecast = project(then.values, 1, season=season).values[0]
        share = _share(then)
        for strength in wrong:
            now = _now(forecast, then.so_far, share, strength)
            wrong[strength] += abs(now - history.values[origin])
    return min(wrong, key=wrong.__getitem__)


def _as_of(history: History, origin: int) -> History:
    """The history as it was in an earlier month, on the same day of it."""
    values, to_day = history.values, history.to_day
    return History(values[:origin], to_day[:origin], to_day[origin], history.elapsed)


def _growth(values: Values, season: bool) -> float:
    if season and len(values) >= SEASONAL:
        factors = season_of(values)
        values = [value / factors[n % 12] for n, value in enumerate(values)]
    return exp(steady_growth(values)) - 1


def _scale(values: Values) -> float:
    """Half of a usual month: a forecast near zero is not held to shares of itself."""
    return fmean(values[-12:]) / 2 if values else 0.0


def _error(entry: Past) -> float:
    miss = abs(entry.actual - entry.forecast)
    return miss / entry.scale if entry.scale else float(miss > 0)


def _band(value: float, scale: float, errors: Sequence[float]) -> Estimate:
    width = half_width(errors)
    if width is None:
        return Estimate(value, None, None)
    return Estimate(value, max(0.0, value - width * scale), value + width * scale)


def _at_least(estimate: Estimate, floor: float) -> Estimate:
    """What is in already cannot be less."""
    return Estimate(*(None if part is None else max(floor, part) for part in estimate))  # type: ignore[arg-type]

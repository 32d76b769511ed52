"""Business time in Mexico City: local days, opening hours, seasons."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from math import sqrt

DAY = 86_400
_EPOCH = date(1970, 1, 1)
_OPENS, _OPEN_FOR = 9 * 3600, 11 * 3600
_WEEKDAY = (1.0, 1.05, 1.1, 1.05, 1.15, 0.45, 0.12)
_MONTH = (0.85, 0.9, 1.0, 0.97, 1.08, 0.96, 0.94, 1.0, 1.0, 1.06, 1.25, 1.35)
_HOLIDAYS = ((1, 1), (5, 1), (9, 16), (12, 12), (12, 25))


def on(day: int) -> date:
    """Name the local day numbered from 1970-01-01."""
    return _EPOCH + timedelta(days=day)


def number(day: date) -> int:
    """Number a local day from 1970-01-01."""
    return (day - _EPOCH).days


def behind_utc(day: date) -> int:
    """Seconds Mexico City is behind UTC; summer time ended for good in October 2022."""
    if day.year > 2022:
        return 6 * 3600
    first_sunday = _sunday_on_or_before(date(day.year, 4, 7))
    last_sunday = _sunday_on_or_before(date(day.year, 10, 31))
    return 5 * 3600 if first_sunday <= day < last_sunday else 6 * 3600


def _sunday_on_or_before(day: date) -> date:
    return day - timedelta(days=(day.weekday() + 1) % 7)


@lru_cache(maxsize=4096)
def midnight(day: int) -> int:
    """Epoch seconds at which a local day begins."""
    return day * DAY + behind_utc(on(day))


def day_of(moment: float) -> int:
    """Number of the local day of a moment."""
    guess = int(moment - 6 * 3600) // DAY
    return guess + 1 if moment >= midnight(guess + 1) else guess


def local_text(moment: float) -> str:
    """Spell a moment as CFDIs do: local time without offset."""
    day = day_of(moment)
    minutes, seconds = divmod(int(moment) - midnight(day), 60)
    return f"{on(day)}T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def busyness(day: int, progress: float) -> float:
    """Relative sales of a local day; `progress` 0..1 is how far the business has grown."""
    date_ = on(day)
    weight = _WEEKDAY[date_.weekday()] * _MONTH[date_.month - 1] * (1 + 1.6 * progress)
    if (date_ + timedelta(days=3)).month != date_.month:
        weight *= 1.25
    return weight * 0.1 if (date_.month, date_.day) in _HOLIDAYS else weight


def share_by(second: float) -> float:
    """Share of a day's sales done by a second of the local day: a triangle peaking at 14:30."""
    x = min(max((second - _OPENS) / _OPEN_FOR, 0.0), 1.0)
    return 2 * x * x if x < 0.5 else 1 - 2 * (1 - x) ** 2


def second_at(share: float) -> int:
    """Second of the local day by which a share of its sales is done."""
    x = sqrt(share / 2) if share < 0.5 else 1 - sqrt((1 - share) / 2)
    return int(_OPENS + _OPEN_FOR * x)


def workday(day: int) -> int:
    """The same local day, or the Monday after a weekend."""
    return day + (0, 0, 0, 0, 0, 2, 1)[on(day).weekday()]


def months_before(day: date, months: int) -> date:
    """The first day of the window that ends on `day` and lasts `months`."""
    total = day.year * 12 + day.month - 1 - months
    return date(total // 12, total % 12 + 1, min(day.day, 28))


def next_month(day: date) -> date:
    """The first of the month after."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)

"""The official command line's formulas, to be measured beside ours on the same past.

They are given every row, not the newest hundred that its own requests return.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Final

REMEMBERED: Final = 6
"""Complete months it looks at."""
RECOVERY: Final = ((30, 0.9), (60, 0.75), (90, 0.5), (120, 0.3))
"""Days since issue, and the share of a balance it expects up to there."""
LEAST: Final = 0.15


def trend(values: Sequence[float]) -> float:
    """Percent a month, from the months above zero among the last six."""
    months = [value for value in values[-REMEMBERED:] if value > 0]
    if len(months) >= 4:
        middle = len(months) // 2
        early, late = fmean(months[:middle]), fmean(months[middle:])
        return (late - early) / early * 100 / middle
    if len(months) >= 2:
        return (months[-1] - months[0]) / months[0] * 100 / (len(months) - 1)
    return 0.0


def project(values: Sequence[float], steps: int) -> list[float]:
    """Values from the month under way on, as many as `steps` asks for: a compounded trend."""
    months = [value for value in values[-REMEMBERED:] if value > 0]
    mean = fmean(months) if months else 0.0
    growth = 1 + trend(values) / 100
    return [mean * growth ** max(1, step) for step in range(steps)]


def recovery(days: int) -> float:
    """The share it expects of a balance so many days after issue."""
    return next((share for last, share in RECOVERY if days <= last), LEAST)

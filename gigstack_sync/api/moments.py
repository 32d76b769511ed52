"""The API's many ways to write an instant, as epoch seconds.

Seconds, milliseconds, digits in quotes, ISO text, and Firestore's
{_seconds, _nanoseconds} have all been seen in the same field.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
_MILLISECONDS_FROM = 1e11


def epoch_seconds(value: Any) -> float | None:
    """Read any such value as epoch seconds; None for absurd ones (before 2000, after 2100)."""
    if isinstance(value, dict):
        value = _firestore(value)
    if isinstance(value, str):
        value = _number(value) or _iso(value)
    elif isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _sane(value / 1000 if abs(value) > _MILLISECONDS_FROM else value)


def local_seconds(value: Any) -> float | None:
    """Read SAT's zoneless local ISO text as if it were UTC: the digits count, a zone does not."""
    if not isinstance(value, str):
        return epoch_seconds(value)
    return _sane(_iso(value, keep_digits=True))


def _sane(seconds: float | None) -> float | None:
    if seconds is None or not EARLIEST <= seconds <= LATEST:
        return None
    return float(seconds)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _iso(text: str, *, keep_digits: bool = False) -> float | None:
    try:
        moment = datetime.fromisoformat(text.strip())
        zone = UTC if keep_digits or moment.tzinfo is None else moment.tzinfo
        return moment.replace(tzinfo=zone).timestamp()
    except (ValueError, OverflowError):
        return None


def _firestore(value: dict[Any, Any]) -> float | None:
    seconds = value.get("_seconds", value.get("seconds"))
    nanos = value.get("_nanoseconds", value.get("nanoseconds")) or 0
    try:
        return float(seconds) + float(nanos) / 1e9  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None

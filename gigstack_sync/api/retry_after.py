"""How long a server asks us to wait: Retry-After first, then the rate-limit headers.

Values are seconds. What a server writes is only a hint: the caller bounds it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gigstack_sync.api.wire import Reply

_EPOCH_FROM = 1e9  # a reset this large is an instant, not a delay
_RESET = re.compile(r"\bt=(\d+)")
_RESET_HEADERS = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")


def asked_wait(reply: Reply) -> float | None:
    """Seconds the server wants us to stay away; None if it does not say. Never negative."""
    wait = _retry_after(reply)
    if wait is None:
        wait = _rate_limit(reply.headers, reply.server_time)
    return None if wait is None else max(0.0, wait)


@lru_cache(maxsize=64)
def http_date(text: str) -> float | None:
    """Read an HTTP date as epoch seconds; None if it is none."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _retry_after(reply: Reply) -> float | None:
    text = reply.headers.get("retry-after", "").strip()
    seconds = _seconds(text)
    if seconds is not None or not text:
        return seconds
    until = http_date(text)
    # against the server's own clock: ours may be a day off
    return None if until is None else until - reply.server_time


def _rate_limit(headers: Mapping[str, str], now: float) -> float | None:
    modern = _RESET.search(headers.get("ratelimit", ""))
    if modern:
        return _seconds(modern[1])
    for name in _RESET_HEADERS:
        reset = _seconds(headers.get(name, "").strip())
        if reset is not None:
            return _until(reset, now)
    return None


def _until(reset: float, now: float) -> float:
    if reset < _EPOCH_FROM:
        return reset
    return (reset / 1000 if reset > _EPOCH_FROM * 100 else reset) - now


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if abs(seconds) < float("inf") else None

"""How old the mirror's knowledge is, and whether the promise is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gigstack_sync.sync.windows import Window, promised_age

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GRACE = 3_600
"""Seconds past the promise before it counts as broken: cron runs take turns."""


def stale(
    team_id: str, stream: str, windows: Sequence[tuple[int, int, int]], now: int
) -> Iterator[dict[str, Any]]:
    """Windows whose newest rows were last looked at longer ago than promised."""
    for start, end, walked_at in windows:
        window = Window(start, end, walked_at)
        if now - window.walked_at > promised_age(window.end - 1, now) + GRACE:
            yield {
                "team_id": team_id,
                "stream": stream,
                "from": _iso(window.start),
                "to": _iso(window.end),
                "walked_at": _iso(window.walked_at),
            }


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(max(0, seconds), UTC).isoformat(timespec="seconds")

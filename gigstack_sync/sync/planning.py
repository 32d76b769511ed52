"""What the next run would look at and what that would cost, without asking the API."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gigstack_sync.sync.streams import Axis, Stream
from gigstack_sync.sync.walk import NO_FILTER, page_estimate
from gigstack_sync.sync.windows import Span, gaps, union

if TYPE_CHECKING:
    from gigstack_sync.store.census import Census
    from gigstack_sync.store.ledger import Ledger
    from gigstack_sync.sync.wishes import Wishes


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """One stream's share of a plan. `requests` is None where the size is not known yet."""

    stream: str
    why: str
    requests: int | None
    rows: int

    def as_json(self) -> dict[str, Any]:
        """The documented shape."""
        return {
            "stream": self.stream,
            "why": self.why,
            "requests": self.requests,
            "rows": self.rows,
        }


@dataclass(frozen=True, slots=True)
class Planner:
    """Reads the ledger and counts rows."""

    census: Census
    ledger: Ledger

    def plan(self, team_id: str, stream: Stream, wishes: Wishes) -> StreamPlan:
        """The cost of one stream at this machine's clock; one request for its newest rows."""
        now = int(time.time())
        live = self.census.live(team_id, stream.name)
        everything = Span(0, now)
        if not wishes.windows:
            return StreamPlan(stream.name, "first look at everything", None, live)
        if stream.axis is Axis.NONE or self._dialect(team_id, stream) == NO_FILTER:
            return StreamPlan(stream.name, "listed whole", page_estimate(live), live)
        spans = wishes.spans(now, now)
        rows = [self.census.between(team_id, stream.name, s.start, s.end) for s in spans]
        # The newest page comes with the first request, whatever else is wanted.
        requests = (
            1 + sum(page_estimate(n) for n in rows[:-1]) + max(0, page_estimate(sum(rows[-1:])) - 1)
        )
        missing = union(gaps(wishes.windows, everything))
        open_before = [s for s in missing if s.end < now]
        why = "unfinished windows" if open_before else "new, due and volatile rows"
        return StreamPlan(stream.name, why, requests, sum(rows))

    def _dialect(self, team_id: str, stream: Stream) -> str:
        return self.ledger.facts(team_id, stream.name).dialect

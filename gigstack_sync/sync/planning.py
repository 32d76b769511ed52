"""What the next run would look at and what that would cost, without asking the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gigstack_sync.store.census import Census
from gigstack_sync.store.ledger import Ledger
from gigstack_sync.sync.engine import Options, wishes_for
from gigstack_sync.sync.streams import Axis, Stream
from gigstack_sync.sync.walk import NO_FILTER, page_estimate
from gigstack_sync.sync.windows import Span, Window, gaps

if TYPE_CHECKING:
    import duckdb


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


def plan_of_nothing(options: Options) -> list[StreamPlan]:
    """The plan before the first run: nothing is known of any stream."""
    return [StreamPlan(s.name, "first look at everything", None, 0) for s in options.streams]


def plan(
    con: duckdb.DuckDBPyConnection, team: str | None, options: Options, now: int
) -> list[StreamPlan]:
    """The cost of each stream at this machine's clock, for a team or the account's own."""
    census, ledger = Census(con), Ledger(con)
    bound = con.execute("select team_id from sync.account").fetchone()
    team_id = team or (bound[0] if bound else "")
    return [_plan(census, ledger, team_id, stream, options, now) for stream in options.streams]


def _plan(
    census: Census, ledger: Ledger, team_id: str, stream: Stream, options: Options, now: int
) -> StreamPlan:
    name = stream.name
    windows = [Window(*row) for row in ledger.windows(team_id, name)]
    live = census.live(team_id, name)
    if not windows:
        return StreamPlan(name, "first look at everything", None, live)
    if stream.axis is Axis.NONE or ledger.facts(team_id, name).dialect == NO_FILTER:
        return StreamPlan(name, "listed whole", page_estimate(live), live)
    spans = wishes_for(census, team_id, stream, windows, options).spans(now, now)
    rows = [census.between(team_id, name, span.start, span.end) for span in spans]
    return StreamPlan(name, _reason(windows, spans, now), _requests(rows), sum(rows))


def _requests(rows: list[int]) -> int:
    """The newest page comes with the first request, whatever else is wanted."""
    newest = page_estimate(rows[-1]) if rows else 1
    return newest + sum(map(page_estimate, rows[:-1]))


def _reason(windows: list[Window], spans: list[Span], now: int) -> str:
    unfinished = [gap for gap in gaps(windows, Span(0, now)) if gap.end < now]
    if unfinished:
        return "unfinished windows"
    return "new, due and volatile rows" if len(spans) > 1 else "new and recent rows"

"""Lists everything again and compares it with the mirror, writing nothing."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from gigstack_sync.errors import GigstackError
from gigstack_sync.store.compare import Comparison, Difference
from gigstack_sync.store.ledger import Ledger
from gigstack_sync.sync.engine import perform
from gigstack_sync.sync.perform import Performer, Source
from gigstack_sync.sync.walk import Walk
from gigstack_sync.sync.walkers import Walkers
from gigstack_sync.sync.wishes import Wishes

if TYPE_CHECKING:
    import duckdb

    from gigstack_sync.sync.streams import Stream


@dataclass(slots=True)
class Verdict:
    """What verify found in one stream."""

    team_id: str
    stream: str
    rows: int = 0
    """Rows the server listed."""
    differences: list[Difference] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The documented shape."""
        return {
            "team_id": self.team_id,
            "stream": self.stream,
            "rows": self.rows,
            "differences": [d.as_json() for d in self.differences],
            "errors": self.errors,
        }


def verify(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    team_id: str,
    streams: tuple[Stream, ...],
    *,
    own_team: str,
    size: int,
) -> list[Verdict]:
    """Walk every stream whole and compare ids and bodies; raises what ends the walk at once."""
    comparison = Comparison(con)
    ledger = Ledger(con)
    performer = Performer(source, None if team_id == own_team else team_id)
    walkers = Walkers(
        partial(perform, performer), size=size, may_ask=lambda: True, stop=threading.Event()
    )
    walks = []
    for stream in streams:
        facts = ledger.facts(team_id, stream.name)
        wishes = Wishes(is_full=True)
        walks.append(Walk(stream, team_id, wishes, facts.dialect, walkers.hungry))
    try:
        for walk in walks:
            walkers.submit(walk, walk.begin())
        for event in walkers.events():
            if event.answer and not event.look.row_id:
                comparison.add(event.walk.stream.name, event.answer.lines)
    finally:
        walkers.close()
    return [_verdict(walk, comparison, own_team) for walk in walks]


def _verdict(walk: Walk, comparison: Comparison, own_team: str) -> Verdict:
    name = walk.stream.name
    verdict = Verdict(walk.team_id, name, comparison.rows(name))
    failures: list[GigstackError] = walk.errors
    if failures and walk.stream.is_optional and not verdict.rows:
        return verdict
    verdict.errors = [str(error) for error in failures]
    pinned = own_team if name == "teams" else ""
    verdict.differences = [
        d
        for d in comparison.differences(walk.team_id, name)
        if not (failures and d.kind == "only in the mirror") and d.id != pinned
    ]
    return verdict

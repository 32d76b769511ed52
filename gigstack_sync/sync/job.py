"""One stream of one team in one run: its walk, its ledger, its report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gigstack_sync.sync.windows import Span, Window, shared, union

if TYPE_CHECKING:
    from gigstack_sync.store.ledger import StreamFacts
    from gigstack_sync.sync.look import Answer
    from gigstack_sync.sync.report import StreamReport
    from gigstack_sync.sync.streams import Stream
    from gigstack_sync.sync.walk import Walk


@dataclass(eq=False, slots=True)
class Job:
    """Belongs to the writer's thread, except for the walk."""

    team_id: str
    stream: Stream
    walk: Walk
    report: StreamReport
    facts: StreamFacts
    windows: list[Window]
    covered: list[Span] = field(default_factory=list)
    """Complete in this run, so what was not seen there is missing."""
    is_whole: bool = False
    lacking: str | None = None
    """A list row that lacks an essential field, to be compared with its GET."""
    waiting: int = 0
    """Rows that have arrived and are not written yet."""
    is_long: bool = False
    """More than one page: worth a bar that says how far it is."""
    stage: int = 0
    """How far it is settled; see settle.STAGES."""
    missing: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    """Id → (key, second) of rows the lists should have shown and did not."""
    gone: list[str] = field(default_factory=list)
    """Ids that a GET confirmed as gone."""
    moved: set[str] = field(default_factory=set)
    """Ids that a GET showed at another time than the mirror had: their creation was edited."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Id → id under which a GET showed the row instead."""
    withheld: list[Window] = field(default_factory=list)
    """Claims that wait until it is known what became of the rows that were not shown."""
    had_rows: bool = True
    """The mirror had live rows of the stream when the run began."""
    pinned: str = ""
    """Id of a row that must be there though the list may not show it."""
    news: dict[str, Any] = field(default_factory=dict)
    """What this run learned of the stream."""
    changed_before: int = 0
    is_forced: bool = False
    """Listed whole in this run only, for rows that stand nowhere in time."""
    is_doubtful: bool = False
    """The lists and the single records disagree."""
    is_rechecked: bool = False
    is_alarmed: bool = False
    """Everything was looked at because the server's total did not fit."""

    def claims(self, span: Span) -> list[Window]:
        """What may be said of a span just listed, to be laid over the windows in this order.

        A list that leaves fields out says nothing of them: where their bodies are not fetched
        again, the look that they rest on stays the older one.
        """
        news = [Window(span.start, span.end, self.walk.now)]
        if not self.facts.is_subset:
            return news
        bodies = self._bodies()
        older = [piece for window in self.windows for piece in window.within([span])]
        return news + [piece for window in older for piece in window.outside(bodies)]

    def doubtful(self, listed: list[Window]) -> list[Span]:
        """Where among these the bodies have to be fetched again, since the list cannot tell."""
        return shared([Span(w.start, w.end) for w in listed], self._bodies())

    def _bodies(self) -> list[Span]:
        if self.is_rechecked:
            return []
        return self.walk.wishes.bodies(self.walk.now, self.walk.ceiling)

    @property
    def may_miss(self) -> bool:
        """Some row of the mirror may not have been shown in the walk that goes on."""
        return self.had_rows or self.is_rechecked

    def withhold(self, seconds: set[int]) -> None:
        """Take these seconds out of the windows until the rows there are settled."""
        holes = union(Span(at, at + 1) for at in seconds)
        if not holes:
            return
        self.withheld += [piece for w in self.windows for piece in w.within(holes)]
        self.windows = [piece for w in self.windows for piece in w.outside(holes)]

    def has_moved(self, answer: Answer) -> bool:
        """Whether a row asked for because no list showed it now stands elsewhere in time."""
        return any(
            place.id in self.missing and self.missing[place.id][1] != place.at
            for place in answer.places
        )

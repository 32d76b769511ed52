"""How one stream of one team is walked in one run: a state machine without I/O.

It begins with the newest rows unfiltered, proves that the date filter works, then asks for
every span wished for, cutting long ones so that all walkers have work. Where filter or order
turn out not to be honoured it goes through everything once, by the server's cursor.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gigstack_sync.errors import BadAnswer, GigstackError
from gigstack_sync.sync import paging
from gigstack_sync.sync.look import PAGE, Answer, Kind, Look, Place
from gigstack_sync.sync.passes import Passes
from gigstack_sync.sync.streams import Axis, Dialect, Stream, dialects, resolution
from gigstack_sync.sync.windows import DAY, Span, split, union, without

if TYPE_CHECKING:
    from collections.abc import Callable

    from gigstack_sync.sync.wishes import Wishes

WORTH_SPLITTING = 2
"""Pages a part should have: each part ends with a page that is not full."""
FIRST_SHARE = 16
"""Pages a part should have while nothing is known of the density."""
LIKELY_HISTORY = 6 * 365 * DAY
"""Where a list will not be sorted. SAT keeps the running year and the five before it; a longer
history is complete all the same, its beginning being one span more."""
NO_FILTER = "none"
"""The dialect remembered where no spelling of the filter is honoured."""


@dataclass(slots=True)
class Outcome:
    """What one answer means: spans complete from now on, and the looks it leads to."""

    covered: list[Span] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    is_whole: bool = False
    """Every row was seen: what is not among them is gone."""
    starts_over: bool = False
    """What was claimed earlier in this run is void: the filter was not honoured."""


@dataclass(slots=True)
class Walk:
    """State of one stream's walk. Not thread safe: the caller holds a lock."""

    stream: Stream
    team_id: str
    wishes: Wishes
    known_dialect: str = ""
    hungry: Callable[[], int] = lambda: 0
    """How many more looks the walkers could take now."""
    now: int = 0
    ceiling: int = 0
    total: int | None = None
    dialect: Dialect | None = None
    is_proved: bool = False
    outstanding: int = 0
    generation: int = 0
    errors: list[GigstackError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _held: list[Span] = field(default_factory=list)
    _head: Answer | None = None
    _oldest: int | None = None
    _awaits_oldest: bool = False
    _passes: Passes | None = None

    def begin(self) -> list[Look]:
        """The first look."""
        return [Look(Kind.HEAD, generation=self.generation)]

    def take(self, look: Look, answer: Answer) -> Outcome:
        """What an answer leads to. Errors it proves are kept in `errors`."""
        if look.generation != self.generation:
            return Outcome()
        try:
            return self._take(look, answer)
        except paging.NotHonoured as reason:
            return self._change_method(str(reason))
        except BadAnswer as error:
            self.errors.append(error)
            return Outcome()

    def fail(self, look: Look, error: GigstackError) -> Outcome:
        """A look that could not be made: begin its span again once, then give it up."""
        if look.generation == self.generation:
            if look.kind is Kind.OLDEST:
                return self._learn_oldest(None)
            if look.cursor and look.kind is Kind.SPAN and not look.restarts:
                again = replace(look, cursor=None, cursors=frozenset(), empties=0, restarts=1)
                return Outcome(looks=[again])
            if self._passes and self._passes.may_restart():
                return Outcome(looks=[self._first_of_pass()])
        self.errors.append(error)
        if look.kind is Kind.SPAN and self.known_dialect and not self.is_proved:
            # A page that cannot be had must not keep the rest of the history from being read.
            self.is_proved = True
            return Outcome(looks=self._release())
        return Outcome()

    def _take(self, look: Look, answer: Answer) -> Outcome:
        match look.kind:
            case Kind.HEAD:
                return self._take_head(answer)
            case Kind.OLDEST:
                return self._learn_oldest(answer)
            case Kind.WHOLE:
                return self._take_whole(look, answer)
            case Kind.SPAN:
                return self._take_span(look, answer)
            case _:
                return Outcome()

    def _take_head(self, answer: Answer) -> Outcome:
        self.now, self.total, self._head = answer.at, answer.total, answer
        self.ceiling = self._aligned(Span(0, answer.at + 1)).end
        if self.stream.axis is Axis.ISSUED:
            self.ceiling += DAY  # local days may be ahead of the server's
        if not answer.has_more:
            return Outcome([Span(0, self.ceiling)], is_whole=True)
        if self.stream.axis is Axis.NONE or self.known_dialect == NO_FILTER:
            return self._go_through_everything(first=answer)
        covered = self._covered_by_head(answer)
        wanted = self.wishes.spans(self.now, self.ceiling)
        self._held = union(
            self._aligned(s) for s in (without(wanted, covered) if covered else wanted)
        )
        looks = self._begin_spans(self._dialects()[0]) if self._held else []
        return Outcome([covered] if covered else [], looks)

    def _dialects(self) -> list[Dialect]:
        known = [d for d in dialects(self.stream.axis) if d.name == self.known_dialect]
        return known + [d for d in dialects(self.stream.axis) if d not in known]

    def _covered_by_head(self, answer: Answer) -> Span | None:
        moments = [place.at for place in answer.places]
        if not moments or None in moments or not paging.descends(moments):  # type: ignore[arg-type]
            return None
        edge = paging.after(moments[-1] or 0, resolution(self.stream.axis))
        return Span(edge, self.ceiling) if edge < self.ceiling else None

    def _begin_spans(self, dialect: Dialect) -> list[Look]:
        """Look once at a span known to hold a row: that proves the filter."""
        self.dialect, self.is_proved = dialect, False
        anchor = self._anchor()
        if anchor is None:
            return self._go_through_everything().looks
        at = anchor.at or 0
        proof = self._aligned(Span(at, at + 1))
        top = next((s for s in self._held if s.end == proof.end), None)
        if top:
            self._held.remove(top)
            proof = top
        looks = [self._span_look(proof, anchor)]
        self._awaits_oldest = any(self._is_long(span) for span in [proof, *self._held])
        if self._awaits_oldest:
            looks.append(Look(Kind.OLDEST, generation=self.generation))
        return looks

    def _anchor(self) -> Place | None:
        """The oldest row of the first page that stands anywhere in time."""
        return next((p for p in reversed(self._head_places) if p.at is not None), None)

    @property
    def _head_places(self) -> list[Place]:
        return self._head.places if self._head else []

    def _take_span(self, look: Look, answer: Answer) -> Outcome:
        step = paging.advance(look, answer, resolution(self.stream.axis))
        looks: list[Look] = []
        if not self.is_proved:
            self.is_proved = True
            looks = self._release()
        if step.rest:
            looks += self._cut(step.rest, answer)
        return Outcome([step.covered] if step.covered else [], looks)

    def _learn_oldest(self, answer: Answer | None) -> Outcome:
        """Know where the history begins, or that nobody will tell."""
        self._awaits_oldest = False
        if answer:
            self._oldest = self._beginning(answer)
        return Outcome(looks=self._release())

    def _beginning(self, answer: Answer) -> int:
        """Second of the oldest row; a guess where the answer is newer than the first page."""
        oldest = min((p.at for p in answer.places if p.at is not None), default=0)
        shown = min((p.at for p in self._head_places if p.at is not None), default=0)
        return oldest if oldest <= shown else max(0, self.now - LIKELY_HISTORY)

    def _release(self) -> list[Look]:
        """Hand out the spans held back, once the filter is proved and the beginning known."""
        if self._awaits_oldest or not self.is_proved:
            return []
        held, self._held = self._held, []
        return [self._span_look(part) for span in held for part in self._first_parts(span)]

    def _first_parts(self, span: Span) -> list[Span]:
        """A history never read is shared among all walkers from the start."""
        is_whole = span.start == 0 and self._oldest is not None
        shares = (self.total or 0) // PAGE // FIRST_SHARE if is_whole else 1
        return self._parts(span, min(max(1, shares), self.hungry() + 1))

    def _is_long(self, span: Span) -> bool:
        """The beginning of the history is not known yet, so the span says nothing of its rows."""
        return span.start == 0 and self._oldest is None

    def _cut(self, rest: Look, answer: Answer) -> list[Look]:
        """Share the rest among idle walkers, by the density this page showed."""
        if rest.cursor or not rest.span:
            return [rest]
        pages = self._pages_left(rest.span, answer)
        parts = self._parts(rest.span, min(pages // WORTH_SPLITTING or 1, self.hungry() + 1))
        return [self._part_of(rest, part) for part in parts]

    @staticmethod
    def _part_of(rest: Look, part: Span) -> Look:
        at = rest.anchor.at if rest.anchor else None
        holds_anchor = at is not None and part.start <= at < part.end
        return replace(rest, span=part, anchor=rest.anchor if holds_anchor else None)

    def _pages_left(self, span: Span, answer: Answer) -> int:
        moments = [p.at for p in answer.places if p.at is not None]
        taken = max(moments) - min(moments) or 1
        begins = max(span.start, self._oldest or 0)
        return max(1, (span.end - begins) // taken)

    def _parts(self, span: Span, parts: int) -> list[Span]:
        begins = self._oldest
        if begins is None:
            return [span]
        begins = self._aligned(Span(begins, begins + 1)).start
        if not span.start < begins < span.end:
            return [self._aligned(s) for s in split(span, parts)] if parts > 1 else [span]
        return [Span(span.start, begins), *self._split_aligned(Span(begins, span.end), parts)]

    def _split_aligned(self, span: Span, parts: int) -> list[Span]:
        step = resolution(self.stream.axis)
        steps = split(Span(span.start // step, -(-span.end // step)), parts)
        return [Span(s.start * step, s.end * step) for s in steps]

    def _aligned(self, span: Span) -> Span:
        step = resolution(self.stream.axis)
        return Span(span.start // step * step, -(-span.end // step) * step)

    def _span_look(self, span: Span, anchor: Place | None = None) -> Look:
        return Look(Kind.SPAN, span, anchor=anchor, generation=self.generation)

    def _change_method(self, reason: str) -> Outcome:
        """Try the next spelling of the filter; after the last, do without."""
        self.generation += 1
        left = self._dialects()
        if self.dialect in left:
            left = left[left.index(self.dialect) + 1 :]
        if left and not self.is_proved:
            self._held = union([*self._held, *self.wishes.spans(self.now, self.ceiling)])
            return Outcome(looks=self._begin_spans(left[0]), starts_over=True)
        self.warnings.append(f"{self.stream.path}: {reason}; everything is listed instead")
        return self._go_through_everything()

    def _go_through_everything(self, first: Answer | None = None) -> Outcome:
        self.known_dialect, self.dialect = NO_FILTER, None
        self._passes = Passes()
        self._held = []
        if first is None:
            return Outcome(looks=[self._first_of_pass()], starts_over=True)
        return self._take_whole(Look(Kind.WHOLE, generation=self.generation), first)

    def _first_of_pass(self) -> Look:
        assert self._passes is not None
        self._passes.begin()
        return Look(Kind.WHOLE, generation=self.generation)

    def _take_whole(self, look: Look, answer: Answer) -> Outcome:
        assert self._passes is not None
        self._passes.add(answer)
        if answer.has_more:
            return Outcome(looks=[paging.turn(look, answer)])
        if self._passes.agree():
            self.total = answer.total
            return Outcome([Span(0, self.ceiling)], is_whole=True)
        if self._passes.may_restart():
            return Outcome(looks=[self._first_of_pass()])
        raise BadAnswer(f"{self.stream.path} kept changing while it was listed.")


def page_estimate(rows: int) -> int:
    """Requests that listing so many rows takes."""
    return max(1, -(-rows // PAGE))

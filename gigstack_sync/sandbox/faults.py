"""The plan of what goes wrong: scripted by request number, seeded where chance decides."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from gigstack_sync.errors import UsageError
from gigstack_sync.sandbox.collection import Collection
from gigstack_sync.sandbox.fault import Fault, read_fault
from gigstack_sync.sandbox.fault_pages import PAGES, Walk
from gigstack_sync.sandbox.fault_replies import EDITS, INSTEAD
from gigstack_sync.sandbox.fault_world import WORLD
from gigstack_sync.sandbox.http_message import Reply, Request
from gigstack_sync.sandbox.page import Page
from gigstack_sync.sandbox.world import World

LIMITS = {
    "giant_page": ("=ROWS, however few were asked for", max, 1_000_000),
    "low_limit": ("=ROWS, however many were asked for", min, 10),
}
_OF_LISTS = frozenset(PAGES) | frozenset(WORLD) | frozenset(LIMITS)
KINDS: dict[str, str] = {
    kind: entry[1] for table in (INSTEAD, EDITS, PAGES, WORLD) for kind, entry in table.items()
} | {kind: entry[0] for kind, entry in LIMITS.items()}


@dataclass(frozen=True)
class Faults:
    """Faults and the seed of their chances; UsageError for a kind, value or option unknown."""

    faults: tuple[Fault, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        for fault in self.faults:
            _check(fault)

    @classmethod
    def of(cls, *faults: Fault | str, seed: int = 0) -> Faults:
        """Build a plan from faults or their texts."""
        return cls(tuple(parse_fault(f) if isinstance(f, str) else f for f in faults), seed)


def parse_fault(text: str) -> Fault:
    """Read a fault and check its kind; see `describe_faults` for the kinds."""
    fault = read_fault(text)
    Faults((fault,))
    return fault


def _check(fault: Fault) -> None:
    """Hold a fault to its own description, which starts with the form of its value."""
    if fault.kind not in KINDS:
        hint = f"Known: {', '.join(sorted(KINDS))}"
        raise UsageError(f"There is no fault {fault.kind!r}.", hint=hint)
    about = KINDS[fault.kind]
    form = _VALUE.match(about)
    if fault.value and _NUMBER.match(about):
        fault.number(0)
    elif fault.value and form is not None and fault.value not in form[1].split("|"):
        raise UsageError(f"Fault {fault.kind} cannot be {fault.value!r}.", hint=about)
    unknown = set(fault.options) - set(_OPTION.findall(about))
    if unknown:
        raise UsageError(f"Fault {fault.kind} has no {unknown.pop()!r}.", hint=about)


_VALUE = re.compile(r"=([a-z0-9]+(?:\|[a-z0-9]+)+)(?![|:\w])")
_NUMBER = re.compile(r"=(CODE|SECONDS|BYTES|ROWS|DEPTH|N)\b")
_OPTION = re.compile(r"(\w+)=")


def describe_faults() -> list[tuple[str, str]]:
    """Kind and the form of its value and options."""
    return sorted(KINDS.items())


@dataclass
class Struck:
    """The faults of one request."""

    plan: Plan
    request: Request
    faults: list[Fault] = field(default_factory=list)

    def instead(self) -> Reply | None:
        """An answer that replaces the true one."""
        for fault in self.faults:
            if fault.kind in INSTEAD:
                reply = INSTEAD[fault.kind][0](fault, self.request)
                if reply is not None:
                    return reply
        return None

    def meddle(self, world: World, rows: Collection) -> None:
        """Change the world before the page is read."""
        for fault in self.faults:
            if fault.kind in WORLD:
                WORLD[fault.kind][0](fault, world, rows)

    def limit(self, asked: int) -> int | None:
        """The page size a fault insists on."""
        for fault in self.faults:
            if fault.kind in LIMITS:
                _, pick, default = LIMITS[fault.kind]
                return pick(int(fault.number(default)), asked)
        return None

    def edit_page(self, page: Page) -> None:
        """Spoil the page, and remember how far its reader has come."""
        walk = self.plan.walk(page.binding, self.request)
        last_id = page.ids[-1] if page.ids else walk.last_id
        for fault in self.faults:
            if fault.kind in PAGES:
                PAGES[fault.kind][0](fault, page, walk)
        walk.last_id = last_id

    def edit_reply(self, reply: Reply) -> None:
        """Spoil the answer or its journey."""
        for fault in self.faults:
            if fault.kind in EDITS:
                EDITS[fault.kind][0](fault, reply)


class Plan:
    """A plan at work: counts the requests each fault concerns."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults.faults
        self._chance = random.Random(faults.seed)
        self._counts = [0] * len(self._faults)
        self._played = [0] * len(self._faults)
        self._walks: dict[str, Walk] = {}

    def strike(self, request: Request, *, is_list: bool) -> Struck:
        """Pick the faults due for a request."""
        struck = Struck(self, request)
        for index, fault in enumerate(self._faults):
            if fault.path not in request.path or (fault.kind in _OF_LISTS and not is_list):
                continue
            self._counts[index] += 1
            if fault.due(self._counts[index], self._played[index], self._chance):
                self._played[index] += 1
                struck.faults.append(fault)
        return struck

    def walk(self, binding: str, request: Request) -> Walk:
        """Note that a client asks for one more page of a list."""
        walk = self._walks.setdefault(binding, Walk())
        cursor = request.query.get("next") or request.query.get("starting_after") or ""
        walk.previous_cursor = walk.cursor if cursor else ""
        if not cursor:
            walk.last_id = ""
        walk.cursor = cursor
        walk.requests += 1
        return walk


def plan_of(texts: Iterable[str], seed: int = 0) -> Faults:
    """Build a plan from texts, as the command line and the control endpoint give them."""
    return Faults.of(*texts, seed=seed)

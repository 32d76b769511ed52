"""What a simulation consists of: drawn from the seed before anything happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from gigstack_sync.sandbox.quirks import Quirks

from .business import DAY, LISTED
from .network import LIES

QUIRKS: dict[str, tuple[Any, ...]] = {
    "cursor": ("offset",),
    "total": ("filtered", "absent", "null", "wrong", "text"),
    "date_filter": ("seconds", "ms", "ignored"),
    "date_names": ("brackets", "underscores"),
    "sort": ("ignored",),
    "default_sort": ("asc",),
    "list_rows": ("no_items", "subset"),
    "last_next": ("absent", "empty"),
    "has_more": ("missing",),
    "ids": ("uuid_only", "same"),
    "odd_ids": ("yes",),
    "null_rows": (7,),
    "sat_count": ("total",),
    "key_order": ("reversed",),
    "errors": ("ok",),
    "max_limit": (3, 5, 7),
}
FAULTS = (
    "status=500",
    "status=502,body=html",
    "status=503",
    "status=503,retry_after=7",
    "status=429",
    "status=429,retry_after=20",
    "status=429,retry_after=date:15",
    "status=429,retry_after=0",
    "status=429,retry_after=-5",
    "status=429,retry_after=86400",
    "truncate",
    "reset=before",
    "reset=body",
    "close=before",
    "cut_json",
    "bad_utf8",
    "html",
    "empty",
    "error_200",
    "hang=40",
    "slow=3",
    "slow=90",
    "empty_page",
    "repeat_cursor",
    "cycle_cursor",
    "no_next=null",
    "no_next=absent",
    "more_false",
    "has_more=absent",
    "has_more=text",
    "total=+7",
    "total=-2",
    "total=absent",
    "data=null",
    "data=object",
    "data=absent",
    "duplicate_row=2",
    "repeat_row",
    "null_rows=1",
    "null_rows=1",
    "expired_cursor=400",
    "expired_cursor=410",
    "low_limit=3",
    "giant_page=40",
    "id=missing",
    "id=object",
    "not_an_object=text",
    "type=array",
    "drop_key=status",
    "new_key=surprise",
    "status=404",
    "status=400",
    "status=403",
    "status=401",
)
SCHEDULES = (
    "chance=0.03",
    "chance=0.1",
    "chance=0.3",
    "at=2",
    "at=5",
    "at=9",
    "first=2",
    "every=4",
)
FIRST_DAY = 1_780_000_000


@dataclass
class Run:
    """One run of the sync and what becomes of it."""

    pause: float
    deeds: int
    faults: list[str] = field(default_factory=list)
    lies: dict[str, float] = field(default_factory=dict)
    unrest: float = 0.0
    budget: int | None = None
    is_full: bool = False
    kill: tuple[str, int] | None = None
    accepts: bool = False
    """Deletions however many, since a person said so."""


@dataclass
class Plan:
    """Everything about one seed that is fixed beforehand."""

    quirks: Quirks
    streams: list[str]
    start: float
    page: int
    walkers: int
    batch: int
    many: int
    skew: float
    is_whole: bool
    """With lock, file, publishing; else one engine over one open mirror."""
    runs: list[Run]


def draw(rng: Random) -> Plan:
    """A plan out of the dice."""
    odd = rng.random() < 0.6
    quirks = {n: rng.choice(v) for n, v in QUIRKS.items() if odd and rng.random() < 0.12}
    if rng.random() < 0.15:
        quirks |= {"cursor": "offset", "date_filter": "ignored"}
    streams = sorted(set(rng.choices(LISTED, k=rng.choice((1, 1, 2, 3)))))
    is_whole = rng.random() < 0.07
    return Plan(
        quirks=Quirks(**quirks),
        streams=streams,
        start=FIRST_DAY + rng.uniform(0, 400 * DAY),
        page=rng.choice((4, 6, 10, 10, 25)),
        walkers=rng.choice((1, 2, 4, 16)),
        batch=rng.choice((1, 5, 20, 6_000)),
        many=rng.choice((3, 20)),
        skew=rng.choice((0, 0, 0, DAY, -DAY)),
        is_whole=is_whole,
        runs=[
            _run(rng, number, is_whole)
            for number in range(rng.choice((2, 3) if is_whole else (2, 3, 4, 5)))
        ],
    )


def _run(rng: Random, number: int, is_whole: bool) -> Run:
    is_foul = rng.random() < 0.6
    run = Run(
        pause=rng.choice((60, 3_600, 3_600, DAY, 3 * DAY, 9 * DAY, 40 * DAY)) if number else 0.0,
        deeds=rng.choice((0, 1, 3, 8)) if number else 0,
        unrest=rng.choice((0.0, 0.0, 0.1, 0.5)),
        budget=rng.choice((5, 8, 20)) if rng.random() < 0.15 else None,
        is_full=rng.random() < 0.08,
    )
    if is_foul:
        run.faults = [_fault(rng) for _ in range(rng.choice((0, 1, 1, 2, 3)))]
    if is_foul and rng.random() < 0.25:
        run.lies = {lie: rng.choice((0.1, 0.5)) for lie in LIES if rng.random() < 0.4}
    if rng.random() < 0.3:
        run.kill = _kill(rng, is_whole)
    return run


def _fault(rng: Random) -> str:
    text = f"{rng.choice(FAULTS)},{rng.choice(SCHEDULES)}"
    return text + (f",times={rng.choice((1, 2, 5))}" if rng.random() < 0.6 else "")


def _kill(rng: Random, is_whole: bool) -> tuple[str, int]:
    kinds = ["request", "answer", "statement", "effect", *(["file"] if is_whole else [])]
    kind = rng.choice(kinds)
    reach = {"statement": 150, "effect": 150, "file": 25}.get(kind, 15)
    return kind, rng.randint(1, reach)

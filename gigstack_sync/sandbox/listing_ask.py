"""From query parameters to an `Ask`: limits, dates in two spellings and units, sorting."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gigstack_sync.sandbox.collection import Collection
from gigstack_sync.sandbox.errors import invalid
from gigstack_sync.sandbox.listing import Ask, Predicate, issue_bound
from gigstack_sync.sandbox.listing_filters import Facets
from gigstack_sync.sandbox.quirks import Quirks

_MILLISECONDS_FROM = 1e11
_NOT_BINDING = frozenset({"limit", "next", "starting_after", "page", "per_page"})


@dataclass(frozen=True)
class Kind:
    """What one list understands beyond limit and cursor."""

    filters: tuple[str, ...] = ()
    metadata: bool = False
    names: bool = False  # order_by=name means something
    sat: bool = False  # starting_after, from and to instead of next and created


def read_ask(
    query: dict[str, str], kind: Kind, rows: Collection, facets: Facets, quirks: Quirks
) -> Ask:
    """Interpret a query string; Refusal 400 for a limit, page or date that is no number."""
    keep = _filters(query, kind, rows, facets)
    paged = any(name.startswith("metadata.") for name in query) and kind.metadata
    since, until = (-math.inf, math.inf)
    if kind.sat:
        since, until, texts = _issue_window(query, rows, facets)
        keep += texts
    elif quirks.date_filter != "ignored":
        since, until = _window(query, quirks)
    return Ask(
        limit=limit_of(query, quirks),
        descending=_descending(query, kind, quirks),
        by_name=kind.names and query.get("order_by") == "name",
        since=since,
        until=until,
        keep=keep,
        offsets=quirks.cursor == "offset",
        cursor=query.get("starting_after" if kind.sat else "next"),
        page=whole(query, "page", 1) if paged else None,
        binding="&".join(sorted(f"{k}={v}" for k, v in query.items() if k not in _NOT_BINDING)),
    )


def limit_of(query: dict[str, str], quirks: Quirks, *, default: int = 10) -> int:
    """Read `limit`, bounded by the largest page there is."""
    limit = whole(query, "limit", default)
    if limit > quirks.max_limit and quirks.over_limit == "refuse":
        raise invalid(f"limit must be between 1 and {quirks.max_limit}")
    return min(limit, quirks.max_limit)


def whole(query: dict[str, str], name: str, default: int) -> int:
    """Read a parameter that counts from one."""
    text = query.get(name, str(default))
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise invalid(f"{name} must be a positive integer")
    return int(text)


def _descending(query: dict[str, str], kind: Kind, quirks: Quirks) -> bool:
    sort = query.get("sort", "")
    if kind.sat or quirks.sort == "ignored" or sort not in ("asc", "desc"):
        sort = "desc" if kind.sat else quirks.default_sort
    return sort == "desc"


def _filters(
    query: dict[str, str], kind: Kind, rows: Collection, facets: Facets
) -> tuple[Predicate, ...]:
    names = [name for name in kind.filters if query.get(name)]
    if kind.metadata:
        names += [name for name in query if name.startswith("metadata.")]
    return tuple(facets.test(rows, name, query[name]) for name in names)


def _window(query: dict[str, str], quirks: Quirks) -> tuple[float, float]:
    bounds = []
    for bound, default in (("gte", -math.inf), ("lte", math.inf)):
        text = None
        if quirks.date_names != "underscores":
            text = query.get(f"created[{bound}]")
        if text is None and quirks.date_names != "brackets":
            text = query.get(f"created_{bound}")
        bounds.append(default if text is None else _instant(text, quirks))
    return bounds[0], bounds[1]


def _instant(text: str, quirks: Quirks) -> float:
    try:
        value = float(text)
    except ValueError:
        raise invalid("created must be a unix timestamp") from None
    if not math.isfinite(value):
        raise invalid("created must be a unix timestamp")
    in_milliseconds = quirks.date_filter == "ms" or (
        quirks.date_filter == "any" and abs(value) > _MILLISECONDS_FROM
    )
    return value / 1000 if in_milliseconds else value


def _issue_window(
    query: dict[str, str], rows: Collection, facets: Facets
) -> tuple[float, float, tuple[Predicate, ...]]:
    """Compare as texts do: a bare day ends before its first second."""
    since, until = -math.inf, math.inf
    texts: list[Predicate] = []
    if start := query.get("from"):
        bound = issue_bound(start)
        if bound is None:
            texts.append(lambda r: str(facets.value(rows, r, "issue_date")) >= start)
        else:
            since = bound
    if end := query.get("to"):
        bound = issue_bound(end)
        if bound is None:
            texts.append(lambda r: str(facets.value(rows, r, "issue_date")) <= end)
        else:
            until = bound if len(end) > 10 else math.nextafter(bound, -math.inf)
    return since, until, tuple(texts)

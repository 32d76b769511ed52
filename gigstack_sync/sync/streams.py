"""The mirrored streams: where each is listed, what places a row in time, what keeps changing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from urllib.parse import quote

from gigstack_sync.errors import UsageError
from gigstack_sync.sync.windows import DAY, Span


class Axis(Enum):
    """What the list endpoint filters by."""

    CREATED = "created"
    """Unix seconds of creation."""
    ISSUED = "issued"
    """Whole days of issue, as local text; read as if they were UTC."""
    NONE = "none"
    """No date filter: always listed whole."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One list endpoint and what a sync has to know about it."""

    name: str
    path: str
    axis: Axis = Axis.CREATED
    cursor: str = "next"
    volatile: str = ""
    """SQL condition on the mirrored row: may change at any moment, so look in every run."""
    essential: frozenset[str] = frozenset()
    """Fields whose absence from a list row means that only a GET has the whole."""
    is_optional: bool = False
    """Some accounts do not have it: whatever refusal the API chooses is not a failure."""
    is_core: bool = False
    """Without it there is no account: not even a 404 is an answer."""

    def row_path(self, row_id: str) -> str:
        """Path of one row, its id encoded."""
        return f"{self.path}/{quote(row_id, safe='')}"


UNSETTLED_INVOICE = """status in ('pending', 'draft')
    or not is_status_known
    or (status = 'valid' and uuid_fiscal is null)
    or (status = 'valid' and cancellation_status is not null)
    or (status = 'valid' and payment_method = 'PPD' and coalesce(last_balance, 1) > 0.01)"""
ITEMS = frozenset({"items"})

STREAMS = (
    Stream("teams", "/teams", Axis.NONE),
    Stream("clients", "/clients", essential=frozenset({"legal_name", "address"}), is_core=True),
    Stream("services", "/services"),
    Stream(
        "invoices_income",
        "/invoices/income",
        volatile=UNSETTLED_INVOICE,
        essential=ITEMS,
        is_core=True,
    ),
    Stream("invoices_egress", "/invoices/egress", volatile=UNSETTLED_INVOICE, essential=ITEMS),
    Stream(
        "invoices_payment",
        "/invoices/payment",
        volatile="status in ('pending', 'draft') or not is_status_known "
        "or (status = 'valid' and (uuid_fiscal is null or cancellation_status is not null))",
        essential=ITEMS,
    ),
    Stream(
        "invoices_transfer",
        "/invoices/transfer",
        volatile="status in ('pending', 'draft') or not is_status_known",
        essential=ITEMS,
        is_optional=True,
    ),
    Stream("invoices_draft", "/invoices/draft", volatile="true", essential=ITEMS),
    Stream(
        "invoices_sat",
        "/invoices/sat",
        Axis.ISSUED,
        cursor="starting_after",
        volatile="resource_status = 'building'",
        is_optional=True,
    ),
    Stream(
        "payments",
        "/payments",
        volatile="status in ('pending', 'processing') or not is_status_known",
        essential=ITEMS,
        is_core=True,
    ),
    Stream(
        "receipts",
        "/receipts",
        volatile="status = 'pending' or not is_status_known",
        essential=ITEMS,
    ),
    Stream("webhooks", "/webhooks", Axis.NONE),
)


def chosen(names: list[str] | None) -> tuple[Stream, ...]:
    """The named streams; `invoices` means all of them; UsageError lists the names."""
    if not names:
        return STREAMS
    picked = [s for s in STREAMS if any(_means(name, s.name) for name in names)]
    unknown = [n for n in names if not any(_means(n, s.name) for s in STREAMS)]
    if unknown:
        known = ", ".join(s.name for s in STREAMS)
        raise UsageError(
            f"No stream is called {unknown[0]!r}.",
            hint=f"Choose from: invoices (all of them), {known}",
        )
    return tuple(picked)


def _means(name: str, stream: str) -> bool:
    return stream == name or stream.startswith(f"{name}_")


@dataclass(frozen=True, slots=True)
class Dialect:
    """A spelling of the date filter."""

    name: str
    start: str
    end: str
    scale: int = 1


CREATED_DIALECTS = (
    Dialect("brackets", "created[gte]", "created[lte]"),
    Dialect("underscores", "created_gte", "created_lte"),
    Dialect("brackets-ms", "created[gte]", "created[lte]", 1000),
)
ISSUED_DIALECTS = (Dialect("days", "from", "to"),)


def dialects(axis: Axis) -> tuple[Dialect, ...]:
    """The spellings worth trying, the likeliest first."""
    return {Axis.CREATED: CREATED_DIALECTS, Axis.ISSUED: ISSUED_DIALECTS, Axis.NONE: ()}[axis]


def filter_params(axis: Axis, dialect: Dialect, span: Span) -> dict[str, str]:
    """Query parameters for a span. Both ends are inclusive on the wire, so ends overlap."""
    if axis is Axis.CREATED:
        return {
            dialect.start: str(span.start * dialect.scale),
            dialect.end: str(span.end * dialect.scale),
        }
    # 'to' compares as text with dates that carry a time, so the last day needs the next one.
    return {
        dialect.start: _day(span.start),
        dialect.end: _day(span.end - 1 + DAY),
    }


def _day(seconds: int) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=max(0, seconds))
    return moment.date().isoformat()


def resolution(axis: Axis) -> int:
    """Seconds in the smallest span a filter can name."""
    return DAY if axis is Axis.ISSUED else 1

"""The filters of each list, typed, and their way into the query string.

`created_*` take epoch seconds, a datetime, or a date: the whole day in Mexico
City, where a naive datetime also belongs.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, TypedDict

from gigstack_sync.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

Moment: TypeAlias = "int | date | datetime"
MAX_LIMIT = 100
ZONE = "America/Mexico_City"

_WIRE_NAMES = {
    "created_gte": "created[gte]",
    "created_lte": "created[lte]",
    "from_": "from",
    "from_ms": "from",
    "to_ms": "to",
}
_MILLISECONDS_FROM = 100_000_000_000


class Created(TypedDict, total=False):
    """What every list but SAT's understands; both ends of a range are included."""

    created_gte: Annotated[Moment, "Created at this moment or later."]
    created_lte: Annotated[Moment, "Created at this moment or earlier."]
    order_by: Annotated[Literal["timestamp", "name"], "What the rows are sorted by."]
    sort: Annotated[Literal["asc", "desc"], "Direction; newest first unless said."]


class InvoiceFilters(Created, total=False):
    """Egress invoices and transfers."""

    status: Annotated[str, "Only this status."]
    client_id: Annotated[str, "Only this client, by id."]


class IncomeFilters(InvoiceFilters, total=False):
    """Income invoices."""

    series: Annotated[str, "Only this series."]


class ComplementFilters(InvoiceFilters, total=False):
    """Payment complements; `invoice_id` is the UUID of the PPD invoice they pay."""

    invoice_id: Annotated[str, "Only complements of this PPD invoice, by UUID."]


class DraftFilters(Created, total=False):
    """Drafts."""

    invoice_type: Annotated[Literal["I", "E"], "Only income, or only credit notes."]
    client_id: Annotated[str, "Only this client, by id."]


class PaymentFilters(Created, total=False):
    """Payments; `tax_id` is the client's RFC."""

    status: Annotated[str, "Only this status."]
    client_id: Annotated[str, "Only this client, by id."]
    currency: Annotated[str, "Only this currency."]
    email: Annotated[str, "Only clients with this e-mail."]
    tax_id: Annotated[str, "Only clients with this RFC."]


class ReceiptFilters(Created, total=False):
    """Receipts."""

    status: Annotated[str, "Only this status."]
    client_id: Annotated[str, "Only this client, by id."]


class WebhookFilters(TypedDict, total=False):
    """Webhooks."""

    status: Annotated[Literal["active", "inactive"], "Only this status."]


class PaperFilters(TypedDict, total=False):
    """Support documents."""

    document_type: Annotated[str, "Only this kind of document."]
    compliance_status: Annotated[str, "Only this state of review."]
    entity_type: Annotated[str, "Only documents of this kind of record."]
    entity_id: Annotated[str, "Only documents of this record."]


class LogFilters(TypedDict, total=False):
    """Logs of a team, which forgets them after a while."""

    from_ms: Annotated[int, "From this moment, epoch milliseconds."]
    to_ms: Annotated[int, "Up to this moment, epoch milliseconds."]
    status: Annotated[str, "Only this status."]


class ApiLogFilters(LogFilters, total=False):
    """What was asked of the API."""

    method: Annotated[str, "Only this HTTP method."]
    endpoint: Annotated[str, "Only this endpoint."]


class DeliveryFilters(LogFilters, total=False):
    """What was sent to webhooks."""

    event: Annotated[str, "Only this event."]


class SatFilters(TypedDict, total=False):
    """SAT's copies; `from_` and `to` are local days of issue, both included."""

    direction: Annotated[Literal["issued", "received"], "Only issued, or only received."]
    status: Annotated[Literal["Vigente", "Cancelado"], "Only in force, or only cancelled."]
    invoice_type: Annotated[Literal["I", "E", "P", "N", "T"], "Only this type of CFDI."]
    issuer_rfc: Annotated[str, "Only this issuer, by RFC."]
    receiver_rfc: Annotated[str, "Only this receiver, by RFC."]
    from_: Annotated[str | date, "Issued on this day or later."]
    to: Annotated[str | date, "Issued on this day or earlier."]


def check_names(filters: Mapping[str, Any], accepted: type) -> None:
    """Refuse a filter the list does not know: the API would ignore it and send everything."""
    known: frozenset[str] = getattr(accepted, "__optional_keys__", frozenset())
    unknown = sorted(set(filters) - known)
    if unknown:
        raise TypeError(
            f"no such filter: {', '.join(unknown)}; there are {', '.join(sorted(known))}"
        )


def query(filters: Mapping[str, Any], limit: int) -> dict[str, str | int | None]:
    """Translate filters into query parameters; UsageError for values no list takes."""
    if not 1 <= limit <= MAX_LIMIT:
        raise UsageError(f"A page holds 1 to {MAX_LIMIT} rows, not {limit}.")
    values = {_WIRE_NAMES.get(name, name): _value(name, value) for name, value in filters.items()}
    return {"limit": limit, **values}


def _value(name: str, value: Any) -> str | int | None:
    if value is None:
        return None
    if name in {"created_gte", "created_lte"}:
        return _seconds(name, value)
    if name in {"from_", "to"}:
        return _day(name, value)
    return value if isinstance(value, int) else str(value)


def _seconds(name: str, value: Moment) -> int:
    if isinstance(value, datetime):
        return int((value if value.tzinfo else value.replace(tzinfo=_zone())).timestamp())
    if isinstance(value, date):
        end = name == "created_lte"
        moment = datetime.combine(value, time(23, 59, 59) if end else time(), _zone())
        return int(moment.timestamp())
    if isinstance(value, bool) or not 0 <= value < _MILLISECONDS_FROM:
        raise UsageError(f"{name} is in seconds since 1970, not {value}.")
    return value


def _day(name: str, value: str | date) -> str:
    if isinstance(value, datetime):
        value = value.date()
    try:
        return (date.fromisoformat(value) if isinstance(value, str) else value).isoformat()
    except ValueError:
        raise UsageError(f"{name.rstrip('_')} must be a day like 2026-01-31.") from None


def _zone() -> ZoneInfo:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(ZONE)
    except ZoneInfoNotFoundError:
        raise ConfigError(
            "This machine has no time zone database.", hint="pip install tzdata"
        ) from None

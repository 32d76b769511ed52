"""The filters of each list, typed, and their way into the query string.

`created_*` take epoch seconds, a datetime, or a date: the whole day in Mexico
City, where a naive datetime also belongs.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

from gigstack_sync.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

Moment: TypeAlias = "int | date | datetime"
MAX_LIMIT = 100
ZONE = "America/Mexico_City"

_WIRE_NAMES = {"created_gte": "created[gte]", "created_lte": "created[lte]", "from_": "from"}
_MILLISECONDS_FROM = 100_000_000_000


class Created(TypedDict, total=False):
    """What every list but SAT's understands; both ends of a range are included."""

    created_gte: Moment
    created_lte: Moment
    order_by: Literal["timestamp", "name"]
    sort: Literal["asc", "desc"]


class InvoiceFilters(Created, total=False):
    """Egress invoices and transfers."""

    status: str
    client_id: str


class IncomeFilters(InvoiceFilters, total=False):
    """Income invoices."""

    series: str


class ComplementFilters(InvoiceFilters, total=False):
    """Payment complements; `invoice_id` is the UUID of the PPD invoice they pay."""

    invoice_id: str


class DraftFilters(Created, total=False):
    """Drafts."""

    invoice_type: Literal["I", "E"]
    client_id: str


class PaymentFilters(Created, total=False):
    """Payments; `tax_id` is the client's RFC."""

    status: str
    client_id: str
    currency: str
    email: str
    tax_id: str


class ReceiptFilters(Created, total=False):
    """Receipts."""

    status: str
    client_id: str


class WebhookFilters(TypedDict, total=False):
    """Webhooks."""

    status: Literal["active", "inactive"]


class SatFilters(TypedDict, total=False):
    """SAT's copies; `from_` and `to` are local days of issue, both included."""

    direction: Literal["issued", "received"]
    status: Literal["Vigente", "Cancelado"]
    invoice_type: Literal["I", "E", "P", "N", "T"]
    issuer_rfc: str
    receiver_rfc: str
    from_: str | date
    to: str | date


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

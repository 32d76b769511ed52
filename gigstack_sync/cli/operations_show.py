"""Answers of the API as JSON documents, tables and facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from gigstack_sync.cli.language import heads, told, tr
from gigstack_sync.cli.session import Session
from gigstack_sync.cli.table import show_facts, show_table
from gigstack_sync.cli.text import inert

_MONEY: Final = frozenset(
    {
        "total",
        "subtotal",
        "unit_price",
        "last_balance",
        "amount",
        "discount",
        "withholding_taxes",
        "taxes",
    }
)
_MOMENTS: Final = frozenset(
    {"created", "date", "valid_until", "validUntil", "createdAt", "startDate", "endDate"}
)
_SPARE: Final = (
    "sku", "series", "folio", "unit_key", "method", "form", "tax_system", "valid_until", "type",
    "product_key", "created", "issued", "balance", "direction", "issuer", "email",
)  # fmt: skip
"""What a narrow terminal can do without, the first one first; never ids, amounts, currency."""
_NAMES: Final = {
    "client.legal_name": "client", "legal_name": "name", "created_at": "created",
    "folio_number": "folio", "payment_method": "method", "payment_form": "form",
    "last_balance": "balance", "invoice_type": "type", "issuer.rfc": "issuer",
    "receiver.rfc": "receiver", "receiver.legal_name": "receiver", "tax_id": "rfc",
    "issue_date": "issued",
}  # fmt: skip


def document(data: Any, indent: int = 2) -> str:
    """One JSON document, amounts digit for digit as they came; one line with an indent of -1.

    What a terminal would obey or not show is written as an escape, which means the same.
    """
    import json

    import msgspec

    try:
        encoded = msgspec.json.Encoder(decimal_format="number").encode(data)
        text = msgspec.json.format(encoded, indent=indent).decode()
        return inert(text)
    except (UnicodeEncodeError, ValueError):  # half surrogates, which only escapes can say
        return json.dumps(data, indent=max(indent, 0) or None, default=_plain)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)


def show_rows(session: Session, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """A table, ids whole; without columns those that the first row has."""
    if not rows:
        session.say(tr("There is nothing to show."))
        return
    chosen = columns or [name for name, v in rows[0].items() if not isinstance(v, (dict, list))]
    zone = ZoneInfo(session.settings.timezone.value)
    cells = [[_cell(column, row, zone) for column in chosen] for row in rows]
    first = [column.partition("|")[0] for column in chosen]
    right = frozenset(n for n, name in enumerate(first) if name in _MONEY)
    names = [_NAMES.get(name, name) for name in first]
    cut = frozenset(n for n, name in enumerate(names) if name in {"client", "name"})
    spare = [names.index(name) for name in _SPARE if name in names]
    show_table(session, heads(*names), cells, right, cut, spare)


def show_record(session: Session, record: Any) -> None:
    """Names and values; what is nested by its path, lists by how much they hold."""
    zone = ZoneInfo(session.settings.timezone.value)
    facts = dict(_facts(record, zone)) if isinstance(record, dict) else {"answer": record}
    if facts:
        show_facts(facts)


def _facts(
    record: Mapping[str, Any], zone: ZoneInfo, prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and prefix.count(".") < 2:
            yield from _facts(value, zone, f"{path}.")
        elif isinstance(value, list) and any(isinstance(each, (dict, list)) for each in value):
            yield path, tr("{count} (--json shows them)", count=len(value))
        elif isinstance(value, list):
            if value:
                yield path, ", ".join(map(str, value))
        elif value is not None:
            yield path, _shown(name, value, zone, "minutes")


def _cell(column: str, row: Mapping[str, Any], zone: ZoneInfo) -> Any:
    """The first of the paths that has a value."""
    for path in column.split("|"):
        value: Any = row
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if value is not None:
            return _shown(path.rpartition(".")[2], value, zone, "")
    return None


def _shown(name: str, value: Any, zone: ZoneInfo, precision: str) -> Any:
    if name in _MONEY and isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return f"{value:,.2f}"
    if name == "status":
        return told(str(value))
    if name.endswith("_at") or name in _MOMENTS:
        from gigstack_sync.api.moments import epoch_seconds

        seconds = epoch_seconds(value)
        if seconds is not None:
            moment = datetime.fromtimestamp(seconds, zone)
            return moment.isoformat(" ", precision) if precision else moment.date().isoformat()
    return value

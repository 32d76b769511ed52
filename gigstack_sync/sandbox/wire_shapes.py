"""The quirks that change a row: each shaper edits one body in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.quirks import Quirks

Shaper = Callable[[str, Json], None]  # of a stream's name and a body this row alone holds

ODD_TAIL = "·ñ/%41 ?&#;"  # every character here breaks some careless URL builder
_MILLISECONDS_FROM = 1e11
_TIMES = frozenset(
    [
        "created_at",
        "updated_at",
        "succeeded_at",
        "valid_until",
        "stamp_at",
        "cancelled_at",
        "requested_at",
        "last_checked",
        "date",
        "expires_at",
        "connected_at",
        "csd_expires_at",
        "last_login",
        "checked_at",
    ]
)
_AMOUNTS = frozenset(
    [
        "total",
        "subtotal",
        "taxes",
        "discount",
        "withholding_taxes",
        "amount",
        "exchange_rate",
        "last_balance",
        "payment_complements",
        "unit_price",
        "quantity",
        "rate",
        "base",
        "total_refunded",
    ]
)
_SUBSETS = {
    "clients": "id name company email tax_id tax_system livemode created_at efos",
    "invoices": "id uuid client folio_number series invoice_type total subtotal taxes currency "
    "payment_method status created_at stamp",
    "payments": "id client status total subtotal taxes amount currency payment_form invoices "
    "created_at succeeded_at payment_processor short_url",
    "receipts": "id client status total subtotal taxes currency periodicity payment_form created "
    "validUntil created_at valid_until url",
}


def shapers_for(quirks: Quirks, *, full: bool) -> list[Shaper]:
    """Pick the shapers these quirks need, in an order in which they do not disturb each other."""
    wanted: list[tuple[bool, Shaper]] = [
        (quirks.stripe_totals == "missing", _drop_stripe_totals),
        (quirks.stripe_totals == "present", _add_stripe_totals),
        (quirks.list_rows == "no_items" and not full, lambda _, body: _drop(body, "items")),
        (quirks.list_rows == "subset" and not full, _subset),
        (quirks.canceled_spelling == "cancelled", _respell_canceled),
        (quirks.valid_spelling == "stamped", _respell_valid),
        (quirks.odd_ids == "yes", _odd_ids),
        (quirks.client_form == "id", _client_as_id),
        (quirks.timestamps != "as_stored", _times_as(quirks.timestamps)),
        (quirks.receipt_dates != "snake", _receipt_dates(quirks.receipt_dates)),
        (quirks.tax_numbers == "text", _tax_text),
        (quirks.numbers == "text", _numbers_text),
        (quirks.ids != "both", _ids(quirks.ids)),
        (quirks.key_order == "reversed" and full, _reverse),
    ]
    return [shaper for needed, shaper in wanted if needed]


def odd(row_id: str) -> str:
    """Give an id its hostile form; fiscal UUIDs stay what they are."""
    return row_id if _is_uuid(row_id) else row_id + ODD_TAIL


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def _drop(body: Json, *names: str) -> None:
    for name in names:
        body.pop(name, None)


def _drop_stripe_totals(stream: str, body: Json) -> None:
    if stream == "payments" and body.get("payment_processor") == "stripe" and "total" in body:
        body["amount"] = int(Decimal(str(body["total"])) * 100)
        _drop(body, "total", "subtotal", "taxes")


def _add_stripe_totals(stream: str, body: Json) -> None:
    if stream != "payments" or "total" in body:
        return
    items = body.get("items") or []
    subtotal = sum((_net(item) for item in items), Decimal(0))
    taxes = sum((_tax(tax) for item in items for tax in item.get("taxes") or []), Decimal(0))
    total = Decimal(body["amount"]) / 100 if "amount" in body else subtotal + taxes
    cent = Decimal("0.01")
    body["total"], body["subtotal"] = total.quantize(cent), subtotal.quantize(cent)
    body["taxes"] = body["total"] - body["subtotal"]


def _net(item: Json) -> Decimal:
    return Decimal(item["quantity"]) * Decimal(item["unit_price"]) - Decimal(item["discount"] or 0)


def _tax(tax: Json) -> Decimal:
    amount = Decimal(tax["base"] or 0) * Decimal(tax["rate"] or 0)
    return -amount if tax.get("withholding") else amount


def _subset(stream: str, body: Json) -> None:
    kept = _SUBSETS.get(stream if stream in _SUBSETS else stream.partition("_")[0])
    if kept is None or stream == "invoices_sat":
        return
    for name in set(body) - set(kept.split()):
        del body[name]
    for name, short in (("client", ("id", "name", "tax_id")), ("stamp", ("stamp_at", "sello"))):
        if isinstance(body.get(name), dict):
            body[name] = {key: body[name][key] for key in short if key in body[name]}


def _respell_canceled(_: str, body: Json) -> None:
    for place in (body, body.get("cancellation")):
        if isinstance(place, dict):
            for name in ("status", "cancellation_status"):
                if place.get(name) == "canceled":
                    place[name] = "cancelled"


def _respell_valid(stream: str, body: Json) -> None:
    if stream.startswith("invoices") and body.get("status") == "valid":
        body["status"] = "stamped"


def _odd_ids(_: str, body: Json) -> None:
    for place in (body, body.get("client")):
        if isinstance(place, dict) and isinstance(place.get("id"), str):
            place["id"] = odd(place["id"])
    for name in ("invoices", "payments", "receipts"):
        if isinstance(body.get(name), list):
            body[name] = [odd(each) if isinstance(each, str) else each for each in body[name]]


def _client_as_id(_: str, body: Json) -> None:
    if isinstance(body.get("client"), dict):
        body["client"] = body["client"].get("id")


def _times_as(form: str) -> Shaper:
    def shape(_: str, body: Json) -> None:
        _each_value(body, lambda name, value: _time(form, value) if name in _TIMES else value)

    return shape


def _time(form: str, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    milliseconds = int(value if value > _MILLISECONDS_FROM else value * 1000)
    seconds, rest = divmod(milliseconds, 1000)
    if form == "firestore":
        return {"_seconds": seconds, "_nanoseconds": rest * 1_000_000}
    if form == "iso":
        moment = datetime.fromtimestamp(seconds, UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest:03}Z"
    return milliseconds if form == "ms" else seconds


def _receipt_dates(form: str) -> Shaper:
    def shape(stream: str, body: Json) -> None:
        if stream != "receipts":
            return
        if "valid_until" in body:
            body["validUntil"] = body["valid_until"]
            if form != "both":
                del body["valid_until"]
        if form == "created" and "created_at" in body:
            body["created"] = body.pop("created_at")

    return shape


def _tax_text(_: str, body: Json) -> None:
    for item in body.get("items") or [body]:
        taxes = item.get("taxes")
        for tax in taxes if isinstance(taxes, list) else []:
            for name in ("rate", "base"):
                if tax.get(name) is not None:
                    tax[name] = str(tax[name])


def _numbers_text(_: str, body: Json) -> None:
    def shape(name: str, value: Any) -> Any:
        number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        return str(value) if number and name in _AMOUNTS else value

    _each_value(body, shape)


def _ids(form: str) -> Shaper:
    def shape(stream: str, body: Json) -> None:
        if not stream.startswith("invoices") or "id" not in body or stream == "invoices_sat":
            return
        if form == "uuid_only":
            body["uuid"] = body.pop("id")
        else:
            body["uuid"] = body["id"]

    return shape


def _reverse(_: str, body: Json) -> None:
    for name in reversed(list(body)):
        body[name] = body.pop(name)


def _each_value(node: Any, shape: Callable[[str, Any], Any]) -> None:
    if isinstance(node, dict):
        for name, value in node.items():
            node[name] = shape(name, value)
            _each_value(node[name], shape)
    elif isinstance(node, list):
        for each in node:
            _each_value(each, shape)

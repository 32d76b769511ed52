"""Items as people send them: completed from the catalogue, priced and taxed in cents."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.fiscal.cfdi import Sums
from gigstack_sync.sandbox.fiscal.money import money
from gigstack_sync.sandbox.fiscal.rules import Refusal

Catalogue = Callable[[str, str], Json | None]
"""Finds a service by a field ("id", "sku") and its value."""

_FROM_SERVICE = (
    "description", "product_key", "unit_key", "unit_name", "sku", "taxability", "unit_price",
    "taxes",
)  # fmt: skip
_TYPES, _FACTORS = ("IVA", "ISR", "IEPS"), ("Tasa", "Cuota", "Exento")
_IVA_RATES = (Decimal(0), Decimal("0.08"), Decimal("0.16"))
_MOST = Decimal(10) ** 12


class Priced(NamedTuple):
    """Items as the API shows them, and what they sum up to."""

    items: list[Json]
    sums: Sums


class _Line(NamedTuple):
    item: Json
    subtotal: int
    discount: int
    taxes: int
    withheld: int


def price(given: Any, catalogue: Catalogue) -> Priced:
    """Price a list of items; Refusal says which item is wrong, counted from one."""
    if not isinstance(given, list) or not given:
        raise _bad("items must be a list of at least one item")
    lines = [_line(item, catalogue, f"items[{place}]") for place, item in enumerate(given)]
    columns = zip(*(line[1:] for line in lines), strict=True)
    return Priced([line.item for line in lines], Sums(*map(sum, columns)))


def part_of(sums: Sums, amount: int) -> Sums:
    """Scale sums to `amount` cents in all, taxes in proportion."""
    taxes = round(Decimal(sums.taxes) * amount / sums.total) if sums.total else 0
    return Sums(amount - taxes, 0, taxes, 0)


def number(value: Any, where: str, *, least: Decimal = Decimal(0)) -> Decimal:
    """Read an exact number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _bad(f"{where} must be a number")
    exact = Decimal(value)
    if not exact.is_finite() or not least <= exact <= _MOST:
        raise _bad(f"{where} must be between {least} and {_MOST:f}")
    return exact


def spelled(value: Decimal) -> int | Decimal:
    """Write a number without trailing zeros."""
    whole = value.to_integral_value()
    return int(whole) if whole == value else value.normalize()


def _line(given: Any, catalogue: Catalogue, where: str) -> _Line:
    if not isinstance(given, dict):
        raise _bad(f"{where} must be an object")
    said = _completed(given, catalogue, where)
    quantity = number(said.get("quantity", 1), f"{where}.quantity", least=Decimal("0.000001"))
    unit_price = number(said.get("unit_price"), f"{where}.unit_price")
    amount = _cents(quantity * unit_price)
    discount = _cents(number(said.get("discount") or 0, f"{where}.discount"))
    if discount > amount:
        raise _bad(f"{where}.discount is larger than the amount")
    taxes = [_tax(tax, f"{where}.taxes") for tax in _list(said.get("taxes"), f"{where}.taxes")]
    within = sum((tax["rate"] for tax in taxes if tax["inclusive"]), Decimal(0))
    amount, discount = (_cents(Decimal(cents) / 100 / (1 + within)) for cents in (amount, discount))
    added, withheld = _charge(taxes, amount - discount)
    item = {name: said.get(name) for name in ("id", *_FROM_SERVICE)}
    item |= {"quantity": spelled(quantity), "discount": money(discount), "taxes": taxes}
    item["taxability"] = said.get("taxability") or ("02" if taxes else "01")
    item |= {name: said[name] for name in ("third_party", "item_complement") if name in said}
    return _Line(item, amount, discount, added, withheld)


def _completed(given: Json, catalogue: Catalogue, where: str) -> Json:
    service: Json = {}
    search = given.get("search")
    search = search if isinstance(search, dict) else {}
    wanted = given.get("id") or search.get("on_value")
    if wanted:
        field = "id" if given.get("id") else str(search.get("on_key"))
        found = catalogue(field, str(wanted))
        if found is None:
            raise Refusal("Invalid item", f"Service {wanted} not found")
        service = {name: found.get(name) for name in ("id", *_FROM_SERVICE)}
    said = service | {name: value for name, value in given.items() if value is not None}
    for name in ("description", "product_key", "unit_key"):
        if not isinstance(said.get(name), str) or not said[name]:
            raise _bad(f"{where}.{name} is required")
    return said


def _tax(given: Any, where: str) -> Json:
    if not isinstance(given, dict) or given.get("type") not in _TYPES:
        raise _wrong_tax(f"{where}: type must be one of {', '.join(_TYPES)}")
    factor, withholding = given.get("factor") or "Tasa", bool(given.get("withholding"))
    if factor not in _FACTORS:
        raise _wrong_tax(f"{where}: factor must be one of {', '.join(_FACTORS)}")
    rate = given.get("rate", 0)
    if isinstance(rate, bool) or not isinstance(rate, int | Decimal) or not 0 <= rate <= 10:
        raise _wrong_tax(f"{where}: rate must be a number, 0.16 for 16 %")
    known = rate in _IVA_RATES or withholding or factor != "Tasa"
    if given["type"] == "IVA" and not known:
        raise _wrong_tax("IVA rate must be 0.16 for standard rate")
    return {
        "type": given["type"],
        "rate": Decimal(rate),
        "factor": factor,
        "base": 0,
        "inclusive": bool(given.get("inclusive")),
        "withholding": withholding,
    }


def _charge(taxes: list[Json], base: int) -> tuple[int, int]:
    """Write the base into each tax; cents added and withheld. IVA is charged on IEPS too."""
    added = withheld = ieps = 0
    for tax in sorted(taxes, key=lambda tax: tax["type"] != "IEPS"):
        own_base = base + ieps if tax["type"] == "IVA" and not tax["withholding"] else base
        cents = _cents(Decimal(own_base) / 100 * tax["rate"]) if tax["factor"] != "Exento" else 0
        tax["base"], tax["rate"] = money(own_base), spelled(tax["rate"])
        ieps += cents if tax["type"] == "IEPS" and not tax["withholding"] else 0
        added += 0 if tax["withholding"] else cents
        withheld += cents if tax["withholding"] else 0
    return added, withheld


def _list(value: Any, where: str) -> list[Any]:
    if value is not None and not isinstance(value, list):
        raise _bad(f"{where} must be a list")
    return value or []


def _cents(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))


def _bad(detail: str) -> Refusal:
    return Refusal("Invalid request body", detail)


def _wrong_tax(detail: str) -> Refusal:
    return Refusal("Tax validation failed", detail)

"""Who a business deals with: customers with habits of paying, suppliers, its catalogue."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from random import Random

from gigstack_sync.sandbox.business_names import (
    BRANDS,
    CITIES,
    FIRST,
    FOREIGNERS,
    FORMS,
    GOODS,
    HOSTILE,
    LAST,
    TRADES,
)
from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.fiscal.identity import FOREIGN, PUBLIC, record_id, rfc
from gigstack_sync.sandbox.fiscal.money import money
from gigstack_sync.sandbox.fiscal.taxes import LEVIES, tax_objects


@dataclass(slots=True)
class Customer:
    """A client and how it buys. `late` is the mean days it pays after `terms` days."""

    sheet: Json  # the client record
    snapshot: Json  # what its documents carry
    currency: str = "MXN"
    terms: int = 0
    late: float = 0.0
    defaults: float = 0.0  # chance that it never pays an invoice
    credit: float = 0.4  # share of its invoices on credit
    owing: list[Row] = field(default_factory=list)  # its latest invoices on credit

    @property
    def company(self) -> bool:
        """True for a legal person: it withholds taxes."""
        return len(self.sheet["tax_id"]) == 12


@dataclass(slots=True)
class Good:
    """A thing sold: its catalogue row, cents, and levies."""

    service: Json
    price: int
    levies: str


SNAPSHOT = (
    "id", "name", "legal_name", "tax_id", "tax_system", "use", "email", "bcc", "is_valid", "efos",
    "metadata", "livemode", "created_at",
)  # fmt: skip


def snapshot(sheet: Json) -> Json:
    """Copy what documents remember of a client."""
    short = {name: sheet[name] for name in SNAPSHOT}
    short["address"] = {name: sheet["address"][name] for name in ("country", "zip")}
    return short


def plain(text: str) -> str:
    """Strip accents and signs, as an e-mail address or an RFC does; Ñ becomes N."""
    bare = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in bare if sign.isascii() and sign.isalnum())


def meet(rng: Random, nth: int, at: int, team: str) -> Customer:
    """Make the nth customer of a team: strange ones come early, then people and companies."""
    if nth == 0:
        return _stranger(rng, ("PÚBLICO EN GENERAL", PUBLIC, "MEX"), at, team)
    if nth % 16 == 3:
        name, country = FOREIGNERS[nth // 16 % len(FOREIGNERS)]
        return _stranger(rng, (name, FOREIGN, country), at, team)
    hostile = HOSTILE[nth // 4] if nth % 4 == 2 and nth // 4 < len(HOSTILE) else ""
    name, tax_id = _company(rng) if rng.random() < 0.62 else _person(rng)
    sheet = _sheet(rng, hostile or name, tax_id, (at, team))
    customer = Customer(sheet, snapshot(sheet))
    customer.credit = 0.62 if len(tax_id) == 12 else 0.15
    customer.terms = rng.choice((0, 15, 30, 30, 45, 60))
    customer.late = rng.choice((1.0, 3.0, 5.0, 8.0, 15.0, 35.0))
    customer.defaults = rng.choice((0.0, 0.0, 0.01, 0.02, 0.12))
    customer.currency = "USD" if rng.random() < 0.03 else "MXN"
    return customer


def _stranger(rng: Random, who: tuple[str, str, str], at: int, team: str) -> Customer:
    name, tax_id, country = who
    sheet = _sheet(rng, name, tax_id, (at, team))
    sheet.update(tax_system="616", use="S01")
    sheet["address"].update(country=country)
    customer = Customer(sheet, snapshot(sheet), credit=0.3 if tax_id == FOREIGN else 0.0)
    if tax_id == FOREIGN:
        customer.currency, customer.terms, customer.late = "USD", 30, 6.0
    return customer


def _company(rng: Random) -> tuple[str, str]:
    trade, brand = rng.choice(TRADES), rng.choice(BRANDS)
    letters = (plain(trade)[:1] + plain(brand)[:2]).upper()
    return f"{trade} {brand} {rng.choice(FORMS)}", rfc(letters, rng, years=(1975, 2022))


def _person(rng: Random) -> tuple[str, str]:
    first, father, mother = rng.choice(FIRST), rng.choice(LAST), rng.choice(LAST)
    letters = (plain(father)[:2] + plain(mother)[:1] + plain(first)[:1]).upper()
    return f"{first} {father} {mother}", rfc(letters, rng, years=(1950, 2003))


def _sheet(rng: Random, name: str, tax_id: str, where: tuple[int, str]) -> Json:
    at, team = where
    prefix = "cus_" if rng.random() < 0.06 else "client_"
    email = f"{plain(name).lower()[:18] or 'cliente'}{rng.randrange(1000)}@ejemplo.mx"
    return {
        "id": record_id(rng, prefix, 14 if prefix == "cus_" else 20),
        "name": name,
        "legal_name": name.upper() if name.isprintable() else name,
        "company": None,
        "phone": f"+52155{rng.randrange(10**8):08}",
        "email": email if rng.random() < 0.95 else None,
        "bcc": [f"cxp.{email}"] if rng.random() < 0.1 else [],
        "tax_id": tax_id,
        "tax_system": "601" if len(tax_id) == 12 else rng.choice(("606", "612", "612", "626")),
        "use": "G03",
        "address": _address(rng),
        "metadata": {"crm_id": f"C-{rng.randrange(10**6)}"} if rng.random() < 0.3 else {},
        "is_valid": rng.random() < 0.97,
        "efos": {"is_valid": True},
        "fiscal_validation": {"status": "valid", "message": None},
        "defaults": {
            "keep_full_legal_name": False,
            "issue_automatic_invoices": True,
            "issue_invoiceable_receipts": True,
        },
        "livemode": True,
        "team": team,
        "owner": None,
        "from": "api",
        "created_at": at,
    }


def _address(rng: Random) -> Json:
    code, city, state = rng.choice(CITIES)
    return {
        "country": "MEX",
        "street": rng.choice(("Av. Juárez", "Calle 60", "Insurgentes Sur", "Niños Héroes")),
        "exterior": str(rng.randrange(1, 2000)),
        "interior": None,
        "neighborhood": "Centro",
        "municipality": city,
        "city": city,
        "state": state,
        "zip": code,
    }


def supplier(rng: Random) -> tuple[str, str]:
    """Make a supplier: RFC and name."""
    name, tax_id = _company(rng) if rng.random() < 0.8 else _person(rng)
    return tax_id, name.upper()


def stock(rng: Random, at: int, team: str) -> list[Good]:
    """Fill the catalogue of a team."""
    goods = []
    for place, (description, product, unit, unit_name, price, levies) in enumerate(GOODS):
        service: Json = {
            "id": record_id(rng, "service_"),
            "description": description,
            "sku": f"SKU-{place + 1:03}" if place % 5 else None,
            "product_key": product,
            "unit_key": unit,
            "unit_name": unit_name,
            "unit_price": money(price),
            "quantity": 1,
            "taxability": "02",
            "taxes": tax_objects(LEVIES[levies], price, as_text=False),
            "team": team,
            "livemode": True,
            "metadata": {},
            "created_at": at + place * 137,
        }
        goods.append(Good(service, price, levies))
    return goods

"""IVA, IEPS and withholdings of one line, in cents."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.fiscal.money import half_up, money


class Levy(NamedTuple):
    """One tax of a line; `ppm` is its rate in millionths."""

    type: str
    ppm: int
    factor: str = "Tasa"
    withheld: bool = False
    after_ieps: bool = False  # IVA is charged on the price with IEPS in it


_IVA16 = Levy("IVA", 160_000)

LEVIES: dict[str, tuple[Levy, ...]] = {
    "iva16": (_IVA16,),
    "iva8": (Levy("IVA", 80_000),),  # border region
    "iva0": (Levy("IVA", 0),),
    "none": (),  # not subject to tax, as the single line of a complement
    "exento": (Levy("IVA", 0, "Exento"),),
    "ieps8": (Levy("IEPS", 80_000), Levy("IVA", 160_000, after_ieps=True)),
    "ieps265": (Levy("IEPS", 265_000), Levy("IVA", 160_000, after_ieps=True)),
    "flete": (_IVA16, Levy("IVA", 40_000, withheld=True)),
    "honorarios": (
        _IVA16,
        Levy("ISR", 100_000, withheld=True),
        Levy("IVA", 106_667, withheld=True),
    ),
}


def charge(levies: tuple[Levy, ...], amount: int) -> tuple[int, int]:
    """Cents of tax added to, and withheld from, an amount after discount."""
    added = withheld = ieps = 0
    for levy in levies:
        base = amount + ieps if levy.after_ieps else amount
        tax = half_up(base * levy.ppm, 1_000_000)
        if levy.withheld:
            withheld += tax
        else:
            added += tax
            ieps += tax if levy.type == "IEPS" else 0
    return added, withheld


def tax_objects(levies: tuple[Levy, ...], amount: int, *, as_text: bool) -> list[Json]:
    """Spell the taxes of a line; some documents carry rate and base as strings."""
    objects, ieps = [], 0
    for levy in levies:
        base = amount + ieps if levy.after_ieps else amount
        if levy.type == "IEPS":
            ieps += half_up(base * levy.ppm, 1_000_000)
        rate = Decimal(levy.ppm).scaleb(-6).normalize() if levy.ppm else 0
        objects.append(
            {
                "type": levy.type,
                "rate": str(rate) if as_text else rate,
                "factor": levy.factor,
                "base": str(money(base)) if as_text else money(base),
                "inclusive": False,
                "withholding": levy.withheld,
            }
        )
    return objects

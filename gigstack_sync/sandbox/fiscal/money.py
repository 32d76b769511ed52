"""Amounts: integer cents inside, the digits JavaScript would print outside."""

from __future__ import annotations

from decimal import Decimal


def money(cents: int) -> int | Decimal:
    """Spell cents in major units without trailing zeros: 1160, 1160.5, 1160.55."""
    whole, rest = divmod(cents, 100)
    if not rest:
        return whole
    return Decimal(cents).scaleb(-2) if rest % 10 else Decimal(cents // 10).scaleb(-1)


def cents(amount: int | Decimal | float | str) -> int:
    """Count the cents of an amount in major units, half up."""
    return int((Decimal(str(amount)) * 100 + Decimal("0.5")) // 1)


def half_up(numerator: int, denominator: int) -> int:
    """Divide non-negative integers, rounding half up."""
    return (2 * numerator + denominator) // (2 * denominator)

"""Money at the end of a sum: rounded once, to the decimals its currency has."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_WHOLE: Final = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" ")  # noqa: SIM905
)
_THOUSANDTHS: Final = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))


def rounded(total: Decimal, currency: str | None) -> Decimal:
    """An exact sum in `currency` at the decimals of ISO 4217, half away from zero."""
    places = 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2
    return total.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)

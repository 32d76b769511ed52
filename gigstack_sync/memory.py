"""Amounts of memory as DuckDB writes them: 256MB, 1GiB."""

from __future__ import annotations

import re
from typing import Final

_AMOUNT: Final = re.compile(r"([1-9][0-9]{0,6}) ?([KMGT])(I?)B", re.ASCII)


def bytes_in(text: str) -> int | None:
    """Bytes of an amount, in powers of 1,000, or of 1,024 with an `i`; None if it is none."""
    found = _AMOUNT.fullmatch(text.strip().upper())
    if found is None:
        return None
    number, unit, binary = found.groups()
    power: int = (1024 if binary else 1000) ** ("KMGT".index(unit) + 1)
    return int(number) * power

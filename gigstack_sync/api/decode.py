"""JSON to Python without losing a digit: Decimal for fractions, int for whole numbers."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import msgspec

from gigstack_sync.errors import BadAnswer

_EXACT = msgspec.json.Decoder(float_hook=Decimal)


def decode(raw: bytes) -> Any:
    """Read one JSON text into Python objects; BadAnswer when it is none."""
    try:
        return _EXACT.decode(raw)
    except (ValueError, RecursionError, ArithmeticError):
        return _decode_lenient(raw)


def _decode_lenient(raw: bytes) -> Any:
    """Read what msgspec refuses and JSON allows: half surrogates."""
    try:
        return json.loads(raw.decode(), parse_float=_decimal, parse_constant=_refuse)
    except RecursionError:
        raise BadAnswer("The API sent JSON nested too deeply to read.") from None
    except ValueError as error:
        raise BadAnswer(f"The API sent something that is not JSON: {error}.") from None


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text[:40]} is beyond any number") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")

"""What is typed on a command line, read as the values that operations take."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from gigstack_sync.cli.operations_codes import code_of, postal_code, rfc
from gigstack_sync.errors import UsageError

LARGEST_INPUT: Final = 16 << 20
DATES: Final = "2026-01-31, 2026-01, 30d or today"


@dataclass(frozen=True, slots=True)
class Kind:
    """How one sort of value is written: Typer's type for it, its name in help, its reading."""

    hint: Any
    metavar: str | None
    read: Callable[[str, Any], Any]
    note: str = ""
    catalog: str = ""
    """SAT's catalogue whose codes they are."""


def _as_is(_flag: str, value: Any) -> Any:
    return value


def _money(flag: str, text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite() or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text.strip()):
        raise UsageError(f"{flag} {text!r} is no amount.", hint="Write it like 1234.56.")
    return amount


def _words(_flag: str, given: Sequence[str]) -> list[str] | None:
    """Words apart by commas, or from the option given several times."""
    words = [word.strip() for text in given for word in text.split(",")]
    return [word for word in words if word] or None


def _truth(flag: str, text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise UsageError(f"{flag} is true or false, not {text!r}.")
    return text.lower() == "true"


def _json(flag: str, text: str) -> Any:
    """JSON written inline, or read from a file or stdin; fractions are Decimal."""
    from gigstack_sync.api.decode import decode
    from gigstack_sync.errors import BadAnswer

    inline = text.lstrip()[:1] in {"[", "{"}
    source = text.encode() if inline else _read(flag, text)
    try:
        value = decode(source)
    except BadAnswer as error:
        raise UsageError(f"{flag} is not JSON.", hint=_place(source)) from error
    if not isinstance(value, (dict, list)):
        raise UsageError(f"{flag} must be a JSON object or list.")
    return value


def _place(source: bytes) -> str:
    """Where JSON goes wrong, as line and column."""
    try:
        json.loads(source)
    except ValueError as error:
        return f"{error}."
    return ""


def _read(flag: str, name: str) -> bytes:
    try:
        if name == "-":
            content = sys.stdin.buffer.read(LARGEST_INPUT + 1)
        else:
            with Path(name.removeprefix("@")).expanduser().open("rb") as file:
                content = file.read(LARGEST_INPUT + 1)
    except OSError as error:
        raise UsageError(
            f"{flag} {name}: {error.strerror or error}.",
            hint="Give a file, - for stdin, or the JSON itself.",
        ) from error
    if len(content) > LARGEST_INPUT:
        raise UsageError(f"{flag} {name} is larger than {LARGEST_INPUT >> 20} MB.")
    return content


def _object(flag: str, text: str) -> Any:
    value = _json(flag, text)
    if not isinstance(value, dict):
        raise UsageError(f"{flag} must be a JSON object.")
    return value


def _rows(flag: str, text: str) -> Any:
    value = _json(flag, text)
    if not isinstance(value, list) or not value:
        raise UsageError(f"{flag} must be a JSON list with something in it.")
    for place, row in enumerate(value):
        if not isinstance(row, dict):
            raise UsageError(f"{flag}[{place}] must be a JSON object.")
        for name in ("quantity", "unit_price", "discount"):
            if name in row and not isinstance(row[name], (int, Decimal)):
                raise UsageError(f"{flag}[{place}].{name} must be a number.")
    return value


def _party(flag: str, text: str) -> Any:
    """A client by id, or field by field as JSON."""
    return _object(flag, text) if text == "-" or text.lstrip()[:1] in {"{", "@"} else text


def _moment(flag: str, text: str) -> datetime:
    """The first second of a day, or the last one for `--to`, in Mexico City."""
    from zoneinfo import ZoneInfo

    from gigstack_sync.api.filters import ZONE
    from gigstack_sync.cli.period import first_day, last_day

    zone = ZoneInfo(ZONE)
    today = datetime.now(zone).date()
    if flag in {"--to", "--end-date"}:
        return datetime.combine(last_day(text, today), time(23, 59, 59), zone)
    return datetime.combine(first_day(text, today), time(), zone)


def _seconds(flag: str, text: str) -> int:
    return int(_moment(flag, text).timestamp())


def _milliseconds(flag: str, text: str) -> int:
    return _seconds(flag, text) * 1000


def _day_text(flag: str, text: str) -> str:
    return _moment(flag, text).date().isoformat()


def _coded(catalog: str) -> Kind:
    return Kind(str, "CODE", code_of(catalog), catalog=catalog)


_FROM_FILE: Final = "JSON: a file, - for stdin, or inline."
KINDS: Final[Mapping[str, Kind]] = {
    "text": Kind(str, "TEXT", _as_is),
    "id": Kind(str, "ID", _as_is),
    "count": Kind(int, "N", _as_is),
    "bool": Kind(bool, None, _as_is),
    "truth": Kind(str, "true|false", _truth),
    "money": Kind(str, "AMOUNT", _money),
    "words": Kind(list[str], "A,B", _words),
    "object": Kind(str, "JSON", _object, _FROM_FILE),
    "rows": Kind(str, "JSON", _rows, _FROM_FILE),
    "client": Kind(str, "CLIENT", _party, "Fields are JSON: inline, @FILE, or - for stdin."),
    "file": Kind(Path, "FILE", _as_is),
    "day": Kind(str, "DATE", _day_text, f"{DATES}."),
    "moment": Kind(str, "DATE", _moment, f"{DATES}."),
    "seconds": Kind(str, "DATE", _seconds, f"{DATES}."),
    "milliseconds": Kind(str, "DATE", _milliseconds, f"{DATES}."),
    "months": Kind(tuple[int, int, int], "FROM TO YEAR", _as_is),
    "form": _coded("c_FormaPago"),
    "use": _coded("c_UsoCFDI"),
    "system": _coded("c_RegimenFiscal"),
    "currency": _coded("c_Moneda"),
    "taxability": _coded("c_ObjetoImp"),
    "rfc": Kind(str, "RFC", rfc),
    "zip": Kind(str, "ZIP", postal_code),
}


@dataclass(frozen=True, slots=True)
class Extra:
    """An option that is a part of a parameter: `fold` puts it in its place."""

    name: str
    kind: str
    text: str
    fold: Callable[[dict[str, Any], Any], None]


def _fold_zip(arguments: dict[str, Any], code: str | None) -> None:
    if code is not None:
        arguments["address"] = {**(arguments.get("address") or {}), "zip": code}


def _fold_iva(arguments: dict[str, Any], wanted: bool | None) -> None:
    if wanted:
        if arguments.get("taxes"):
            raise UsageError("--iva and --taxes exclude each other.")
        tax = {"type": "IVA", "rate": Decimal("0.16"), "factor": "Tasa", "withholding": False}
        arguments["taxes"] = [tax]


EXTRAS: Final[Mapping[str, Extra]] = {
    "zip": Extra("zip_code", "zip", "Fiscal postal code.", _fold_zip),
    "iva": Extra("iva", "bool", "Adds IVA at 16 %.", _fold_iva),
}

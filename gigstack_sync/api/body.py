"""Bodies of requests: JSON whose amounts keep their digits, and forms that carry a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from secrets import token_hex
from typing import Any, TypeAlias

import msgspec

from gigstack_sync.errors import UsageError

Json: TypeAlias = dict[str, Any]

_encode = msgspec.json.Encoder(decimal_format="number").encode
_WIRE_NAMES = {"global_": "global", "from_": "from"}


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart form with one file."""

    file_name: str
    content: bytes = field(repr=False)
    content_type: str
    fields: dict[str, str] = field(default_factory=dict)


def fields_of(given: Any) -> Json:
    """Drop what was not given; `global_` and `from_` lose the underline Python asks for."""
    return {_WIRE_NAMES.get(name, name): v for name, v in given.items() if v is not None}


def encoded(body: Any) -> tuple[str, bytes]:
    """Turn a body into its content type and bytes; UsageError for what JSON cannot say."""
    if isinstance(body, Form):
        return _multipart(body)
    _check(body)
    try:
        return "application/json", _encode(body)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise UsageError(f"This cannot be sent as JSON: {error}.") from None


def _check(value: Any) -> None:
    """Refuse numbers that are none, and floats, whose digits are not the ones meant."""
    if isinstance(value, dict):
        for inner in value.values():
            _check(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner)
    elif isinstance(value, float) or (isinstance(value, Decimal) and not value.is_finite()):
        raise UsageError(f"{value!r} is not an exact amount.", hint="Use Decimal or int.")


def _multipart(form: Form) -> tuple[str, bytes]:
    boundary = token_hex(16)
    mark = f"--{boundary}\r\n".encode()
    disposition = 'Content-Disposition: form-data; name="{}"'
    parts = [
        mark + disposition.format(_quoted(name)).encode() + b"\r\n\r\n" + value.encode() + b"\r\n"
        for name, value in form.fields.items()
    ]
    head = f'{disposition.format("file")}; filename="{_quoted(form.file_name)}"'
    head += f"\r\nContent-Type: {form.content_type}\r\n\r\n"
    parts.append(mark + head.encode() + form.content + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body


def _quoted(name: str) -> str:
    """Keep a name inside its quotes and on its line, as browsers do."""
    for sign, escape in (('"', "%22"), ("\r", "%0D"), ("\n", "%0A")):
        name = name.replace(sign, escape)
    return name.encode("utf-8", "replace").decode()

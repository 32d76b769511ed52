"""Bodies of requests read with suspicion: each reader gives a value or a Refusal 400."""

from __future__ import annotations

import re
from decimal import Decimal
from email import message_from_bytes
from email.policy import HTTP
from typing import Any, NamedTuple

import msgspec

from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.errors import Refusal
from gigstack_sync.sandbox.fiscal.identity import RFC_FORM
from gigstack_sync.sandbox.routes_call import Call

_read = msgspec.json.Decoder(float_hook=Decimal).decode
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Uploaded(NamedTuple):
    """A form with one file."""

    file_name: str
    content: bytes
    content_type: str
    fields: dict[str, str]


def bad(detail: str) -> Refusal:
    """400 for a body."""
    return Refusal(400, "Invalid request body", detail)


def body_of(call: Call) -> Json:
    """Read the JSON object of a request; {} where there is no body at all."""
    if not call.request.body.strip():
        return {}
    try:
        body = _read(call.request.body)
    except (ValueError, RecursionError, ArithmeticError):
        raise bad("the body is not JSON") from None
    if not isinstance(body, dict):
        raise bad("the body must be an object")
    return body


def text(body: Json, name: str, default: str | None = None) -> str:
    """Read a text that is not empty; required unless there is a default."""
    value = body.get(name)
    if value is None and default is not None:
        return default
    if value is None:
        raise bad(f"{name} is required")
    if not isinstance(value, str) or not value.strip():
        raise bad(f"{name} must be a text")
    return value


def choice(body: Json, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
    """Read one of several words."""
    value = text(body, name, default)
    if value not in choices:
        raise bad(f"{name} must be one of {', '.join(choices)}")
    return value


def whole(body: Json, name: str, default: int | None = None) -> int:
    """Read an integer."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad(f"{name} must be an integer" if name in body else f"{name} is required")
    return value


def flag(body: Json, name: str, default: bool) -> bool:
    """Read true or false."""
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise bad(f"{name} must be true or false")
    return value


def table(body: Json, name: str) -> Json:
    """Read an object; {} when it is missing or null."""
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise bad(f"{name} must be an object")
    return value or {}


def rows(body: Json, name: str) -> list[Any]:
    """Read a list; [] when it is missing or null."""
    value = body.get(name)
    if value is not None and not isinstance(value, list):
        raise bad(f"{name} must be a list")
    return value or []


def mails(body: Json, name: str = "emails") -> list[str]:
    """Read e-mail addresses."""
    given = rows(body, name)
    for mail in given:
        if not isinstance(mail, str) or not _MAIL.fullmatch(mail):
            raise bad(f"{name}: {mail} is not an e-mail address")
    return given


def check_party(body: Json) -> None:
    """Check the fiscal fields of a client, a team or a buyer, as far as they are there."""
    if body.get("tax_id") is not None and not RFC_FORM.fullmatch(text(body, "tax_id")):
        raise bad("tax_id is not a valid RFC")
    if body.get("email") is not None:
        mails({"email": [body["email"]]}, "email")
    code = table(body, "address").get("zip", body.get("zip"))
    if code is not None and not re.fullmatch(r"\d{5}", str(code)):
        raise bad("zip must have five digits")
    if body.get("tax_system") is not None and not re.fullmatch(r"6\d\d", str(body["tax_system"])):
        raise bad("tax_system is not in SAT's catalogue")


def upload_of(call: Call) -> Uploaded:
    """Read a multipart form with its file."""
    content_type = call.request.headers.get("content-type", "")
    if not content_type.startswith("multipart/form-data"):
        raise bad("the body must be multipart/form-data")
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    fields: dict[str, str] = {}
    file = None
    for part in message_from_bytes(head + call.request.body, policy=HTTP).iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True) or b""
        if part.get_filename() is None:
            fields[str(name)] = bytes(content).decode("utf-8", "replace")
        elif name == "file":
            file = str(part.get_filename()), bytes(content), part.get_content_type()
    if file is None:
        raise bad("file is required")
    return Uploaded(*file, fields)

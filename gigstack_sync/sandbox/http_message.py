"""Requests read from bytes and replies written to bytes, faster than http.server does."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Literal
from urllib.parse import parse_qsl, unquote

MAX_HEAD = 64 * 1024
MAX_BODY = 32 * 1024 * 1024

Ending = Literal["keep", "close", "drop", "short", "reset_before", "reset_body"]


class MalformedRequest(Exception):
    """The bytes are no HTTP/1.x request; `status` is the answer they deserve."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(slots=True)
class Request:
    """One request; `path` is still percent-encoded, header names are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    raw_query: str = ""
    keep_alive: bool = True

    @property
    def segments(self) -> list[str]:
        """The path's parts, each percent-decoded once."""
        return [unquote(part) for part in self.path.strip("/").split("/")]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a reply travels: seconds of silence, seconds of dripping, how the connection ends."""

    delay: float = 0.0
    drip: float = 0.0
    ending: Ending = "keep"


@dataclass(slots=True)
class Reply:
    """One answer, whole, before it is put on the wire."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    delivery: Delivery = field(default_factory=Delivery)
    clock_skew: float = 0.0
    retry_in: float | None = None
    """Seconds from the Date header to the date that Retry-After names."""


def take_request(buffer: bytearray) -> Request | None:
    """Cut one whole request off the front of `buffer`; None while bytes are missing."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > MAX_HEAD:
            raise MalformedRequest(431)
        return None
    request, length = _read_head(bytes(buffer[:end]).decode("latin-1"))
    if len(buffer) < end + 4 + length:
        return None
    request.body = bytes(buffer[end + 4 : end + 4 + length])
    del buffer[: end + 4 + length]
    return request


def _read_head(head: str) -> tuple[Request, int]:
    first, *lines = head.split("\r\n")
    try:
        method, target, version = first.split(" ")
    except ValueError:
        raise MalformedRequest(400) from None
    if not version.startswith("HTTP/1."):
        raise MalformedRequest(505)
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    path, _, query = target.partition("?")
    request = Request(method, path, dict(parse_qsl(query, keep_blank_values=True)), headers)
    request.raw_query = query
    connection = headers.get("connection", "").lower()
    request.keep_alive = connection != "close" and (version != "HTTP/1.0" or bool(connection))
    return request, _body_length(headers)


def _body_length(headers: dict[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise MalformedRequest(411)
    length = headers.get("content-length", "0")
    if not length.isdecimal():
        raise MalformedRequest(400)
    if int(length) > MAX_BODY:
        raise MalformedRequest(413)
    return int(length)


def write_head(reply: Reply, now: float, *, closing: bool) -> bytes:
    """Render status line and headers; `now` is epoch seconds for the Date header."""
    reason = HTTPStatus(reply.status).phrase if reply.status in _KNOWN else "Unknown"
    lines = [
        f"HTTP/1.1 {reply.status} {reason}",
        f"Date: {formatdate(now + reply.clock_skew, usegmt=True)}",
        f"Content-Length: {len(reply.body)}",
        "Connection: close" if closing else "Connection: keep-alive",
    ]
    if reply.body:
        lines.append(f"Content-Type: {reply.content_type}")
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    if reply.retry_in is not None:
        at = formatdate(now + reply.clock_skew + reply.retry_in, usegmt=True)
        lines.append(f"Retry-After: {at}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


_KNOWN = frozenset(status.value for status in HTTPStatus)

"""Faults of a whole answer: refusals, garbage, and everything a wire can do to bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec

from gigstack_sync.sandbox.errors import error_body
from gigstack_sync.sandbox.fault import Fault, number
from gigstack_sync.sandbox.http_message import Delivery, Ending, Reply, Request

Instead = Callable[[Fault, Request], Reply | None]  # None: this request is none of its business
Edit = Callable[[Fault, Reply], None]

_HTML = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body></body></html>"
_WORDS = {
    401: ("Unauthorized", "Invalid or missing API key"),
    403: ("Forbidden", "insufficient_permissions"),
    429: ("Too many requests", "rate_limit_exceeded"),
}


def _status(fault: Fault, _: Request) -> Reply:
    status = int(fault.number(500))
    reply = Reply(status, headers=_limit_headers(fault), retry_in=_retry_in(fault))
    form = fault.option("body", "json")
    if form == "html":
        reply.body, reply.content_type = _HTML, "text/html; charset=utf-8"
    elif form == "text":
        reply.body, reply.content_type = b"upstream connect error", "text/plain"
    elif form != "empty":
        message, detail = _WORDS.get(status, ("Internal error", "The server had a bad moment"))
        shape = fault.option("shape", "prose")
        reply.body = msgspec.json.encode(error_body(status, message, detail, shape))
    return reply


def _limit_headers(fault: Fault) -> dict[str, str]:
    headers = {}
    wait = fault.option("retry_after")
    if wait and not wait.startswith("date:"):
        headers["Retry-After"] = wait
    if reset := fault.option("ratelimit_reset"):
        headers |= {"RateLimit-Limit": "100", "RateLimit-Remaining": "0"}
        headers["RateLimit-Reset"] = reset
    return headers


def _retry_in(fault: Fault) -> float | None:
    form, _, seconds = fault.option("retry_after").partition(":")
    return number("retry_after", seconds) if form == "date" else None


def _redirect(fault: Fault, request: Request) -> Reply:
    where = "" if fault.value in ("", "same") else fault.value
    query = f"?{request.raw_query}" if request.raw_query else ""
    status = int(fault.option("status", "302"))
    return Reply(status, headers={"Location": f"{where}{request.path}{query}"})


def _expired_cursor(fault: Fault, request: Request) -> Reply | None:
    if not (request.query.get("next") or request.query.get("starting_after")):
        return None
    status = int(fault.number(400))
    body = error_body(status, "Invalid cursor", "The cursor has expired", "prose")
    return Reply(status, msgspec.json.encode(body))


def _html(_: Fault, __: Request) -> Reply:
    return Reply(200, _HTML, "text/html; charset=utf-8")


def _empty(_: Fault, __: Request) -> Reply:
    return Reply(200)


def _error_200(fault: Fault, _: Request) -> Reply:
    shape = fault.option("shape", "object")
    body = error_body(500, "Internal error", "The server had a bad moment", shape)
    return Reply(200, msgspec.json.encode({"success": False} | body))


INSTEAD: dict[str, tuple[Instead, str]] = {
    "status": (
        _status,
        "=CODE; body=json|html|text|empty, retry_after=SECONDS|date:SECONDS, "
        "ratelimit_reset=SECONDS, shape=…",
    ),
    "redirect": (_redirect, "=same|https://other-host; status=302"),
    "expired_cursor": (_expired_cursor, "=400|404|410, to requests with a cursor"),
    "html": (_html, "HTML with status 200"),
    "empty": (_empty, "no body with status 200"),
    "error_200": (_error_200, "success:false with status 200; shape=…"),
}


def _ends(ending: Ending) -> Edit:
    def edit(_: Fault, reply: Reply) -> None:
        reply.delivery = replace(reply.delivery, ending=ending)

    return edit


def _reset(fault: Fault, reply: Reply) -> None:
    before = fault.value != "body"
    _ends("reset_before" if before else "reset_body")(fault, reply)


def _close(fault: Fault, reply: Reply) -> None:
    _ends("close" if fault.value == "after" else "drop")(fault, reply)


def _cut_json(_: Fault, reply: Reply) -> None:
    reply.body = reply.body[: len(reply.body) // 2]


def _bad_utf8(_: Fault, reply: Reply) -> None:
    reply.body = reply.body.replace(b'":"', b'":"\xc3\x28\xff', 1)


def _slow(fault: Fault, reply: Reply) -> None:
    reply.delivery = replace(reply.delivery, drip=fault.number(5))


def _hang(fault: Fault, reply: Reply) -> None:
    reply.delivery = Delivery(fault.number(30), reply.delivery.drip, reply.delivery.ending)


def _huge_headers(fault: Fault, reply: Reply) -> None:
    reply.headers["X-Padding"] = "x" * int(fault.number(200_000))


def _clock_skew(fault: Fault, reply: Reply) -> None:
    reply.clock_skew += fault.number(86_400)


EDITS: dict[str, tuple[Edit, str]] = {
    "truncate": (_ends("short"), "half the promised body, then the connection closes"),
    "reset": (_reset, "=before|body, a TCP reset"),
    "close": (_close, "=before|after, the connection ends without a warning"),
    "cut_json": (_cut_json, "half the JSON under a correct Content-Length"),
    "bad_utf8": (_bad_utf8, "bytes that are no UTF-8"),
    "slow": (_slow, "=SECONDS, the body drips that long"),
    "hang": (_hang, "=SECONDS of silence before the answer"),
    "huge_headers": (_huge_headers, "=BYTES of header"),
    "clock_skew": (_clock_skew, "=SECONDS added to the Date header"),
}

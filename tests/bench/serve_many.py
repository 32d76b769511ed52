"""Serves any number of income invoices without keeping them: row n is made when asked for.

The rows are a small business's own, settled for good, each with an id, a UUID and a time of its
own. Not the sandbox: a million rows of it would take gigabytes.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from email.utils import formatdate
from urllib.parse import parse_qsl, urlsplit

from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.keys import KeyRing
from gigstack_sync.sandbox.server import Server

FIRST = 1_700_000_000
STEP = 90
UUID = b"%08X-0000-4000-8000-%012X"


def models() -> list[bytes]:
    """Format strings of an invoice: id, uuid, created_at, then what a change shows in."""
    world = found_business(invoices=1000)
    made = []
    for row_id, row in Server(world).truth(world.own_team, "invoices_income").items():
        body = json.loads(row)
        is_owed = body["payment_method"] == "PPD" and body["last_balance"] != 0
        if is_owed or body["status"] != "valid" or not body["uuid"] or body["cancellation"]:
            continue
        text = row.replace(b"%", b"%%")
        for value, slot in (
            (row_id.encode(), b"%(id)s"),
            (body["uuid"].encode(), b"%(uuid)s"),
            (str(body["created_at"]).encode(), b"%(at)d"),
            (b'"idempotency_key":null', b'"idempotency_key":%(change)s'),
        ):
            text = text.replace(value, slot)
        made.append(text)
    return made


class Book:
    """All invoices, by number; `changes` counts how often a row was touched."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.requests = 0
        self.changes: dict[int, int] = {}
        self._models = models()
        self._began = time.monotonic()

    def now(self) -> float:
        """The server's clock: an hour after the newest invoice, then as time goes by."""
        return FIRST + self.size * STEP + 3600 + time.monotonic() - self._began

    def row(self, number: int) -> bytes:
        """One invoice as it is now."""
        change = self.changes.get(number)
        return self._models[number % len(self._models)] % {
            b"id": b"invoice_%020d" % number,
            b"uuid": UUID % (number % 0xFFFFFFFF, number),
            b"at": FIRST + number * STEP,
            b"change": b'"%d"' % change if change else b"null",
        }

    def page(self, query: dict[str, str]) -> bytes:
        """One page, newest first unless asked otherwise."""
        limit = int(query.get("limit", "10"))
        since = int(query.get("created[gte]", "0"))
        until = int(query.get("created[lte]", str(1 << 40)))
        lowest = max(0, -((FIRST - since) // STEP))
        highest = min(self.size - 1, (until - FIRST) // STEP)
        if query.get("sort") == "asc":
            numbers = range(lowest, highest + 1)
        else:
            numbers = range(min(highest, int(query.get("next", highest))), lowest - 1, -1)
        shown = numbers[:limit]
        more = len(numbers) > limit
        return b'{"message":"ok","data":[%s],"next":%s,"has_more":%s,"total_results":%d}' % (
            b",".join(map(self.row, shown)),
            b'"%d"' % numbers[limit] if more else b"null",
            b"true" if more else b"false",
            self.size,
        )

    def control(self, method: str, target: str, body: bytes) -> bytes:
        """Count requests, or touch the newest rows."""
        if target == "/_control/requests":
            count = self.requests
            self.requests = 0 if method == "DELETE" else count
            return b'{"requests":%d}' % count
        for number in range(self.size - json.loads(body)["count"], self.size):
            self.changes[number] = self.changes.get(number, 0) + 1
        return b"{}"

    def answer(self, method: str, target: str, body: bytes) -> bytes:
        """The body for one request."""
        if target.startswith("/_control"):
            return self.control(method, target, body)
        self.requests += 1
        return self.page(dict(parse_qsl(urlsplit(target).query)))


class Connection(asyncio.Protocol):
    """Keep-alive HTTP/1.1, one request at a time."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        lengths = [line[15:] for line in lines if line.lower().startswith("content-length:")]
        length = int(lengths[0]) if lengths else 0
        if not found or len(rest) < length:
            return
        self._buffer = rest[length:]
        method, target, _ = lines[0].split(" ")
        body = self._book.answer(method, target, rest[:length])
        date = formatdate(self._book.now(), usegmt=True).encode()
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: %s\r\n"
            b"Content-Length: %d\r\n\r\n" % (date, len(body)) + body
        )


async def serve(book: Book) -> None:
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: Connection(book), "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    key = KeyRing(1).issue("team_own", livemode=True)
    print(json.dumps({"url": f"http://127.0.0.1:{port}/v2", "key": key}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    listener.close()


asyncio.run(serve(Book(int(sys.argv[1]))))

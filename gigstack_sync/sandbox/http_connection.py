"""One client's connection: requests in, replies out, in every way a wire can fail."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from typing import Protocol

from gigstack_sync.sandbox.http_message import (
    MalformedRequest,
    Reply,
    Request,
    take_request,
    write_head,
)

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_SEND_BUFFER = 1 << 20  # a page fits, so it leaves in one call
_DRIPS = 50


class Answering(Protocol):
    """Whoever turns requests into replies."""

    def begin(self, request: Request) -> Reply:
        """Answer; the request counts as in flight from here."""

    def finish(self, request: Request) -> None:
        """Count the request out again."""

    def now(self) -> float:
        """Epoch seconds for the Date header."""


class Connection(asyncio.Protocol):
    """Keep-alive HTTP/1.1, one request at a time; `live` holds the open ones."""

    def __init__(self, desk: Answering, live: set[Connection]) -> None:
        self._desk = desk
        self._live = live
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._current: Request | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Tune the socket."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._live.add(self)
        self._socket_option(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket_option(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)

    def data_received(self, data: bytes) -> None:
        """Answer whatever is complete."""
        self._buffer += data
        if self._current is None:
            self._pump()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was still to be said."""
        self._live.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        self._done()

    def abort(self) -> None:
        """Hang up now."""
        self._transport.abort()

    def _pump(self) -> None:
        while self._current is None and not self._transport.is_closing():
            try:
                request = take_request(self._buffer)
            except MalformedRequest as error:
                self._transport.write(
                    write_head(Reply(error.status), self._desk.now(), closing=True)
                )
                self._transport.close()
                return
            if request is None:
                return
            self._current = request
            reply = self._desk.begin(request)
            if reply.delivery.delay > 0:
                self._later(reply.delivery.delay, self._send, request, reply)
            else:
                self._send(request, reply)

    def _send(self, request: Request, reply: Reply) -> None:
        ending = reply.delivery.ending
        if ending == "reset_before":
            self._reset()
        elif ending == "drop":
            self._transport.close()
        else:
            self._write(request, reply)

    def _write(self, request: Request, reply: Reply) -> None:
        ending = reply.delivery.ending
        closing = not request.keep_alive
        head = write_head(reply, self._desk.now(), closing=closing)
        body = b"" if request.method == "HEAD" else reply.body
        if ending in ("short", "reset_body"):
            self._transport.write(head + body[: len(body) // 2])
            # The half must leave before the reset, which throws away unsent bytes.
            self._later(0.02, self._reset if ending == "reset_body" else self._transport.close)
        elif reply.delivery.drip > 0:
            self._transport.write(head)
            self._drip(memoryview(body), reply.delivery.drip / _DRIPS, closing)
        else:
            self._transport.write(head + body)
            self._sent(closing=closing or ending == "close")

    def _drip(self, body: memoryview, pause: float, closing: bool) -> None:
        step = max(1, len(body) // _DRIPS)

        def next_drop(start: int) -> None:
            self._transport.write(body[start : start + step])
            if start + step < len(body):
                self._later(pause, next_drop, start + step)
            else:
                self._sent(closing=closing)

        next_drop(0)

    def _sent(self, *, closing: bool) -> None:
        self._done()
        if closing:
            self._transport.close()
        elif self._timer is not None:
            self._timer = None
            self._loop.call_soon(self._pump)

    def _done(self) -> None:
        if self._current is not None:
            self._desk.finish(self._current)
            self._current = None

    def _reset(self) -> None:
        self._socket_option(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()

    def _later(self, seconds: float, call: Callable[..., None], *args: object) -> None:
        self._timer = self._loop.call_later(seconds, call, *args)

    def _socket_option(self, level: int, name: int, value: int | bytes) -> None:
        with contextlib.suppress(OSError):
            self._transport.get_extra_info("socket").setsockopt(level, name, value)

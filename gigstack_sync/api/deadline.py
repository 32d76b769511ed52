"""A deadline for a whole request, down to each read of the socket.

A read timeout alone lets a server drip one byte at a time for ever. The streams
here shorten each timeout to what is left, and fail when nothing is.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Iterator


class Deadline(threading.local):
    """The end of the current thread's request, in seconds of time.monotonic."""

    def __init__(self) -> None:
        self._end = float("inf")

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Set the deadline for a block."""
        self._end = time.monotonic() + seconds
        try:
            yield
        finally:
            self._end = float("inf")

    def left(self, timeout: float | None = None) -> float:
        """Seconds left, at most `timeout`; TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left if timeout is None else min(left, timeout)


class PunctualBackend:
    """Wraps an httpcore network backend so that its streams keep the deadline."""

    def __init__(self, inner: Any, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline
        self._sockets: WeakSet[socket.socket] = WeakSet()

    def connect_tcp(self, *args: Any, timeout: float | None = None, **options: Any) -> Any:
        """Open a connection in what is left of the time."""
        stream = self._inner.connect_tcp(*args, timeout=self._deadline.left(timeout), **options)
        return PunctualStream(stream, self._deadline, self._sockets)

    def hang_up(self) -> None:
        """End every connection under the threads that read from it: their reads fail at once."""
        for each in list(self._sockets):
            with suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)  # past TLS, which would say goodbye

    def sleep(self, seconds: float) -> None:
        """Sleep as the wrapped backend does."""
        self._inner.sleep(seconds)


class PunctualStream:
    """Wraps an httpcore network stream; each call gets only the time that is left."""

    def __init__(self, inner: Any, deadline: Deadline, sockets: WeakSet[socket.socket]) -> None:
        self._inner = inner
        self._deadline = deadline
        self._sockets = sockets
        sockets.add(inner.get_extra_info("socket"))

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has arrived."""
        data: bytes = self._inner.read(max_bytes, timeout=self._deadline.left(timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of the buffer."""
        self._inner.write(buffer, timeout=self._deadline.left(timeout))

    def close(self) -> None:
        """Close the socket."""
        self._inner.close()

    def start_tls(self, *args: Any, timeout: float | None = None, **options: Any) -> Any:
        """Upgrade to TLS."""
        stream = self._inner.start_tls(*args, timeout=self._deadline.left(timeout), **options)
        return PunctualStream(stream, self._deadline, self._sockets)

    def get_extra_info(self, info: str) -> Any:
        """Answer as the wrapped stream does."""
        return self._inner.get_extra_info(info)

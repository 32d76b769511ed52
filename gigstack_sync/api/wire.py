"""What goes over the wire, whoever carries it: a call, its reply, and the trouble in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gigstack_sync.errors import GigstackError, NetworkError

if TYPE_CHECKING:
    from collections.abc import Mapping


JSON = "application/json"


class Sink(Protocol):
    """Takes a body piece by piece."""

    def write(self, piece: bytes) -> None:
        """Take the next piece; any error ends the call."""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request. `target` is path and query, already percent-encoded.

    A body of status 2xx goes into `sink`, where one is given, and not into the reply.
    """

    method: str
    target: str
    body: bytes | None = None
    content_type: str = JSON
    sink: Sink | None = None

    @property
    def path(self) -> str:
        """The target without its query, fit for logs."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer, read to its end. `date` is the server's clock, epoch seconds."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: float
    date: float | None = None

    @property
    def server_time(self) -> float:
        """The server's Date, or our own clock where it sent none."""
        return self.received_at if self.date is None else self.date


class Trouble(Exception):
    """A try that failed and might succeed when repeated.

    `wait` is what the server asked for, in seconds; `throttled` means it did not
    even look at the request, nor did it when it was not even `sent`. `error` is how the
    answer's reader put it.
    """

    def __init__(
        self,
        cause: str,
        *,
        wait: float | None = None,
        throttled: bool = False,
        congested: bool = False,
        sent: bool = True,
        error: GigstackError | None = None,
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.wait = wait
        self.throttled = throttled
        self.congested = congested or throttled
        self.sent = sent
        self.error = error

    @property
    def doubtful(self) -> bool:
        """Whether a write may have been carried out all the same."""
        return self.sent and not self.throttled


class Wire(Protocol):
    """Carries one call and reads the whole answer, or raises Trouble or a final error."""

    def send(self, call: Call) -> Reply:
        """Send once: no retries, no judgement of the status."""

    def hang_up(self) -> None:
        """End connections that are in use, from any thread."""

    def close(self) -> None:
        """Drop all connections."""


def unreachable(cause: str, hint: str = "Check the network, then run it again.") -> NetworkError:
    """Make the error for a server nobody could talk to."""
    return NetworkError(f"The API cannot be reached: {cause}.", hint=hint)

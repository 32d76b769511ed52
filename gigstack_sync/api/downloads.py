"""Files that lie with strangers: fetched without the key, over https, a few hops away at most.

The API names the address of a PDF or XML, so that address is as hostile as any
answer: no plain http, no user in it, no machine of the local network behind it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin, urlsplit

from gigstack_sync.api.address import Address
from gigstack_sync.api.retry import Effort, Policy, backoff, check_status, exhausted
from gigstack_sync.api.timing import Timing
from gigstack_sync.api.wire import Call, Reply, Trouble, Wire
from gigstack_sync.errors import ApiError, AuthError, BadAnswer, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_HOPS = 3


class Restartable(Protocol):
    """A sink that can forget what it was given."""

    def write(self, piece: bytes) -> None:
        """Take the next piece."""

    def restart(self) -> None:
        """Begin again with nothing."""

    def finish(self) -> None:
        """Judge the whole; BadAnswer when it is not what it should be."""


@dataclass(frozen=True, slots=True)
class _Place:
    address: Address
    target: str


class Downloads:
    """Fetches files; keeps one pool of connections for each server they lie with."""

    def __init__(
        self,
        home: Address,
        policy: Policy,
        timing: Timing,
        sleep: Callable[[float], None],
        open_wire: Callable[[Address], Wire],
    ) -> None:
        self._home = home
        self._policy = policy
        self._timing = timing
        self._sleep = sleep
        self._open_wire = open_wire
        self._wires: dict[str, Wire] = {}
        self._lock = threading.Lock()

    def fetch(self, url: str, sink: Restartable) -> None:
        """Read one file into `sink`; repeats lost connections, slow and 5xx answers."""
        effort = Effort(self._policy, self._timing.monotonic())
        while True:
            sink.restart()
            try:
                self._try(url, sink)
            except Trouble as trouble:
                effort.note(trouble)
                if effort.is_spent(self._timing.monotonic()):
                    raise exhausted(trouble, "The download", effort.tries) from None
                self._sleep(backoff(effort.tries, self._policy, self._timing.random))
            else:
                return

    def close(self) -> None:
        """Drop all connections."""
        with self._lock:
            for wire in self._wires.values():
                wire.close()
            self._wires.clear()

    def _try(self, url: str, sink: Restartable) -> None:
        place = self._place(url)
        for _hop in range(_MAX_HOPS + 1):
            reply = self._wire(place.address).send(Call("GET", place.target, sink=sink))
            if reply.status not in _REDIRECTS:
                return _judge(reply, place, sink)
            there = reply.headers.get("location", "")
            place = self._place(urljoin(place.address.origin + place.target, there))
        raise ApiError("The file's address redirects for ever.", status=reply.status)

    def _place(self, url: str) -> _Place:
        """Check an address; BadAnswer for one that no honest API would give."""
        try:
            parts = urlsplit(url)
            address = Address.parse(f"{parts.scheme}://{parts.netloc}")
        except (ValueError, ConfigError):
            raise _refused(url) from None
        at_home = address.origin == self._home.origin
        if not at_home and (_is_local(address.host) and not self._home.is_loopback):
            raise _refused(url)
        if not url.isascii() or not url.isprintable() or " " in url:
            raise _refused(url)
        query = f"?{parts.query}" if parts.query else ""
        return _Place(address, (parts.path or "/") + query)

    def _wire(self, address: Address) -> Wire:
        with self._lock:
            if address.origin not in self._wires:
                self._wires[address.origin] = self._open_wire(address)
            return self._wires[address.origin]


def _judge(reply: Reply, place: _Place, sink: Restartable) -> None:
    try:
        check_status(reply, place.target.partition("?")[0])
    except AuthError as error:
        raise ApiError(
            f"{place.address.host} refused the file ({reply.status}).",
            hint="Its address may have expired: ask for it again.",
            status=reply.status,
        ) from error
    sink.finish()


def _is_local(host: str) -> bool:
    """Tell whether a host is, or may be read as, a machine of this network."""
    host = host.rstrip(".").lower()
    last = host.rpartition(".")[2]
    if last in {"localhost", "local", "internal"}:
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:  # resolvers take 2130706433, 127.1 and 0x7f.1 for addresses too
        return last.isdigit() or last.startswith("0x")


def _refused(url: str) -> BadAnswer:
    shown = "".join(sign for sign in url[:60] if sign.isprintable())
    return BadAnswer(f"The API named an address for the file that was not visited: {shown}")

"""The sandbox's server: one thread, an event loop, loopback only."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType, TracebackType

from gigstack_sync.errors import NetworkError
from gigstack_sync.sandbox.control import truth
from gigstack_sync.sandbox.desk import Desk
from gigstack_sync.sandbox.faults import Faults
from gigstack_sync.sandbox.http_connection import Connection
from gigstack_sync.sandbox.quirks import Quirks
from gigstack_sync.sandbox.request_log import RequestLog
from gigstack_sync.sandbox.world import World

_HOST = "127.0.0.1"


class Server:
    """Serves a world over HTTP while the `with` block lasts; port 0 is any free port."""

    def __init__(
        self,
        world: World,
        *,
        quirks: Quirks | None = None,
        faults: Faults | None = None,
        latency_ms: float = 0,
        rps: float | None = None,
        port: int = 0,
    ) -> None:
        self.world = world
        self.desk = Desk(world, quirks or Quirks(), faults or Faults())
        self.desk.set_pace(latency_ms=latency_ms, rps=rps)
        self._port = port
        self._live: set[Connection] = set()
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._loop: asyncio.AbstractEventLoop
        self._stopping: asyncio.Event
        self._thread = threading.Thread(target=self._run, name="gigstack-sandbox", daemon=True)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; NetworkError when the port is taken."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            hint = "Choose another port, or any free one: gigstack sandbox serve --port 0"
            why = "it is in use" if self._failure.errno == errno.EADDRINUSE else str(self._failure)
            raise NetworkError(f"Cannot listen on port {self._port}: {why}.", hint=hint)

    def stop(self) -> None:
        """Hang up on everybody and free the port; a second call does nothing."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    @property
    def origin(self) -> str:
        """http://127.0.0.1:PORT, where /_control lives."""
        return f"http://{_HOST}:{self._port}"

    @property
    def url(self) -> str:
        """The API's base address."""
        return f"{self.origin}/v2"

    @property
    def key(self) -> str:
        """A key of the world's own team, in that team's mode."""
        own = self.world.own_team
        return self.key_for(own, livemode=self.world.teams[own].livemode)

    def key_for(self, team: str, livemode: bool = True) -> str:
        """Issue a key; a test key sees nothing of a live team."""
        return self.desk.keys.issue(team, livemode=livemode)

    @property
    def requests(self) -> RequestLog:
        """What was asked so far, control requests left out."""
        return self.desk.log

    def reset_log(self) -> None:
        """Forget the requests so far."""
        self.desk.log.reset()

    def set_quirks(self, quirks: Quirks) -> None:
        """Serve under other quirks from the next request on."""
        with self.world.lock:
            self.desk.shop.set_quirks(quirks)

    def set_faults(self, faults: Faults) -> None:
        """Begin another plan of faults; `Faults()` ends them."""
        with self.world.lock:
            self.desk.set_faults(faults)

    def truth(self, team: str, stream: str, *, full: bool = False) -> dict[str, bytes]:
        """Every row that exists, hidden ones too, as lists (or GET, with `full`) show it now."""
        with self.world.lock:
            return truth(self.desk, team, stream, full=full)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        try:
            door = socket.create_server((_HOST, self._port), backlog=256)
        except OSError as error:
            self._failure = error
            self._ready.set()
            return
        listener = await self._loop.create_server(
            lambda: Connection(self.desk, self._live), sock=door
        )
        self._port = door.getsockname()[1]
        self.desk.shop.base = self.origin
        self._ready.set()
        await self._stopping.wait()
        self._loop.remove_reader(door.fileno())
        while len(asyncio.all_tasks()) > 1:  # closing now would strand connections half accepted
            await asyncio.sleep(0)
        _turn_away(door)
        listener.close()
        for connection in list(self._live):
            connection.abort()
        while self._live:  # each leaves once its loss has been noticed
            await asyncio.sleep(0)


def _turn_away(door: socket.socket) -> None:
    """Hang up on whoever still waits to be accepted."""
    with contextlib.suppress(OSError):
        while True:
            door.accept()[0].close()


def serve(
    world: World,
    *,
    announce: Callable[[str, str], None],
    quirks: Quirks | None = None,
    faults: Faults | None = None,
    pace: tuple[float, float | None] = (0, None),
    port: int = 0,
) -> int:
    """Serve until SIGINT or SIGTERM; gives the signal's number. `pace` is (latency_ms, rps).

    `announce` receives url and key once the port is open. Call it from the main thread.
    """
    stopped = threading.Event()
    received: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        received.append(number)
        stopped.set()

    server = Server(world, quirks=quirks, faults=faults, latency_ms=pace[0], rps=pace[1], port=port)
    previous = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with server:
            announce(server.url, server.key)
            stopped.wait()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    return received[0]

"""Requests to the API and what becomes of them. The only module that knows httpx.

Nothing here follows a redirect to another host, waits without a deadline, reads
without a limit, or writes the key anywhere but into its header.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from gigstack_sync.api.address import DEFAULT_BASE_URL, Address, proxy_for
from gigstack_sync.api.body import encoded
from gigstack_sync.api.deadline import Deadline, PunctualBackend
from gigstack_sync.api.downloads import Downloads, Restartable
from gigstack_sync.api.gate import Gate
from gigstack_sync.api.key import ApiKey
from gigstack_sync.api.retry import (
    Effort,
    Policy,
    asked_pause,
    backoff,
    check_status,
    exhausted,
    may_repeat,
    soften,
    unfinished,
    unknown_outcome,
)
from gigstack_sync.api.retry_after import http_date
from gigstack_sync.api.timing import Timing
from gigstack_sync.api.wire import JSON, Call, Reply, Trouble, Wire
from gigstack_sync.errors import ApiError, BadAnswer, ConfigError, GigstackError, NetworkError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

T = TypeVar("T")
log = logging.getLogger("gigstack_sync.api")

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 3
_CONNECT = 10.0
"""Seconds: nobody answers where nobody answered for so long, and a stopped run waits for it."""


@dataclass(slots=True)
class Traffic:
    """What a transport has done so far. `server_time` is the last Date, epoch seconds."""

    requests: int = 0
    retries: int = 0
    throttled: int = 0
    bytes: int = 0
    server_time: float | None = None


class Transport:
    """Thread-safe. Repeats what may be repeated, until it parses or the limits are reached."""

    def __init__(
        self,
        api_key: str,
        base_url: str = DEFAULT_BASE_URL,
        *,
        policy: Policy | None = None,
        timing: Timing | None = None,
        wire: Wire | None = None,
    ) -> None:
        self.key = ApiKey.parse(api_key)
        self.address = Address.parse(base_url)
        self.policy = policy or Policy()
        self.timing = timing or Timing()
        self.traffic = Traffic()
        self.gate = Gate(
            self.policy.connections, budget=self.policy.retry_budget, timing=self.timing
        )
        self._wire = wire
        self._lock = threading.Lock()
        self._downloads = Downloads(
            self.address, self.policy, self.timing, self.gate.sleep, self._open_for_files
        )

    def fetch(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | None] | None = None,
        json: Any = None,
        parse: Callable[[Reply], T],
    ) -> T:
        """Send, check and parse; repeats the whole of it where that does no harm.

        A write is repeated only if its body has an `idempotency_key`. Raises
        AuthError, NotFound, ApiError, BadAnswer or NetworkError.
        """
        target = self.address.target(path, params)
        content_type, body = encoded(json) if json is not None else (JSON, None)
        call = Call(method, target, body, content_type)
        return self.perform(call, parse, repeatable=may_repeat(method, json))

    def perform(self, call: Call, parse: Callable[[Reply], T], *, repeatable: bool) -> T:
        """Carry out one call; what may not be repeated may end in UnknownOutcome."""
        effort = Effort(self.policy, self.timing.monotonic())
        is_write = not (repeatable and call.method == "GET")
        try:
            return self._persist(call, parse, effort, repeatable)
        except Trouble as trouble:
            act = f"{call.method} {call.path}"
            if is_write:
                raise self._redacted(unfinished(trouble, act, effort)) from None
            raise self._redacted(exhausted(trouble, call.path, effort.tries)) from None
        except GigstackError as error:
            if is_write and effort.doubtful:
                what = f"{call.method} {call.path}: {error.message.rstrip('.')}"
                raise self._redacted(unknown_outcome(what, effort.tries + 1)) from None
            raise self._redacted(error) from None

    def download(self, url: str, sink: Restartable) -> None:
        """Read a file from wherever it lies into `sink`, which is told to begin again on a retry.

        The key stays here: who stores the file never sees it.
        """
        try:
            self._downloads.fetch(url, sink)
        except GigstackError as error:
            raise self._redacted(error) from None

    def close(self) -> None:
        """Stop: waiting threads get a NetworkError, connections are dropped."""
        self.gate.close()
        with self._lock:
            if self._wire is not None:
                self._wire.close()
        self._downloads.close()

    def stop(self, grace: float = 0.5) -> None:
        """Turn away who waits, at once; and `grace` seconds later, who still waits for an answer.

        May be called from any thread; close() must follow.
        """
        self.gate.close()
        time.sleep(grace)
        with self._lock:
            if self._wire is not None:
                self._wire.hang_up()

    def _persist(
        self, call: Call, parse: Callable[[Reply], T], effort: Effort, repeatable: bool
    ) -> T:
        while True:
            try:
                return self._try(call, parse)
            except Trouble as trouble:
                effort.note(trouble)
                log.debug("%s %s: %s", call.method, call.path, self.key.redact(trouble.cause))
                if not repeatable:
                    raise
                self._wait(trouble, effort)

    def _wait(self, trouble: Trouble, effort: Effort) -> None:
        """Sit out a trouble before the next try, or raise it when there shall be none."""
        pause = backoff(effort.tries, self.policy, self.timing.random)
        if trouble.throttled:  # for everybody, also when this request is given up
            self.gate.pause(asked_pause(trouble.wait, pause, self.policy))
        is_spent = effort.is_spent(self.timing.monotonic())
        if is_spent or not self.gate.may_retry(is_free=trouble.throttled):
            raise trouble
        if not trouble.throttled:
            self.gate.sleep(pause)
        self._count(retries=1, throttled=int(trouble.throttled))

    def _try(self, call: Call, parse: Callable[[Reply], T]) -> T:
        with self.gate.slot() as entered:
            try:
                reply = self._send(call)
                check_status(reply, call.path)
            except Trouble as trouble:
                if trouble.congested:
                    self.gate.congested(entered)
                raise
        try:
            result = parse(reply)
        except ApiError as error:
            raise soften(error) from None
        self.gate.succeeded()
        return result

    def _send(self, call: Call) -> Reply:
        """Send one call, following redirects within the API's own origin."""
        for _hop in range(_MAX_REDIRECTS + 1):
            started = self.timing.monotonic()
            try:
                reply = self._carrier().send(call)
            finally:
                self._count(requests=1)
            self._count(bytes_=len(reply.body), server_time=reply.date)
            took = (self.timing.monotonic() - started) * 1000
            log.info("%s %s %d %.0f ms", call.method, call.path, reply.status, took)
            if reply.status not in _REDIRECTS:
                return reply
            call = self._redirected(call, reply)
        raise ApiError(f"{call.path} redirects for ever.", status=reply.status)

    def _redirected(self, call: Call, reply: Reply) -> Call:
        location = reply.headers.get("location", "")
        if call.method != "GET" or not location:
            raise ApiError(f"{call.path} answered {reply.status}.", status=reply.status)
        return Call("GET", self.address.follow(call.target, location))

    def _carrier(self) -> Wire:
        if self._wire is None:
            with self._lock:
                if self._wire is None:
                    self._wire = HttpWire(self.key, self.address, self.policy, self.timing)
        return self._wire

    def _open_for_files(self, address: Address) -> Wire:
        return HttpWire(None, address, self.policy, self.timing)

    def _count(
        self,
        *,
        requests: int = 0,
        retries: int = 0,
        throttled: int = 0,
        bytes_: int = 0,
        server_time: float | None = None,
    ) -> None:
        with self._lock:
            self.traffic.requests += requests
            self.traffic.retries += retries
            self.traffic.throttled += throttled
            self.traffic.bytes += bytes_
            self.traffic.server_time = server_time or self.traffic.server_time

    def _redacted(self, error: GigstackError) -> GigstackError:
        """Hide the key in an error, should a server have echoed it."""
        error.message = self.key.redact(error.message)
        error.args = (error.message,)
        if isinstance(error, ApiError):
            error.details = tuple(self.key.redact(detail) for detail in error.details)
        return error


class HttpWire:
    """Carries calls over pooled HTTP connections; one try each, within one deadline.

    Without a key it carries files, which lie with strangers.
    """

    def __init__(
        self, key: ApiKey | None, address: Address, policy: Policy, timing: Timing
    ) -> None:
        import httpx

        self._httpx = httpx
        self._origin = address.origin
        self._policy = policy
        self._now = timing.now
        self._deadline = Deadline()
        self._headers = httpx.Headers(_headers(key))
        self._pool = self._open_pool(address)

    def send(self, call: Call) -> Reply:
        """Send once and read the answer to its end; Trouble for anything that breaks."""
        httpx = self._httpx
        try:
            with self._deadline.within(self._policy.deadline):
                return self._exchange(call)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise _broken(error, sent=False) from None
        except (TimeoutError, httpx.TimeoutException):
            seconds = self._policy.deadline
            raise Trouble(f"no complete answer within {seconds:g} s") from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _broken(error) from None
        except (OSError, RuntimeError) as error:
            raise Trouble(f"{type(error).__name__}: {error}") from None

    def hang_up(self) -> None:
        """End connections that are in use; who reads from them gets Trouble."""
        self._backend.hang_up()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _exchange(self, call: Call) -> Reply:
        request = self._httpx.Request(
            call.method,
            self._origin + call.target,
            headers=self._headers_for(call),
            content=call.body,
            extensions={"timeout": self._timeouts()},
        )
        response = self._pool.handle_request(request)
        try:
            body = self._read(response, call)
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        date = http_date(headers.get("date", ""))
        return Reply(response.status_code, headers, body, self._now(), date)

    def _headers_for(self, call: Call) -> httpx.Headers:
        if call.content_type == JSON:
            return self._headers
        headers = self._headers.copy()
        headers["Content-Type"] = call.content_type
        return headers

    def _read(self, response: httpx.Response, call: Call) -> bytes:
        chunks: list[bytes] = []
        take = call.sink.write if call.sink and response.is_success else chunks.append
        size = 0
        for chunk in response.iter_bytes():
            self._deadline.left()
            size += len(chunk)
            if size > self._policy.max_bytes:
                raise BadAnswer(
                    f"{call.path} sent more than {self._policy.max_bytes >> 20} MB.",
                    hint="Ask for fewer rows a page (--limit).",
                )
            take(chunk)
        return b"".join(chunks)

    def _timeouts(self) -> dict[str, float]:
        seconds = self._policy.deadline
        return {"connect": min(_CONNECT, seconds)} | dict.fromkeys(
            ("read", "write", "pool"), seconds
        )

    def _open_pool(self, address: Address) -> httpx.HTTPTransport:
        connections = self._policy.connections
        try:
            pool = self._httpx.HTTPTransport(
                verify=_tls(address),
                proxy=proxy_for(address),
                limits=self._httpx.Limits(
                    max_connections=connections, max_keepalive_connections=connections
                ),
            )
        except (ValueError, ImportError, OSError) as error:
            raise ConfigError(
                f"The proxy or certificate settings cannot be used: {error}",
                hint="Check HTTPS_PROXY and SSL_CERT_FILE.",
            ) from None
        # httpx offers no way to hand in a backend, and its timeouts are per read only
        inner: Any = pool._pool
        self._backend = PunctualBackend(inner._network_backend, self._deadline)
        inner._network_backend = self._backend
        return pool


def _headers(key: ApiKey | None) -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    try:
        release = version("gigstack-sync")
    except PackageNotFoundError:
        release = "unknown"
    who = {"User-Agent": f"gigstack_sync/{release}"}
    if key is None:
        return {"Accept": "application/pdf, application/xml, */*", **who}
    return {
        "Authorization": key.authorization,
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        "Content-Type": JSON,
        **who,
    }


def _tls(address: Address) -> Any:
    """Make a TLS context; for plain http one that trusts nobody, which costs nothing."""
    import ssl

    if address.origin.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    import httpx

    return httpx.create_ssl_context()


def _broken(error: Exception, *, sent: bool = True) -> Exception:
    """Sort a failed exchange: a bad certificate will not heal by trying again."""
    cause = str(error) or type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in cause:
        return NetworkError(
            f"The API's certificate is not trusted: {cause}.",
            hint="Check this machine's clock, a proxy on the way, or SSL_CERT_FILE.",
        )
    return Trouble(cause, sent=sent)

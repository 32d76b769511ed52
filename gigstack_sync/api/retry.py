"""What may be repeated, how often and how soon; and the error when it may not.

GETs are repeated after lost connections, slow answers, 408, 425, 429, 5xx and
unreadable bodies. Writes never are, unless they carry an idempotency key: an
invoice stamped twice is a tax problem, not a hiccup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gigstack_sync.api.envelope import Unreadable
from gigstack_sync.api.problems import read_problem
from gigstack_sync.api.retry_after import asked_wait
from gigstack_sync.api.wire import Reply, Trouble
from gigstack_sync.errors import (
    ApiError,
    AuthError,
    BadAnswer,
    Forbidden,
    GigstackError,
    NetworkError,
    NotFound,
    UnknownOutcome,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_TRANSIENT = frozenset({408, 425, 429})
_THROTTLE_CODES = frozenset({"rate_limit_exceeded"})
_TRANSIENT_CODES = frozenset(
    {"internal_server_error", "service_unavailable", "database_error", "external_service_error"}
)
_SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of one client, in seconds and bytes.

    `deadline` covers one try from connect to last byte; `patience` is how long one
    request may be told to come back later; `retry_budget` is shared by all threads.
    """

    connections: int = 16
    deadline: float = 30.0
    tries: int = 6
    patience: float = 120.0
    backoff_base: float = 0.5
    backoff_cap: float = 20.0
    pause_cap: float = 60.0
    retry_budget: float = 64.0
    max_bytes: int = 64 << 20

    def __post_init__(self) -> None:
        if min(self.connections, self.tries, self.max_bytes) < 1 or self.deadline <= 0:
            raise UsageError("A client needs at least one connection, one try and some time.")


class Effort:
    """Counts what one request has cost so far, and says when it is enough."""

    def __init__(self, policy: Policy, started: float) -> None:
        self.failures = 0
        self.refusals = 0
        self.tries = 0
        self.doubtful = False
        self._policy = policy
        self._started = started

    def note(self, trouble: Trouble) -> None:
        """Count one more failed try."""
        self.tries += 1
        self.doubtful |= trouble.doubtful
        if trouble.throttled:
            self.refusals += 1
        else:
            self.failures += 1

    def is_spent(self, now: float) -> bool:
        """Say whether to stop: tries for failures, patience for being told to wait."""
        out_of_patience = self.refusals > 0 and now - self._started >= self._policy.patience
        return out_of_patience or self.failures >= self._policy.tries


def may_repeat(method: str, body: Any) -> bool:
    """Say whether a second copy of this request does no harm."""
    if method in _SAFE_METHODS:
        return True
    return isinstance(body, dict) and bool(body.get("idempotency_key"))


def backoff(tries: int, policy: Policy, random: Callable[[], float]) -> float:
    """Seconds before the next try: full jitter under a doubling, capped ceiling."""
    ceiling = min(policy.backoff_cap, policy.backoff_base * 2.0 ** min(max(tries - 1, 0), 16))
    return random() * ceiling


def asked_pause(asked: float | None, own: float, policy: Policy) -> float:
    """Seconds to hold everybody: what the server asks, bounded; our own backoff for 0 or silence.

    "Retry-After: 0" taken at its word would burn all patience in one storm.
    """
    if asked is not None and asked >= 1:
        return min(policy.pause_cap, asked)
    return min(policy.pause_cap, max(asked or 0.0, own))


def check_status(reply: Reply, path: str) -> None:
    """Let 2xx pass; raise Trouble for what may heal, an error for what will not."""
    status = reply.status
    if 200 <= status < 300:
        return
    if status in _TRANSIENT or status >= 500:
        raise _transient(reply)
    problem = read_problem(reply.body)
    said = f": {problem}" if str(problem) else ""
    if status in (401, 403):
        raise refused(status, path, said)
    kind = NotFound if status == 404 else ApiError
    raise kind(
        f"{path} answered {status}{said}.",
        hint="Check the id, and that it belongs to this team." if status == 404 else "",
        status=status,
        api_code=problem.api_code,
        details=problem.details,
    )


def refused(status: int, path: str, said: str) -> AuthError:
    """Make the error for a key that does not open this door."""
    if status == 401:
        return AuthError(
            f"The API refused the key (401 at {path}){said}.", hint="Set a new key: gigstack login"
        )
    return Forbidden(
        f"The key is not allowed {path} (403){said}.",
        hint="Check the team (--team), the plan, and the rights of the key.",
    )


def soften(error: ApiError) -> GigstackError | Trouble:
    """Turn an answer that reads like an outage (by its code or its bytes) into Trouble."""
    throttled = error.api_code in _THROTTLE_CODES
    if throttled or error.api_code in _TRANSIENT_CODES or isinstance(error, BadAnswer):
        return Trouble(error.message.rstrip("."), throttled=throttled, error=error)
    return error


def exhausted(trouble: Trouble, path: str, tries: int) -> GigstackError:
    """Make the error to raise when nobody repeats any more; JSON of a wrong shape stays one."""
    if isinstance(trouble.error, BadAnswer) and not isinstance(trouble.error, Unreadable):
        return trouble.error
    hint = "Run it again later." if trouble.congested else "Check the network, then run it again."
    if tries == 1:
        return NetworkError(f"{path} failed: {trouble.cause}.", hint=hint)
    return NetworkError(f"{path} failed {tries} times; the last time: {trouble.cause}.", hint=hint)


def unfinished(trouble: Trouble, act: str, effort: Effort) -> GigstackError:
    """Make the error for a write that is given up: only a refusal tells that nothing happened.

    `act` is its method and path.
    """
    if not effort.doubtful:
        return exhausted(trouble, act, effort.tries)
    return unknown_outcome(f"{act} failed: {trouble.cause}", effort.tries)


def unknown_outcome(what: str, tries: int = 1) -> UnknownOutcome:
    """Make the error for a write that was sent and never properly answered."""
    repeated = "It was not repeated." if tries == 1 else f"It was sent {tries} times."
    return UnknownOutcome(
        f"{what}. {repeated}",
        hint="It may have been carried out: look at the record before you try again.",
    )


def _transient(reply: Reply) -> Trouble:
    problem = read_problem(reply.body)
    wait = asked_wait(reply) if reply.status in (429, 503) else None
    said = f" ({problem})" if str(problem) else ""
    asked = f", asking to wait {wait:.0f} s" if wait else ""
    return Trouble(
        f"HTTP {reply.status}{said}{asked}",
        wait=wait,
        throttled=reply.status == 429 or (reply.status == 503 and wait is not None),
        congested=reply.status == 503,
    )

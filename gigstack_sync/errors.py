"""Every error this package raises on purpose, and the exit code each one earns.

GigstackError
├── UsageError           what was asked cannot be done as asked; change the command
│   └── ConfigError      a settings or credentials file, or a variable, is wrong
├── AuthError            the key is missing, refused, or belongs to another account
│   └── Forbidden        403: the key is good, but not for this
├── ApiError             the API answered, and the answer is no
│   ├── NotFound         404: no such record
│   └── BadAnswer        the answer makes no sense: not JSON, no data, a loop
├── NetworkError         the API cannot be reached, or keeps failing
│   └── UnknownOutcome   a write was sent and no answer says what became of it
├── SyncRunning          another sync holds this mirror
├── StorageError         disk, permission, damaged or foreign database file
└── CheckFailed          a check ran and found differences
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a cron job may act on."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    PARTIAL = 3  # some of the work is done and usable, some is not
    AUTH = 4
    NETWORK = 5
    RUNNING = 6
    STORAGE = 7
    DIFFERENCES = 8
    INTERRUPTED = 130
    TERMINATED = 143


class GigstackError(Exception):
    """Base of all. `hint` is the next thing to type or do."""

    exit_code = ExitCode.FAILURE
    code = "failure"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GigstackError):
    """What was asked cannot be done as asked."""

    exit_code = ExitCode.USAGE
    code = "usage"


class ConfigError(UsageError):
    """A settings or credentials file, or an environment variable, is wrong."""

    code = "config"


class AuthError(GigstackError):
    """The key is missing, refused, or belongs to another account."""

    exit_code = ExitCode.AUTH
    code = "auth"


class Forbidden(AuthError):
    """403: the key is good, but may not do this."""

    code = "forbidden"
    status = 403


class ApiError(GigstackError):
    """The API answered no. `status` is HTTP's; `api_code` and `details` are the body's."""

    code = "api"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        status: int = 0,
        api_code: str = "",
        details: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.api_code = api_code
        self.details = details


class NotFound(ApiError):
    """404: no such record, or no such endpoint."""

    code = "not_found"


class BadAnswer(ApiError):
    """A 2xx whose body makes no sense: not JSON, no data, a cursor that loops."""

    code = "bad_answer"


class NetworkError(GigstackError):
    """The API cannot be reached, or kept failing until the retries ran out."""

    exit_code = ExitCode.NETWORK
    code = "network"


class UnknownOutcome(NetworkError):
    """A write was sent, and whether it was carried out nobody said."""

    code = "unknown_outcome"


class SyncRunning(GigstackError):
    """Another sync holds this mirror."""

    exit_code = ExitCode.RUNNING
    code = "running"


class StorageError(GigstackError):
    """Disk full, no permission, a damaged database, or one of another format or account."""

    exit_code = ExitCode.STORAGE
    code = "storage"


class CheckFailed(GigstackError):
    """A check ran to its end and found differences."""

    exit_code = ExitCode.DIFFERENCES
    code = "differences"

"""The log file of a sync: one JSON object a line, rotated, without the key or any record."""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from gigstack_sync.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST_FILE = 10 << 20
KEPT_FILES = 5


class JsonLines(logging.Formatter):
    """time, level, logger, message, and the run's summary where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if summary := getattr(record, "summary", None):
            line["summary"] = summary
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False, default=str)


@contextmanager
def journal(path: Path, *, is_verbose: bool = False) -> Iterator[None]:
    """Write this package's log to `path` while the block runs; requests too when verbose."""
    logger = logging.getLogger("gigstack_sync")
    before = logger.level
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = _PrivateFile(
            path, maxBytes=LARGEST_FILE, backupCount=KEPT_FILES, encoding="utf-8"
        )
    except OSError as error:
        raise StorageError(f"Cannot write the log {path}: {error.strerror}.") from error
    handler.setFormatter(JsonLines())
    if not is_verbose:
        handler.addFilter(_without_requests)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
        handler.close()


class _PrivateFile(RotatingFileHandler):
    """A log that only its owner can read, and that never stops a sync."""

    def _open(self):  # type: ignore[no-untyped-def]
        stream = super()._open()
        self._make_private()
        return stream

    def _make_private(self) -> None:
        from pathlib import Path

        Path(self.baseFilename).chmod(0o600)

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk shows elsewhere, and clearer."""


def _without_requests(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or not record.name.startswith("gigstack_sync.api")

"""DuckDB calls on a thread of their own, so that Ctrl-C is answered while a query runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_POLL = 0.2  # seconds; on some systems a signal is noticed only between waits
_PATIENCE = 1.0  # seconds a query gets to stop; string functions never do


class Worker:
    """One daemon thread: a query that cannot be stopped does not keep the process alive."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._last: Future[Any] | None = None
        threading.Thread(target=self._work, name="duckdb", daemon=True).start()

    def call(self, work: Callable[[], T], interrupt: Callable[[], object]) -> T:
        """Run `work` there and wait; a signal's exception here calls `interrupt` first."""
        self._last = future = Future[T]()
        self._jobs.put(lambda: _fulfil(future, work))
        try:
            while not wait([future], timeout=_POLL).done:
                pass
        except (KeyboardInterrupt, SystemExit):
            interrupt()
            wait([future], timeout=_PATIENCE)
            raise
        return future.result()

    @property
    def is_busy(self) -> bool:
        """Whether an interrupted job still runs; what it uses cannot be closed."""
        return self._last is not None and not self._last.done()

    def stop(self) -> None:
        """Let the thread end after its present job."""
        self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            del job  # or it would keep the last result alive


def _fulfil(future: Future[Any], work: Callable[[], Any]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)

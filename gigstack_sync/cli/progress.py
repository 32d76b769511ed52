"""Progress per stream on a terminal; nothing at all anywhere else."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from gigstack_sync.cli.language import marked, tr
from gigstack_sync.cli.session import Session
from gigstack_sync.cli.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from rich.progress import Progress, TaskID

    from gigstack_sync.sync.job import Job
    from gigstack_sync.sync.report import StreamReport


class Bars:
    """An observer that draws one bar a stream, while there is a terminal to draw on."""

    def __init__(self, session: Session) -> None:
        self._progress: Progress | None = None
        self._tasks: dict[Job, TaskID] = {}
        self._first_team = ""
        if sys.stderr is not None and sys.stderr.isatty() and not session.quiet:
            self._progress = _progress(session)

    def __enter__(self) -> Bars:
        if self._progress:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress:
            self._progress.stop()

    def began(self, jobs: list[Job]) -> None:
        """Show a line for each stream."""
        if self._progress:
            for job in jobs:
                self._first_team = self._first_team or job.team_id
                self._tasks[job] = self._progress.add_task(
                    job.stream.name, total=None, note=self._noted("", job)
                )

    def moved(self, job: Job) -> None:
        """Show how many rows have come, of how many there may be."""
        if self._progress:
            seen = job.report.counts.seen + job.waiting
            total = max(job.walk.total or 0, seen) if job.is_long else None
            self._progress.update(self._tasks[job], completed=seen, total=total)

    def ended(self, job: Job) -> None:
        """Show what became of the stream."""
        if self._progress:
            report = job.report
            note = tr("not offered") if report.unavailable else _news(report)
            seen = total = report.counts.seen
            if report.errors or report.put_off:
                note = tr("failed") if report.errors else tr("not finished")
                total = max(job.walk.total or 0, seen + 1)
            self._progress.update(
                self._tasks[job],
                completed=seen,
                total=total or 1,
                note=self._noted(note, job),
                refresh=True,
            )

    def _noted(self, note: str, job: Job) -> str:
        """The note, and whose list it is where that is not the first team's."""
        whose = job.team_id if job.team_id != self._first_team else ""
        return clean("  ".join(filter(None, (note, whose))))


def _news(report: StreamReport) -> str:
    counts = report.counts
    news = (
        (marked("{count} new"), counts.inserted),
        (marked("{count} changed"), counts.updated + counts.returned),
        (marked("{count} deleted"), report.deleted),
    )
    told = (tr(text, count=f"{count:,}") for text, count in news if count)
    return ", ".join(told) or tr("no change")


def _progress(session: Session) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(
        stderr=True, no_color=session.color is False or None, force_terminal=session.color
    )
    return Progress(
        TextColumn("{task.description:<17}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:>9,.0f} " + tr("rows")),
        TextColumn("{task.fields[note]}", markup=False),
        console=console,
        refresh_per_second=10,
    )


class StopSignal:
    """First SIGINT or SIGTERM: commit what is complete and leave. Second: leave at once.

    Either way the exit code is the signal's: 130 or 143.
    """

    def __init__(self, stop: threading.Event, wake: Callable[[], None]) -> None:
        self._stop = stop
        self._wake = wake
        self.number = 0

    def __enter__(self) -> StopSignal:
        import signal

        self._before = {
            number: signal.signal(number, self._take) for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        import signal

        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _take(self, number: int, frame: object) -> None:
        if self._stop.is_set():
            raise SystemExit(128 + number)
        self.number = number
        self._stop.set()
        # The gate's lock may be held by the very frame this signal interrupts.
        threading.Thread(target=self._wake, daemon=True).start()

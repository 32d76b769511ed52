"""The one place that writes: rows, their windows and their history commit together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gigstack_sync.store.absent import Absent
from gigstack_sync.store.census import Census
from gigstack_sync.store.connection import explain, roll_back
from gigstack_sync.store.load import Batch, Counts
from gigstack_sync.sync.look import Kind
from gigstack_sync.sync.windows import Span, overlay, union

if TYPE_CHECKING:
    from collections.abc import Callable

    from gigstack_sync.store.ledger import Ledger
    from gigstack_sync.store.load import Loader
    from gigstack_sync.store.mirror import Mirror
    from gigstack_sync.sync.job import Job
    from gigstack_sync.sync.look import Look
    from gigstack_sync.sync.walkers import Event
    from gigstack_sync.sync.windows import Window

ROWS_PER_COMMIT = 6_000
"""With the page that crosses the line, a little less than the store keeps in one row group."""
BYTES_PER_COMMIT = 20 << 20


class Writer:
    """Gathers answers and applies them in batches, each in one transaction."""

    def __init__(self, mirror: Mirror, loader: Loader, ledger: Ledger) -> None:
        self._con = mirror.con
        self._path = mirror.places.mirror
        self._loader = loader
        self._ledger = ledger
        self._census = Census(mirror.con)
        self.absent = Absent(mirror.con)
        self._waiting: dict[Job, _Waiting] = defaultdict(_Waiting)
        self._rows = 0
        self._bytes = 0
        self.changed = 0
        """Rows written so far, over all streams."""

    def add(self, job: Job, event: Event) -> None:
        """Take an answer; commits by itself when enough has gathered."""
        waiting, answer = self._waiting[job], event.answer
        if answer:
            waiting.lines_for(event.look, job).extend(answer.lines)
            waiting.problems.extend(answer.problems)
            self._rows += len(answer.lines)
            job.waiting += len(answer.lines)
            self._bytes += sum(map(len, answer.lines))
        if event.outcome.starts_over:
            waiting.covered.clear()
            waiting.starts_over = True
        for span in event.outcome.covered:
            waiting.covered += job.claims(span)
        if self._rows >= ROWS_PER_COMMIT or self._bytes >= BYTES_PER_COMMIT:
            self.flush()

    def flush(self) -> None:
        """Commit everything that waits."""
        if self._waiting:
            self.commit(self._apply)
        self._waiting.clear()
        self._rows = self._bytes = 0

    def commit(self, work: Callable[[], object]) -> None:
        """Do `work` in a transaction of its own; DuckDB's errors become StorageError."""
        import duckdb

        try:
            self._con.execute("begin")
            work()
            self._con.execute("commit")
        except duckdb.Error as error:
            roll_back(self._con)
            raise explain(self._path, error) from error
        except BaseException:
            roll_back(self._con)
            raise

    def _apply(self) -> None:
        for job, waiting in self._waiting.items():
            counts = self._load(job, waiting)
            self.changed += counts.changed
            job.report.counts += counts
            job.waiting = 0
            if waiting.starts_over:
                job.windows, job.withheld = [], []
            if job.facts.is_subset:
                # with the claim, or a death in between would leave it false
                self._census.doubt(job.team_id, job.stream.name, job.doubtful(waiting.covered), "")
            self._claim(job, waiting.covered)
            if waiting.covered or waiting.starts_over:
                self._ledger.save_windows(
                    job.team_id,
                    job.stream.name,
                    ((w.start, w.end, w.walked_at) for w in job.windows),
                )

    def _claim(self, job: Job, covered: list[Window]) -> None:
        """Where a row was not shown that should have been, nothing is claimed yet."""
        for window in covered:
            job.windows = overlay(job.windows, window)
        if covered and job.may_miss:
            spans = union(Span(w.start, w.end) for w in covered)
            missing = self.absent.missing(job.team_id, job.stream.name, spans)
            job.withhold({at for _, _, at in missing if at is not None})

    def _load(self, job: Job, waiting: _Waiting) -> Counts:
        name = job.stream.name
        listed = Batch(job.team_id, name, waiting.lines, whole=not job.facts.is_subset)
        bodies = Batch(job.team_id, name, waiting.bodies, from_list=False)
        new = sum(self._loader.quarantine(listed, *problem) for problem in waiting.problems)
        counts = self._loader.load(listed) + self._loader.load(bodies)
        return counts + Counts(seen=len(waiting.problems), quarantined=new)


class _Waiting:
    """What has gathered for one stream since the last commit."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.bodies: list[bytes] = []
        self.problems: list[tuple[str, str]] = []
        self.covered: list[Window] = []
        self.starts_over = False

    def lines_for(self, look: Look, job: Job) -> list[bytes]:
        """Where the rows of a look go; nowhere if it only asked whether the row exists.

        A GET may spell a row otherwise than the list does, which is no change.
        """
        if look.kind is Kind.CONFIRM and look.row_id not in job.moved:
            return []
        return self.bodies if look.row_id else self.lines

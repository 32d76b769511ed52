"""One sync run: plan over the ledger, walk in parallel, write in one place, settle, publish."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from gigstack_sync.errors import ApiError, ExitCode, Forbidden, GigstackError, StorageError
from gigstack_sync.store.census import Census
from gigstack_sync.store.ledger import Ledger
from gigstack_sync.store.load import Loader
from gigstack_sync.sync.job import Job
from gigstack_sync.sync.look import Answer, Kind, Look
from gigstack_sync.sync.perform import Performer, Source
from gigstack_sync.sync.report import RunReport, StreamReport
from gigstack_sync.sync.settle import Settler
from gigstack_sync.sync.streams import STREAMS, Axis, Stream
from gigstack_sync.sync.walk import NO_FILTER, Walk
from gigstack_sync.sync.walkers import Event, Walkers
from gigstack_sync.sync.windows import DAY, Window
from gigstack_sync.sync.wishes import Wishes, cumulated
from gigstack_sync.sync.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from gigstack_sync.store.mirror import Mirror

NOT_OFFERED = frozenset({200, 400, 402, 403, 404, 405, 422, 501})
"""Statuses by which an optional list says that this account does not have it."""
UNKNOWN = frozenset({404, 405, 501})
"""Statuses by which an API says that it has no such list at all."""


@dataclass(frozen=True, slots=True)
class Options:
    """What one run shall do. `since` is epoch seconds, `budget` the most requests."""

    streams: tuple[Stream, ...] = STREAMS
    is_full: bool = False
    since: int | None = None
    budget: int | None = None
    accepts_deletes: bool = False
    walkers: int = 16


class Observer(Protocol):
    """Told of progress; the command line draws it."""

    def began(self, jobs: list[Job]) -> None:
        """These streams are walked now."""

    def moved(self, job: Job) -> None:
        """More rows of this stream have arrived."""

    def ended(self, job: Job) -> None:
        """One stream is settled."""


class Silent:
    """An observer that does nothing."""

    def began(self, jobs: list[Job]) -> None:
        """Ignore."""

    def moved(self, job: Job) -> None:
        """Ignore."""

    def ended(self, job: Job) -> None:
        """Ignore."""


def naive_utc(moment: float) -> datetime:
    """Epoch seconds as the mirror stores them."""
    return datetime.fromtimestamp(moment, UTC).replace(tzinfo=None)


def utc_now() -> datetime:
    """Read this machine's clock."""
    return naive_utc(time.time())


def wishes_for(
    census: Census, team_id: str, stream: Stream, windows: list[Window], options: Options
) -> Wishes:
    """What a run with these options wants of one stream, from the mirror alone."""
    volatile: tuple[int, ...] = ()
    if stream.volatile and windows and options.since is None and not options.is_full:
        volatile = census.volatile(team_id, stream.name, stream.volatile)
    return Wishes(
        tuple(windows),
        volatile,
        cumulated(census.per_day(team_id, stream.name)) if windows else (),
        is_full=options.is_full,
        since=options.since,
    )


@dataclass
class Engine:
    """Runs over one open mirror. `stop` ends the run after what is complete is committed."""

    mirror: Mirror
    source: Source
    options: Options = field(default_factory=Options)
    observer: Observer = field(default_factory=Silent)
    stop: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], datetime] = utc_now
    pool: Callable[..., Walkers] = Walkers
    """Makes the walkers; a simulation's take turns as its dice fall."""
    run_id: int = 0

    def __post_init__(self) -> None:
        con = self.mirror.con
        self._ledger = Ledger(con)
        self._census = Census(con)
        self._granted = 0
        self._before = 0
        self._purse = threading.Lock()
        self._started: dict[Job, float] = {}

    def run(self, own_team: str, teams: list[str]) -> RunReport:
        """Sync every team; the report says what happened even when an error ended the run."""
        report = RunReport(notices=list(self.mirror.notices))
        began, clock = self.clock(), time.monotonic()
        self._before = self.source.requests
        self.run_id = report.run_id = self._ledger.begin_run(began)
        writer = self._writer()
        try:
            for team_id in teams:
                self._run_team(writer, team_id, own_team, report)
        except StorageError:
            raise
        except GigstackError as error:
            writer.flush()
            report.exit_code, report.error = error.exit_code, error.message
            report.hint = error.hint
        report.seconds = time.monotonic() - clock
        report.requests = self._requests()
        if report.exit_code is ExitCode.OK:
            report.exit_code = exit_code(report)
        if report.exit_code is ExitCode.NETWORK and not report.error:
            report.error = "No list of the API could be read."
            report.hint = "Check the network and base_url (gigstack config), then: gigstack sync"
        writer.commit(lambda: self._ledger.end_run(self.run_id, self.clock(), report.as_json()))
        return report

    def _writer(self) -> Writer:
        con, spool = self.mirror.con, self.mirror.places.spool
        loader = Loader(con, spool, run_id=self.run_id, now=self.clock())
        return Writer(self.mirror, loader, self._ledger)

    def _run_team(self, writer: Writer, team_id: str, own_team: str, report: RunReport) -> None:
        is_own = team_id == own_team
        performer = Performer(self.source, None if is_own else team_id, self.may_repeat)
        settler = Settler(
            writer,
            self._ledger,
            self._census,
            writer.absent,
            self.run_id,
            self.clock,
            accepts_deletes=self.options.accepts_deletes,
        )
        walkers = self.pool(
            partial(self._perform, performer),
            size=self.options.walkers,
            may_ask=self._may_ask,
            stop=self.stop,
        )
        jobs = [self._job(team_id, s, walkers) for s in self._streams(is_own)]
        report.streams.extend(job.report for job in jobs)
        if is_own:
            self._pin_own_team(jobs, own_team)
        self.observer.began(jobs)
        try:
            self._walk(jobs, walkers, writer, settler)
        finally:
            walkers.close()

    def _streams(self, is_own: bool) -> list[Stream]:
        """The list of teams belongs to the key, not to a team."""
        return [s for s in self.options.streams if is_own or s.name != "teams"]

    @staticmethod
    def _pin_own_team(jobs: list[Job], own_team: str) -> None:
        for job in jobs:
            if job.stream.name == "teams":
                job.pinned = own_team

    def _job(self, team_id: str, stream: Stream, walkers: Walkers) -> Job:
        facts = self._ledger.facts(team_id, stream.name)
        windows = [Window(*row) for row in self._ledger.windows(team_id, stream.name)]
        known = "" if self.options.is_full else facts.dialect
        is_forced = known != NO_FILTER and self._needs_whole(team_id, stream, facts.whole_at)
        walk = Walk(
            stream,
            team_id,
            wishes_for(self._census, team_id, stream, windows, self.options),
            NO_FILTER if is_forced else known,
            walkers.hungry,
        )
        report = StreamReport(team_id, stream.name)
        job = Job(team_id, stream, walk, report, facts, windows, is_forced=is_forced)
        job.had_rows = self._census.live(team_id, stream.name) > 0
        return job

    def _needs_whole(self, team_id: str, stream: Stream, whole_at: int | None) -> bool:
        """Rows without a time are shown by no window, so once a day everything is listed."""
        if stream.axis is Axis.NONE or not self._census.unplaced(team_id, stream.name):
            return False
        return whole_at is None or self.clock().replace(tzinfo=UTC).timestamp() - whole_at > DAY

    def _requests(self) -> int:
        """Made by this run: a client may serve several."""
        return self.source.requests - self._before

    def _may_ask(self) -> bool:
        """Reserve one request of the budget until the look is done."""
        with self._purse:
            if not self._affords(1):
                return False
            self._granted += 1
            return True

    def may_repeat(self) -> bool:
        """Whether a look may take a request more: what was granted for it counts as made twice."""
        with self._purse:
            return self._affords(0)

    def _affords(self, more: int) -> bool:
        budget = self.options.budget
        return budget is None or self._requests() + self._granted + more <= budget

    def _perform(self, performer: Performer, walk: Walk, look: Look) -> Answer:
        try:
            return perform(performer, walk, look)
        finally:
            with self._purse:
                self._granted -= 1

    def _walk(self, jobs: list[Job], walkers: Walkers, writer: Writer, settler: Settler) -> None:
        by_walk = {id(job.walk): job for job in jobs}
        for job in jobs:
            self._started[job] = time.monotonic()
            walkers.submit(job.walk, job.walk.begin())
        self.mirror.make_views()
        for event in walkers.events():
            job = by_walk[id(event.walk)]
            self._note(job, event, settler)
            writer.add(job, event)
            self.observer.moved(job)
            if event.is_last:
                self._settle(job, walkers, settler)

    def _settle(self, job: Job, walkers: Walkers, settler: Settler) -> None:
        for error in job.walk.errors:
            job.report.errors.append(str(error))
        job.walk.errors.clear()
        if looks := settler.proceed(job):
            walkers.submit(job.walk, looks)
            return
        job.report.warnings.extend(dict.fromkeys(job.walk.warnings))
        job.report.seconds = time.monotonic() - self._started[job]
        self.observer.ended(job)

    def _note(self, job: Job, event: Event, settler: Settler) -> None:
        """What an answer means beside its rows."""
        look, answer = event.look, event.answer
        if event.is_put_off:
            job.report.put_off += 1
            return
        job.report.requests += 1
        if event.error:
            self._note_unavailable(job, event.error, look)
        if event.outcome.starts_over:
            job.covered.clear()
        job.covered.extend(event.outcome.covered)
        job.is_whole = job.is_whole or event.outcome.is_whole
        job.is_long = job.is_long or job.walk.outstanding > 0
        if answer:
            job.report.is_answered = True
            self._note_answer(job, look, answer, settler)

    def _note_answer(self, job: Job, look: Look, answer: Answer, settler: Settler) -> None:
        if look.kind is Kind.ROW and look.row_id == job.lacking and job.facts.is_subset is None:
            settler.learn_subset(job, is_subset=not answer.is_gone and answer.lacking is None)
        elif not look.row_id:
            job.lacking = job.lacking or answer.lacking
        if look.row_id and answer.is_gone:
            job.gone.append(look.row_id)
        elif look.kind is Kind.CONFIRM:
            job.renamed.update((look.row_id, p.id) for p in answer.places if p.id != look.row_id)
            if job.has_moved(answer):
                job.moved.add(look.row_id)

    @staticmethod
    def _refusals(job: Job) -> frozenset[int]:
        """Statuses by which this list may be missing; one that was there before may not."""
        if job.stream.is_optional:
            return NOT_OFFERED
        return frozenset() if job.stream.is_core or job.windows else UNKNOWN

    def _note_unavailable(self, job: Job, error: GigstackError, look: Look) -> None:
        """A list that the account does not have is no failure."""
        status = error.status if isinstance(error, ApiError | Forbidden) else 0
        if look.kind is Kind.HEAD and status in self._refusals(job):
            job.report.unavailable = error.message
            job.walk.errors = [e for e in job.walk.errors if e is not error]


def perform(performer: Performer, walk: Walk, look: Look) -> Answer:
    """Make one look; what an optional list refuses is an error of that list alone."""
    try:
        return performer(walk.stream, walk.team_id, walk.dialect, look)
    except Forbidden as error:
        if walk.stream.is_optional:
            raise ApiError(error.message, hint=error.hint, status=403) from error
        raise


def exit_code(report: RunReport) -> ExitCode:
    """Cron's word for a run that no error ended."""
    if all(stream.is_complete for stream in report.streams):
        return ExitCode.OK
    if any(s.is_answered or s.put_off for s in report.streams):
        return ExitCode.PARTIAL
    return ExitCode.NETWORK

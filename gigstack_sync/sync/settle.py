"""What is left to do once a stream's lists were looked at, in stages.

Each stage returns the looks it needs answered before the next one; none means go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gigstack_sync.store.ledger import StreamFacts
from gigstack_sync.sync.look import Kind, Look
from gigstack_sync.sync.walk import NO_FILTER
from gigstack_sync.sync.windows import Span, gaps, overlay, union
from gigstack_sync.sync.wishes import Wishes

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gigstack_sync.store.absent import Absent
    from gigstack_sync.store.census import Census
    from gigstack_sync.store.ledger import Ledger
    from gigstack_sync.sync.job import Job
    from gigstack_sync.sync.writer import Writer

MANY = 20
MANY_SHARE = 5
"""More than MANY rows, and more than a fifth of those looked at: too many to believe at once."""
MOST_FALSE_ALARMS = 3


@dataclass(slots=True)
class Settler:
    """Completes, confirms, counts and records; lives in the writer's thread."""

    writer: Writer
    ledger: Ledger
    census: Census
    absent: Absent
    run_id: int
    clock: Callable[[], datetime]
    accepts_deletes: bool = False
    is_full: bool = False

    def proceed(self, job: Job) -> list[Look]:
        """The looks still needed; [] when the stream is settled and recorded."""
        stages = (
            self._probe_subset,
            self._complete,
            self._pinned,
            self._confirm_missing,
            self._bury,
            self._check_total,
        )
        self.writer.flush()
        while job.stage < len(stages):
            stage = stages[job.stage]
            job.stage += 1
            if looks := stage(job):
                return looks
        self._record(job)
        return []

    def _probe_subset(self, job: Job) -> list[Look]:
        """One GET tells whether a field the list lacks exists at all."""
        if job.facts.is_subset is None and job.lacking:
            return [Look(Kind.ROW, row_id=job.lacking)]
        return []

    def learn_subset(self, job: Job, is_subset: bool) -> None:
        """The probe's answer: from now on list bodies count as incomplete, or do not."""

        def work() -> None:
            job.facts = self.ledger.learn(job.team_id, job.stream.name, is_subset=is_subset)
            if is_subset:
                self.census.call_lists_partial(job.team_id, job.stream.name)

        self.writer.commit(work)

    def _complete(self, job: Job) -> list[Look]:
        if not job.facts.is_subset:
            return []
        if not job.is_rechecked:
            self.writer.commit(lambda: self._doubt_bodies(job))
        ids = self.census.partial(job.team_id, job.stream.name)
        return [Look(Kind.ROW, row_id=row_id) for row_id in ids]

    def _doubt_bodies(self, job: Job) -> None:
        """Volatile rows may have changed in fields that the list leaves out.

        So may due ones: the writer called their bodies in doubt when it claimed the look.
        """
        volatile = job.stream.volatile if job.walk.wishes.volatile else ""
        self.census.doubt(job.team_id, job.stream.name, [], volatile)

    def _pinned(self, job: Job) -> list[Look]:
        """A test key's own team may be missing from the list and still be there."""
        if not job.pinned or self._is_shown(job, job.pinned):
            return []
        return [Look(Kind.ROW, row_id=job.pinned)]

    def _confirm_missing(self, job: Job) -> list[Look]:
        name = job.stream.name
        spans = None if job.is_whole else union(job.covered)
        job.missing = {
            row_id: (key, at)
            for row_id, key, at in self.absent.missing(job.team_id, name, spans)
            if row_id != job.pinned
        }
        if not job.missing:
            return []
        size = self.absent.looked_at(job.team_id, name, spans)
        if len(job.missing) > max(MANY, size // MANY_SHARE) and not self.accepts_deletes:
            self._refuse(job, size)
            return []
        return [Look(Kind.CONFIRM, row_id=row_id) for row_id in job.missing]

    def _refuse(self, job: Job, size: int) -> None:
        """Believe nothing, claim nothing: the next run looks again."""
        name = job.stream.name
        job.report.errors.append(
            f"{len(job.missing)} of {size} rows are missing from the list at once, so none was "
            f"marked as deleted. If they are gone: gigstack sync --stream {name} --accept-deletes"
        )
        self._retract(job, job.covered)
        job.missing = {}
        job.is_doubtful = True

    def _bury(self, job: Job) -> list[Look]:
        self._note_bodiless(job)
        job.gone += [old for old, new in job.renamed.items() if self._is_shown(job, new)]
        gone = [job.missing[row_id][0] for row_id in job.gone if row_id in job.missing]
        settled = {*job.gone, *job.moved}
        left = [at for row_id, (_, at) in job.missing.items() if row_id not in settled]
        if gone:
            self.writer.commit(
                lambda: self.absent.bury(
                    job.team_id, job.stream.name, gone, run_id=self.run_id, now=self.clock()
                )
            )
            job.report.deleted += len(gone)
        if left:
            job.is_doubtful = True
            self._retract(job, [Span(at, at + 1) for at in left if at is not None])
            job.report.warnings.append(f"{len(left)} rows exist that the list does not show")
        job.missing, job.gone, job.moved, job.renamed = {}, [], set(), {}
        self._release(job)
        return []

    def _is_shown(self, job: Job, row_id: str) -> bool:
        """Whether this run's lists have the row: then any other name of it is one too many."""
        return self.census.is_known(job.team_id, job.stream.name, row_id)

    def _release(self, job: Job) -> None:
        """Claim what was withheld: it is known now what became of the rows not shown there."""
        if job.withheld:
            for window in job.withheld:
                job.windows = overlay(job.windows, window)
            job.withheld = []
            self.writer.commit(lambda: self._save_windows(job))

    def _note_bodiless(self, job: Job) -> None:
        """No list was asked for the row, or it has it: what it leaves out cannot be had."""
        lost = [i for i in job.gone if i not in job.missing and i != job.pinned]
        if not lost:
            return
        places = self.census.places(job.team_id, job.stream.name, lost)
        self._retract(job, [Span(at, at + 1) for at in places])
        job.report.errors.append(
            f"{len(lost)} rows have no record of their own: {lost[0]}. "
            "The next run looks whether the list still has them"
        )

    def _retract(self, job: Job, spans: list[Span]) -> None:
        """Take back the claim that these spans were looked at."""
        job.windows = [piece for window in job.windows for piece in window.outside(spans)]
        job.withheld = [piece for window in job.withheld for piece in window.outside(spans)]
        self.writer.commit(lambda: self._save_windows(job))

    def _save_windows(self, job: Job) -> None:
        self.ledger.save_windows(
            job.team_id, job.stream.name, ((w.start, w.end, w.walked_at) for w in job.windows)
        )

    def _check_total(self, job: Job) -> list[Look]:
        """The cheap alarm: a total the new rows do not explain means something was missed."""
        walk, facts = job.walk, job.facts
        if walk.total is None or not self._is_settled(job):
            return []
        gap = walk.total - self.census.live(job.team_id, job.stream.name)
        is_explained = gap in self._expected_gaps(job)
        if is_explained or facts.false_alarms >= MOST_FALSE_ALARMS:
            return self._learn_gap(job, gap, 0 if is_explained else facts.false_alarms)
        if not job.is_rechecked and not job.is_whole:
            job.is_rechecked = True
            return self._again(job, Wishes(tuple(job.windows)))
        if not job.is_alarmed and not job.is_whole:
            job.is_alarmed = True
            job.changed_before = job.report.counts.changed + job.report.deleted
            return self._again(job, Wishes(is_full=True))
        if gap > max(self._expected_gaps(job)) and not job.is_whole:
            return self._list_everything(job)
        return self._give_up_alarm(job, gap)

    def _list_everything(self, job: Job) -> list[Look]:
        """The last resort: rows that no filter shows, such as those without a time."""
        job.news["dialect"] = self._spelling(job)
        job.is_forced = True
        job.walk.known_dialect = NO_FILTER
        return self._again(job, Wishes(is_full=True))

    def _expected_gaps(self, job: Job) -> range:
        """What the total may exceed the live rows by: as before, or by rows kept aside."""
        offset = job.facts.total_offset
        return self._natural_gaps(job) if offset is None else range(offset, offset + 1)

    def _natural_gaps(self, job: Job) -> range:
        """What needs no excuse: rows kept aside, and the own team that no list shows."""
        unlisted = int(bool(job.pinned))
        return range(-unlisted, self.census.quarantined(job.team_id, job.stream.name) + 1)

    def _give_up_alarm(self, job: Job, gap: int) -> list[Look]:
        found = job.report.counts.changed + job.report.deleted - job.changed_before
        alarms = 0 if found or not job.is_alarmed else job.facts.false_alarms + 1
        natural = self._natural_gaps(job)
        if gap < min(natural):  # rows vanished while they were listed; the next run will tell
            job.report.warnings.append(f"the server counts {-gap} rows fewer than its lists showed")
            return self._learn_gap(job, job.facts.total_offset, alarms)
        if gap > max(natural):
            live = self.census.live(job.team_id, job.stream.name)
            job.report.errors.append(
                f"the server counts {job.walk.total} rows, but its lists show {live}. "
                "From now on that difference is taken as given"
            )
        return self._learn_gap(job, gap, alarms)

    def _learn_gap(self, job: Job, gap: int | None, false_alarms: int) -> list[Look]:
        known = job.facts
        if (known.total_offset, known.false_alarms) != (gap, false_alarms):
            job.news |= {"total_offset": gap, "false_alarms": false_alarms}
        return []

    def _again(self, job: Job, wishes: Wishes) -> list[Look]:
        """Walk the stream once more in this run, with other wishes.

        What the earlier walk showed proves nothing now: it may have gone in between.
        """
        job.stage = 0
        job.covered.clear()
        self.absent.forget_seen(job.team_id, job.stream.name)
        job.walk.wishes = wishes
        return job.walk.begin()

    def _is_settled(self, job: Job) -> bool:
        """Nothing failed or was put off, so the counts may be compared."""
        report = job.report
        is_covered = not gaps(job.windows, Span(0, job.walk.ceiling))
        return is_covered and not (report.errors or report.put_off or job.is_doubtful)

    def _record(self, job: Job) -> None:
        walk, name = job.walk, job.stream.name
        spelling = job.facts.dialect if job.is_forced else self._spelling(job)
        if spelling != job.facts.dialect:
            job.news["dialect"] = spelling
        if job.is_whole and (job.is_forced or spelling == NO_FILTER):
            job.news["whole_at"] = walk.now
        if job.report.unavailable != job.facts.unavailable:
            job.news["unavailable"] = job.report.unavailable
        if job.news:
            self.writer.commit(lambda: self._learn(job))
        self.absent.forget_seen(job.team_id, name)
        job.report.rows = self.census.live(job.team_id, name)
        job.report.oldest_look = min((w.walked_at for w in job.windows), default=None)

    @staticmethod
    def _spelling(job: Job) -> str:
        walk = job.walk
        return walk.dialect.name if walk.dialect and walk.is_proved else walk.known_dialect

    def _learn(self, job: Job) -> StreamFacts:
        job.facts = self.ledger.learn(job.team_id, job.stream.name, **job.news)
        return job.facts

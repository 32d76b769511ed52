"""Rows, windows and history commit together, or none of them."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest

from gigstack_sync.errors import StorageError
from gigstack_sync.store.absent import Absent
from gigstack_sync.store.ledger import Ledger, StreamFacts
from gigstack_sync.store.load import Loader
from gigstack_sync.sync.job import Job
from gigstack_sync.sync.look import Answer, Kind, Look
from gigstack_sync.sync.perform import spool_line
from gigstack_sync.sync.report import StreamReport
from gigstack_sync.sync.streams import chosen
from gigstack_sync.sync.walk import Outcome
from gigstack_sync.sync.walkers import Event
from gigstack_sync.sync.windows import Span
from gigstack_sync.sync.writer import Writer

(SERVICES,) = chosen(["services"])


@pytest.fixture
def writer(lab):
    con = lab.mirror.con
    Absent(con)
    loader = Loader(con, lab.places.spool, run_id=1, now=datetime(2026, 10, 1))
    return Writer(lab.mirror, loader, Ledger(con))


@pytest.fixture
def job():
    walk = SimpleNamespace(now=50)
    return Job("team_1", SERVICES, walk, StreamReport("team_1", "services"), StreamFacts(), [])


def event(name="a", covered=(), kind=Kind.SPAN, starts_over=False):
    raw = b'{"id":"%s"}' % name.encode()
    answer = Answer(50, lines=[spool_line(1, "team_1", name, 5, raw)[0]])
    outcome = Outcome([Span(*c) for c in covered], starts_over=starts_over)
    return Event(None, Look(kind, row_id=name * (kind is Kind.CONFIRM)), answer, outcome=outcome)


def stored(lab):
    ids = [row_id for (row_id,) in lab.rows("select id from mirror.services order by id")]
    return ids, lab.rows("select starts, ends, walked_at from sync.windows order by starts")


def test_rows_and_windows_appear_together(lab, writer, job):
    writer.add(job, event(covered=[(0, 9)]))
    assert stored(lab) == ([], [])
    writer.flush()
    assert stored(lab) == (["a"], [(0, 9, 50)])


def test_enough_rows_commit_by_themselves(lab, writer, job, monkeypatch):
    monkeypatch.setattr("gigstack_sync.sync.writer.ROWS_PER_COMMIT", 2)
    for name in "abc":
        writer.add(job, event(name))
    assert stored(lab)[0] == ["a", "b"]


def test_large_rows_commit_before_they_fill_the_memory(lab, writer, job, monkeypatch):
    monkeypatch.setattr("gigstack_sync.sync.writer.BYTES_PER_COMMIT", 10)
    writer.add(job, event())
    assert stored(lab)[0] == ["a"]


def test_starting_over_takes_every_claim_back(lab, writer, job):
    writer.add(job, event(covered=[(0, 9)]))
    writer.flush()
    writer.add(job, event("b", covered=[(3, 4)], starts_over=True))
    writer.flush()
    assert stored(lab) == (["a", "b"], [(3, 4, 50)])


def test_a_row_asked_for_to_learn_whether_it_exists_is_not_written(lab, writer, job):
    writer.add(job, event(kind=Kind.CONFIRM))
    writer.flush()
    assert stored(lab)[0] == []


def test_work_that_fails_is_undone_and_the_next_goes_through(lab, writer):
    insert = "insert into sync.windows values ('t', 's', 1, 2, 3)"
    with pytest.raises(ZeroDivisionError):
        writer.commit(lambda: (lab.mirror.con.execute(insert), 1 // 0))
    assert stored(lab)[1] == []
    writer.commit(lambda: lab.mirror.con.execute(insert))
    assert len(stored(lab)[1]) == 1


def test_an_error_of_the_disk_is_told_as_one(lab, writer):
    with pytest.raises(StorageError, match="is full"):
        writer.commit(lambda: lab.mirror.con.execute("select error('No space left on device')"))


def test_flushing_nothing_is_nothing(lab, writer):
    writer.flush()
    assert stored(lab) == ([], [])

"""What the mirror says of itself, read without writing."""

from __future__ import annotations

import json

import duckdb
import pytest

from gigstack_sync.errors import ApiError, StorageError, SyncRunning
from gigstack_sync.store.lock import SyncLock
from gigstack_sync.store.publish import publish
from gigstack_sync.sync.peek import peek
from gigstack_sync.sync.status import last_runs, stream_statuses


def only(lab):
    (status,) = stream_statuses(lab.mirror.con)
    return status


def test_a_stream_is_counted(lab, api):
    api.fill("/services", 30)
    api.odd["/services"] = [b"null"]
    lab.run()
    del api.rows["/services"]["row_00003"]
    lab.run()
    status = only(lab)
    assert (status.rows, status.deleted, status.quarantined) == (29, 1, 1)
    assert (status.oldest_look, status.newest_look, status.open_windows) == (api.now, api.now, 0)


def test_stretches_never_looked_at_are_open(lab, api):
    api.fill("/services", 1_500)
    lab.run(budget=3)
    assert only(lab).open_windows == 1


def test_a_list_that_is_not_offered_is_shown_with_its_reason(lab, api):
    def refuse(*_):
        raise ApiError("not offered", status=404)

    api.before = refuse
    lab.run("invoices_sat")
    assert stream_statuses(lab.mirror.con) == [] or only(lab).unavailable == "not offered"


def test_status_is_plain_data(lab):
    lab.run()
    assert json.loads(json.dumps(only(lab).as_json()))["stream"] == "services"


def test_the_newest_runs_come_first(lab):
    for _ in range(3):
        lab.run()
    assert [run["run_id"] for run in last_runs(lab.mirror.con, 2)] == [3, 2]


def test_peeking_reads_the_mirror_and_cannot_write(places):
    with peek(places) as con:
        assert con.execute("select count(*) from sync.runs").fetchone() == (0,)
        with pytest.raises(duckdb.Error, match="read-only"):
            con.execute("delete from sync.runs")


def test_peeking_takes_the_published_copy_while_a_sync_runs(places):
    publish(places)
    with SyncLock(places.lock), peek(places) as con:
        assert con.execute("select current_database()").fetchone() == ("gigstack",)


def test_peeking_may_insist_on_the_mirror_itself(places):
    with SyncLock(places.lock), pytest.raises(SyncRunning), peek(places, waits=True):
        pass


def test_there_is_nothing_to_peek_at_before_the_first_run(places):
    places.mirror.unlink()
    with pytest.raises(StorageError, match="no mirror"), peek(places):
        pass


def test_the_lock_is_free_after_peeking(places):
    with peek(places):
        pass
    with SyncLock(places.lock):
        pass

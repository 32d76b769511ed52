"""A whole sync over real files: lock, run, publish, and the word it leaves."""

from __future__ import annotations

import json
import threading
import time
from types import SimpleNamespace

import duckdb
import pytest

from gigstack_sync.errors import ApiError, AuthError, StorageError, SyncRunning
from gigstack_sync.store.lock import SyncLock
from gigstack_sync.sync import session as session_module
from gigstack_sync.sync.engine import Engine, Options
from gigstack_sync.sync.session import ALL_TEAMS, SyncSession, forget, last_good, read_state
from gigstack_sync.sync.streams import chosen

SERVICES = "/services"


class FakeClient:
    """The in-memory API in the client's clothes."""

    def __init__(self, api):
        self.api = api
        self.page, self.row = api.page, api.row
        self.key = SimpleNamespace(team="team_1", is_test=False)
        self.transport = SimpleNamespace(gate=SimpleNamespace())

    @property
    def traffic(self):
        api = self.api
        return SimpleNamespace(requests=api.requests, retries=0, bytes=0, server_time=api.now)


@pytest.fixture
def client(make_api):
    api = make_api()
    api.fill(SERVICES, 250)
    return FakeClient(api)


@pytest.fixture
def sync(places, client):
    def run(team=None, **options):
        client.api.earlier = len(client.api.asked)
        session = SyncSession(places, client, team=team)
        return session.sync(Options(streams=chosen(["services"]), walkers=4, **options))

    return run


def published(places, sql="select count(*) from services"):
    with duckdb.connect(str(places.published), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_what_was_synced_is_published(sync, places):
    report = sync()
    assert report.is_published
    assert published(places) == [(250,)]


def test_a_run_without_changes_publishes_nothing(sync, places):
    sync()
    before = places.published.stat().st_mtime_ns
    assert not sync().is_published
    assert places.published.stat().st_mtime_ns == before


def test_a_published_file_that_vanished_is_made_again(sync, places):
    sync()
    places.published.unlink()
    assert sync().is_published
    assert published(places) == [(250,)]


def test_a_published_file_that_somebody_cut_is_made_again(sync, places):
    sync()
    whole = places.published.read_bytes()
    places.published.write_bytes(whole[:5_000])
    assert sync().is_published
    assert places.published.stat().st_size >= len(whole)
    assert not sync().is_published


def test_a_change_reaches_readers(sync, places, client):
    sync()
    client.api.put(SERVICES, "new", client.api.now - 1)
    sync()
    assert published(places) == [(251,)]


def test_a_partial_run_is_published_too(sync, places):
    report = sync(budget=2)
    assert (report.exit_code, report.is_published) == (3, True)
    assert published(places) == [(199,)]


def test_the_word_left_tells_the_outcome(sync, places):
    sync()
    state = read_state(places)
    assert (state["outcome"], state["exit_code"], state["error"]) == ("ok", 0, None)
    assert last_good(places) == pytest.approx(time.time(), abs=60)
    assert state["last_ok_at"] == state["finished_at"]


def test_a_failed_run_keeps_the_date_of_the_last_good_one(sync, places, client):
    sync()
    good = last_good(places)

    def refuse(*_):
        raise AuthError("revoked")

    client.api.before = refuse
    assert sync().exit_code == 4
    assert read_state(places)["outcome"] == "auth"
    assert last_good(places) == good


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[" * 9_999, '{"last_ok_at": 7}', '{"last_ok_at": "x"}']
)
def test_an_unreadable_word_is_no_word(places, text):
    places.state.write_text(text)
    assert last_good(places) is None


def test_a_second_sync_is_refused_before_it_asks_anything(sync, places, client):
    with SyncLock(places.lock), pytest.raises(SyncRunning):
        sync()
    assert client.api.asked == []


def test_a_key_of_another_account_is_refused(sync, client):
    sync()
    client.key = SimpleNamespace(team="team_9", is_test=False)
    with pytest.raises(AuthError, match="team_9"):
        sync()


def test_a_test_key_does_not_write_into_live_data(sync, client):
    sync()
    client.key = SimpleNamespace(team="team_1", is_test=True)
    with pytest.raises(AuthError, match="live data"):
        sync()


def test_every_team_of_the_key_is_synced_when_asked_for(sync, places, client):
    api = client.api
    for team in ("team_1", "team_2"):
        api.put("/teams", team)
    api.fill(f"team_2:{SERVICES}", 3)
    report = sync(team=ALL_TEAMS)
    assert [s.team_id for s in report.streams] == ["team_1", "team_2"]
    assert published(places) == [(253,)]


def test_a_mirror_lost_is_continued_from_the_published_copy(sync, places):
    sync()
    places.mirror.unlink()
    report = sync()
    assert (report.changed, report.requests) == (0, 1)


def test_damage_met_in_mid_run_sets_the_mirror_aside(sync, places, monkeypatch):
    sync()

    def hit_a_bad_block(*_):
        raise duckdb.Error("Corrupt database file: computed checksum 1 does not match")

    monkeypatch.setattr(Engine, "run", hit_a_bad_block)
    with pytest.raises(StorageError, match=r"set aside as .*damaged-"):
        sync()
    monkeypatch.undo()
    assert sync().requests == 1


def test_fault_36_a_full_disk_leaves_readers_their_file_until_the_next_run(
    sync, places, client, monkeypatch
):
    sync()
    client.api.put(SERVICES, "new", client.api.now - 1)
    monkeypatch.setattr(session_module, "publish", refuse_to_publish)
    with pytest.raises(StorageError):
        sync()
    monkeypatch.undo()
    assert published(places) == [(250,)]
    sync()
    assert published(places) == [(251,)]


def refuse_to_publish(*_, **__):
    raise StorageError("disk full")


def test_what_a_killed_run_committed_is_published_by_the_next(sync, places, client, monkeypatch):
    sync()
    client.api.put(SERVICES, "new", client.api.now - 1)
    monkeypatch.setattr(session_module, "publish", lambda *_, **__: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        sync()
    monkeypatch.undo()
    assert sync().is_published
    assert published(places) == [(251,)]


def test_forgetting_a_stream_makes_the_next_run_look_at_everything(sync, places):
    sync()
    forget(places, ["services"], zone="America/Mexico_City", memory="64MB")
    report = sync()
    assert report.requests >= 3
    assert report.changed == 0


def test_forgetting_publishes_what_it_had_to_make_anew(sync, places):
    sync()
    forget(places, ["services"], zone="Asia/Tokyo", memory="256MB")
    zones = "select distinct zone from sync.loads"
    with duckdb.connect(str(places.published), read_only=True) as con:
        assert con.execute(zones).fetchall() == [("Asia/Tokyo",)]


def test_there_is_nothing_to_forget_without_a_mirror(places):
    places.mirror.unlink()
    with pytest.raises(StorageError, match="no mirror"):
        forget(places, ["services"], zone="UTC", memory="64MB")


def test_a_stop_ends_the_run_and_publishes_what_is_complete(places, client):
    stop = threading.Event()
    client.api.before = lambda number, *_: number == 2 and stop.set()
    session = SyncSession(places, client, stop=stop)
    report = session.sync(Options(streams=chosen(["services"]), walkers=1))
    assert report.exit_code == 3
    assert published(places) == [(199,)]


def test_the_summary_can_be_written_as_json(sync):
    summary = json.loads(json.dumps(sync().as_json()))
    assert summary["published"] is True
    assert summary["streams"][0]["rows"] == 250


def test_an_api_that_is_down_leaves_an_empty_mirror_and_code_5(sync, client):
    def fail(*_):
        raise ApiError("down", status=503)

    client.api.before = fail
    assert sync().exit_code == 5

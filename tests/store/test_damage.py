"""Bytes that go bad anywhere: noticed, set aside under a name, made anew from the other file."""

from __future__ import annotations

import errno
import os
import shutil
import time

import duckdb
import pytest

from gigstack_sync.errors import StorageError
from gigstack_sync.store import mirror as mirror_module
from gigstack_sync.store import spare
from gigstack_sync.store.connection import Damaged, explain, is_whole
from gigstack_sync.store.migrations import migrate
from gigstack_sync.store.mirror import open_mirror
from gigstack_sync.store.places import Places
from gigstack_sync.store.publish import publish

THOROUGH = bool(os.environ.get("GIGSTACK_THOROUGH"))
OFFSETS = 60 if THOROUGH else 7


def opened(places):
    return open_mirror(places, zone="America/Mexico_City", memory="256MB")


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A mirror of which most blocks are rows, and its published copy."""
    places = Places(tmp_path_factory.mktemp("good") / "gigstack.duckdb")
    places.prepare()
    with opened(places) as mirror:
        mirror.con.execute(
            "insert into mirror.services by name select 'team_1' as team_id, "
            "md5(range::varchar) as id, repeat(md5((-range)::varchar), 30) as payload "
            "from range(30_000)"
        )
    publish(places)
    return places


@pytest.fixture
def places(tmp_path, good):
    places = Places(tmp_path / "gigstack.duckdb")
    places.prepare()
    shutil.copyfile(good.mirror, places.mirror)
    shutil.copyfile(good.published, places.published)
    return places


def flip(path, share):
    with path.open("r+b") as file:
        file.seek(int(share * path.stat().st_size))
        there = file.read(16)
        file.seek(-len(there), os.SEEK_CUR)
        file.write(bytes(byte ^ 0xFF for byte in there))


def cut(path, share):
    os.truncate(path, int(share * path.stat().st_size))


def rows(con):
    return con.execute("select count(*), bit_xor(hash(t)) from mirror.services t").fetchone()


@pytest.mark.parametrize("place", range(OFFSETS))
@pytest.mark.parametrize("harm", [flip, cut])
def test_wherever_the_mirror_is_harmed_the_next_run_goes_on_with_a_whole_one(
    places, good, harm, place
):
    harm(places.mirror, place / OFFSETS)
    was_whole = is_whole(places.mirror)
    with opened(places) as mirror, duckdb.connect(str(good.mirror), read_only=True) as same:
        assert rows(mirror.con) == rows(same)
        told = " ".join(mirror.notices)
    aside = list(places.folder.glob("working.duckdb.damaged-*"))
    assert is_whole(places.mirror)
    assert was_whole or (len(aside) == 1 and aside[0].name in told)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_a_published_file_gone_bad_is_set_aside_and_made_anew(places, share):
    flip(places.published, share)
    assert not is_whole(places.published)
    with opened(places) as mirror:
        assert mirror.is_new
        assert "was damaged" in mirror.notices[0]
    publish(places)
    assert is_whole(places.published)
    assert len(list(places.published.parent.glob("gigstack.duckdb.damaged-*"))) == 1


def test_a_spare_gone_bad_is_forgotten_before_it_can_last(places):
    spare.keep(places)
    opened(places).close()
    assert not list(places.folder.glob("spare-*"))


def test_all_is_read_once_a_day_and_not_in_each_run(places, monkeypatch):
    swept = []
    monkeypatch.setattr(mirror_module, "sweep_mirror", lambda *_: swept.append(1))
    for hours in (0, 1, 25, -3):
        if places.swept.exists():
            os.utime(places.swept, (time.time() - hours * 3_600,) * 2)
        opened(places).close()
    assert len(swept) == 3  # the first, after a day, and when the clock was turned back


def test_a_log_whose_database_is_gone_is_not_folded_into_the_next(places):
    log = places.mirror.with_name("working.duckdb.wal")
    log.write_bytes(b"of another database")
    places.mirror.unlink()
    with opened(places) as mirror:
        assert "log without its database" in mirror.notices[0]
    assert [path.read_bytes() for path in places.folder.glob("*.damaged-*.wal")] == [
        b"of another database"
    ]


@pytest.mark.parametrize("harm", [flip, cut])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_a_log_that_is_harmed_leaves_a_state_that_was_committed(places, harm, share):
    """Each transaction brings one row; the mirror has so many of them, or starts from its copy."""
    process = duckdb.connect(str(places.mirror), config={"checkpoint_threshold": "1GB"})
    process.execute("create table sync.extra (n integer)")
    for number in range(20):
        process.execute("insert into sync.extra values (?)", [number])
    held = {
        path: path.read_bytes()
        for path in (places.mirror, places.mirror.with_name("working.duckdb.wal"))
    }
    process.close()
    for path, data in held.items():
        path.write_bytes(data)
    harm(path, share)
    with opened(places) as mirror:
        try:
            found = [n for (n,) in mirror.con.execute("from sync.extra").fetchall()]
        except duckdb.CatalogException:
            found = []
        assert found == list(range(len(found)))
        assert rows(mirror.con)[0] == 30_000


def test_what_a_killed_run_spilled_is_cleared(places):
    (places.spool / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"spilled")
    opened(places).close()
    assert not list(places.spool.iterdir())


REFUSED = [errno.EIO, errno.EMFILE, errno.EROFS, errno.EDQUOT, errno.ENOMEM, errno.ENOSPC]


@pytest.mark.parametrize("number", REFUSED, ids=errno.errorcode.get)
@pytest.mark.parametrize(
    "kind", [duckdb.IOException, duckdb.TransactionException, duckdb.FatalException]
)
def test_what_the_system_refuses_is_no_damage_and_no_defect(tmp_path, number, kind):
    """A full or failing disk must not cost anybody a good mirror."""
    error = kind(f'Checkpoint failed: Could not write file "x": {os.strerror(number)}')
    told = explain(tmp_path / "working.duckdb", error)
    assert isinstance(told, StorageError)
    assert not isinstance(told, Damaged)


def test_a_file_that_the_system_does_not_let_us_read_is_not_called_damaged(places, monkeypatch):
    def refuse(*_, **__):
        raise duckdb.IOException(f'Cannot open file "x": {os.strerror(errno.EMFILE)}')

    monkeypatch.setattr(duckdb, "connect", refuse)
    with pytest.raises(StorageError, match="refuses"):
        is_whole(places.published)


def test_a_file_of_an_older_version_is_copied_before_it_is_changed(places):
    with duckdb.connect(str(places.mirror)) as con:
        con.execute("delete from sync.migrations where name like '0002%'")
        con.execute("create table sync.drift (n integer)")
    before = places.mirror.read_bytes()
    try:
        opened(places).close()
    finally:
        (copy,) = places.folder.glob("before-0002*.duckdb")
        assert copy.read_bytes() == before


class FullDisk:
    """A connection whose commit fails as on a full disk, which takes the transaction along."""

    def __init__(self, con):
        self._con = con

    def execute(self, sql, *values):
        if sql == "commit":
            self._con.execute("rollback")
            raise duckdb.TransactionException("Failed to commit: No space left on device")
        return self._con.execute(sql, *values)


def test_a_disk_that_fills_up_while_tables_are_made_is_what_is_told():
    """Not that there was no transaction left to take back."""
    with duckdb.connect() as con, pytest.raises(duckdb.Error, match="No space left"):
        migrate(FullDisk(con))

"""Readers get a whole new file or keep the one they have."""

from __future__ import annotations

import os
import shutil
import stat
import sys

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigstack_sync.errors import StorageError
from gigstack_sync.store import publish as publish_module
from gigstack_sync.store.places import Places
from gigstack_sync.store.publish import clear_leftovers, publish


@pytest.fixture
def places(tmp_path):
    places = Places(tmp_path / "gigstack.duckdb")
    places.prepare()
    return places


def write(places, number):
    with duckdb.connect(str(places.mirror)) as con:
        con.execute(f"create or replace table t as select {number} as n")


def read(places):
    with duckdb.connect(str(places.published), read_only=True) as con:
        return con.execute("select n from t").fetchone()[0]


def test_publishing_replaces_the_file_with_the_mirror(places):
    for number in (1, 2):
        write(places, number)
        publish(places)
        assert read(places) == number
    assert places.published.read_bytes() == places.mirror.read_bytes()


def test_an_open_reader_keeps_what_it_has(places):
    write(places, 1)
    publish(places)
    with duckdb.connect(str(places.published), read_only=True) as reader:
        shutil.copyfile(places.published, places.mirror)
        with duckdb.connect(str(places.mirror)) as con:
            con.execute("update t set n = 2")
        publish(places)
        assert reader.execute("select n from t").fetchone() == (1,)
    assert read(places) == 2


def test_the_published_file_is_private_under_any_umask(places):
    old = os.umask(0)
    try:
        write(places, 1)
        publish(places)
    finally:
        os.umask(old)
    assert stat.S_IMODE(places.published.stat().st_mode) == 0o600


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_publish_that_fails_leaves_the_old_file_and_says_so(places, monkeypatch, step):
    write(places, 1)
    publish(places)
    write(places, 2)

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish_module.os, step, fail)
    with pytest.raises(StorageError, match="readers still have the previous version"):
        publish(places)
    monkeypatch.undo()
    assert read(places) == 1
    assert [p.name for p in places.published.parent.glob(".gigstack*")] == []


def test_copies_left_by_a_killed_publish_are_cleared(places):
    leftover = places.published.with_name(".gigstack.duckdb.4711.tmp")
    leftover.write_bytes(b"half")
    bystander = places.published.with_name("mine.tmp")
    bystander.write_bytes(b"")
    clear_leftovers(places)
    assert (leftover.exists(), bystander.exists()) == (False, True)


def test_a_file_system_that_cannot_share_blocks_copies_them(places, monkeypatch):
    without_shared_blocks(monkeypatch)
    write(places, 3)
    publish(places)
    assert read(places) == 3


def without_shared_blocks(monkeypatch):
    """As on ext4: a copy has to be written."""
    monkeypatch.setattr(publish_module, "_share_blocks", lambda *_: False)


@pytest.fixture
def three_files(places, monkeypatch):
    """A published file and its spare, the mirror one edit ahead, and no whole copy allowed."""
    without_shared_blocks(monkeypatch)
    for number in (1, 2):
        write(places, number)
        publish(places, is_as_left=True)
    write(places, 3)
    return places


def whole_copies(monkeypatch):
    """A list that grows with every whole copy."""
    made, copy = [], publish_module.copy_durably
    monkeypatch.setattr(publish_module, "copy_durably", lambda *a: made.append(a) or copy(*a))
    return made


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open")


@linux
def test_a_copy_starts_from_the_file_before_last(three_files, monkeypatch):
    made = whole_copies(monkeypatch)
    (spare,) = three_files.folder.glob("spare-*")
    before = spare.stat().st_ino
    publish(three_files, is_as_left=True)
    assert three_files.published.stat().st_ino == before
    assert three_files.published.read_bytes() == three_files.mirror.read_bytes()
    assert made == []


@linux
@settings(max_examples=5, deadline=None)
@given(
    st.lists(st.sampled_from(["grow", "shrink", "change", "checkpoint"]), min_size=3, max_size=8)
)
def test_the_published_file_is_the_mirror_to_the_byte(tmp_path_factory, edits):
    places = Places(tmp_path_factory.mktemp("spare") / "gigstack.duckdb")
    places.prepare()
    with pytest.MonkeyPatch.context() as patch:
        without_shared_blocks(patch)
        for place, edit in enumerate(["grow", *edits]):
            with duckdb.connect(str(places.mirror)) as con:
                con.execute("create table if not exists t (n bigint, body varchar)")
                con.execute(EDITS[edit].format(place=place))
            publish(places, is_as_left=True)
            assert places.published.read_bytes() == places.mirror.read_bytes()


EDITS = {
    "grow": "insert into t select range, repeat(md5(range::varchar), 9) from range(40000)",
    "shrink": "delete from t where n % 3 = {place} % 3",
    "change": "update t set body = 'changed ' || {place} where n % 977 = 5",
    "checkpoint": "force checkpoint",
}


@linux
def test_a_file_that_somebody_still_reads_is_not_written_to(three_files, monkeypatch):
    made = whole_copies(monkeypatch)
    (spare,) = three_files.folder.glob("spare-*")
    with spare.open("rb") as backup:
        before = backup.read()
        publish(three_files, is_as_left=True)
        backup.seek(0)
        assert (backup.read() == before, len(made), read(three_files)) == (True, 1, 3)


def test_a_second_name_that_somebody_gave_a_file_is_not_written_to(three_files, tmp_path):
    (spare,) = three_files.folder.glob("spare-*")
    snapshot = tmp_path / "snapshot.duckdb"
    os.link(spare, snapshot)
    before = snapshot.read_bytes()
    publish(three_files, is_as_left=True)
    assert (snapshot.read_bytes() == before, read(three_files)) == (True, 3)


def test_a_spare_that_somebody_altered_is_not_used(three_files, monkeypatch):
    made = whole_copies(monkeypatch)
    (spare,) = three_files.folder.glob("spare-*")
    with spare.open("r+b") as file:
        file.seek(20_000)
        file.write(b"damage")
    os.utime(spare, ns=(1, 1))
    publish(three_files, is_as_left=True)
    assert (len(made), read(three_files)) == (1, 3)


def test_a_published_file_that_somebody_altered_is_no_spare(three_files):
    publish(three_files)
    assert [p.stat().st_ino for p in three_files.folder.glob("spare-*")] == []

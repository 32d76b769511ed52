"""Readers get a whole new file or keep the one they have."""

from __future__ import annotations

import os
import shutil
import stat

import duckdb
import pytest

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
    monkeypatch.setattr(publish_module, "_share_blocks", lambda *_: False)
    write(places, 3)
    publish(places)
    assert read(places) == 3

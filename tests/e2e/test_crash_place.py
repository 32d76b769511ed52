"""Disks that are full or refuse, file systems that cannot, many at once, readers meanwhile."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest

from gigstack_sync.cli.output import arriving_whole
from gigstack_sync.errors import StorageError
from gigstack_sync.store import lock as lock_module
from gigstack_sync.store import spare
from gigstack_sync.store.connection import is_whole

CLIENTS = ("sync", "--stream", "clients")


def edit(shop, name):
    with shop.world.lock:
        rows = shop.world.collection(shop.team, "clients")
        rows.change(rows.newest_first()[0], name=name)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of `small_disk(megabytes)`, or the test is skipped: only root may mount."""
    mounted = []

    def make(megabytes):
        folder = tmp_path / "disk"
        folder.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
        if sys.platform != "linux" or subprocess.call(command, stderr=subprocess.DEVNULL):
            pytest.skip("no file system can be mounted here")
        mounted.append(folder)
        return folder

    yield make
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


RARE = pytest.mark.rare


@pytest.mark.parametrize(
    "megabytes", [2, pytest.param(6, marks=RARE), pytest.param(9, marks=RARE), 14]
)
def test_a_full_disk_is_told_and_costs_nothing(megabytes, small_disk, account):
    """Full while the mirror is made, filled, folded, copied: each stage has its size."""
    shop = account(invoices=60, is_new=True)
    disk = small_disk(megabytes)
    full = {"GIGSTACK_DB": str(disk / "gigstack.duckdb")}
    first = shop.run("sync", **full)
    assert first.code == 7, first
    assert "Error:" in first.err
    assert "damaged" not in first.err
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
    second = shop.run("sync", **full)
    assert second.code == 0, second
    assert shop.run("check", **full).code == 0
    assert not [path for path in disk.rglob("*") if ".tmp" in path.name]


def test_a_disk_that_only_reads_is_told(small_disk, account):
    shop = account(invoices=20)
    disk = small_disk(40)
    there = {"GIGSTACK_DB": str(disk / "gigstack.duckdb")}
    assert shop.run(*CLIENTS, **there).code == 0
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    refused = shop.run(*CLIENTS, **there)
    assert refused.code == 7
    assert "Read-only file system" in refused.err or "not writable" in refused.err
    assert shop.run("status", **there).code == 0  # readers need not write


def test_a_file_system_without_locks_is_refused(account, monkeypatch):
    shop = account(invoices=20)

    def refuse(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(lock_module.fcntl, "flock", refuse)
    with pytest.raises(StorageError, match="cannot lock"):
        shop.sync("clients")
    assert len(shop.server.requests) == 0


@pytest.mark.parametrize("missing", ["link", "lease"])
def test_a_file_system_without_hard_links_or_leases_is_copied_to_whole(
    missing, account, monkeypatch
):
    shop = account(invoices=20)

    def refuse(*_):
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr(spare.os, "link", refuse) if missing == "link" else monkeypatch.setattr(
        spare, "_is_free", lambda _: False
    )
    for number in range(3):
        edit(shop, f"Cliente {number}")
        assert shop.sync("clients").is_published
        assert is_whole(shop.places.published)
        assert shop.differences("clients") == []


def test_of_ten_syncs_at_once_one_runs_and_the_others_say_so(account):
    shop = account(invoices=20, latency_ms=300)
    processes = [shop.start(*CLIENTS) for _ in range(10)]
    codes = sorted(shop.end(process).code for process in processes)
    assert set(codes) <= {0, 6}
    assert codes[0] == 0
    assert 6 in codes
    assert shop.run(*CLIENTS).code == 0
    assert shop.differences("clients") == []


READER = """
import sys, duckdb
torn = asked = 0
print("reading", flush=True)
for line in sys.stdin:
    with duckdb.connect(sys.argv[1], read_only=True) as con:
        for _ in range(2):
            n, least, most = con.execute("select count(*), min(name), max(name) from t").fetchone()
            torn += least != most or n != 3000
            asked += 1
print(asked, torn)
"""


def test_readers_of_other_processes_see_whole_states_across_a_hundred_publishes(tmp_path):
    """All rows of a state carry one name, so a mixture of two would show."""
    from gigstack_sync.store.places import Places
    from gigstack_sync.store.publish import publish

    places = Places(tmp_path / "gigstack.duckdb")
    places.prepare()
    with duckdb.connect(str(places.mirror)) as con:
        con.execute("create table t as select range as n, 'state 000' as name from range(3000)")
    publish(places)
    command = [sys.executable, "-c", READER, str(places.published)]
    readers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for reader in readers:
        reader.stdout.readline()
    for number in range(100):
        with duckdb.connect(str(places.mirror)) as con:
            con.execute(f"update t set name = 'state {number:03}'")
        for reader in readers:
            reader.stdin.write("\n")
            reader.stdin.flush()
        publish(places, is_as_left=True)
    told = [reader.communicate()[0].split() for reader in readers]
    assert told == [["200", "0"]] * 2
    assert [reader.returncode for reader in readers] == [0, 0]


def test_what_a_killed_export_left_is_cleared_by_the_next_to_the_same_file(tmp_path):
    target = tmp_path / "invoices.csv"
    with arriving_whole(target) as temporary:
        held = temporary.read_bytes()
        orphan = temporary.with_name(temporary.name.replace(".part", "x.part"))
        orphan.write_bytes(b"half")
        other = threading.Thread(target=lambda: write(target))
        other.start()
        other.join()
        assert temporary.exists()
        assert not orphan.exists()
        temporary.write_bytes(held + b"mine")
    assert target.read_bytes() == b"mine"
    assert list(tmp_path.iterdir()) == [target]


def write(target: Path):
    with arriving_whole(target) as temporary:
        temporary.write_bytes(b"theirs")

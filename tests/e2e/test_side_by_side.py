"""Two syncs at once, and readers that never wait, fail or see half of anything."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import duckdb
import pytest

from gigstack_sync.errors import SyncRunning

CLIENTS = "clients"
PUBLISHES = 60 if os.environ.get("GIGSTACK_THOROUGH") else 20


def test_fault_39_of_two_syncs_at_once_the_second_leaves_at_once(account):
    shop = account(invoices=120, latency_ms=150)
    first = shop.start("sync")
    while not len(shop.server.requests):
        pass
    with pytest.raises(SyncRunning, match=str(first.pid)):
        shop.sync()
    second = shop.run("sync", "--json")
    assert second.code == 6
    assert shop.end(first).code == 0
    assert shop.differences() == []


def test_fault_48_many_syncs_started_together_end_as_one(account):
    shop = account(invoices=60, latency_ms=20)
    crowd = [shop.start("sync") for _ in range(4)]
    codes = sorted(shop.end(process).code for process in crowd)
    assert codes[0] == 0
    assert set(codes) <= {0, 6}
    assert shop.differences() == []


def test_fault_39_a_lock_left_by_a_dead_process_holds_nobody(account):
    shop = account(invoices=30, latency_ms=100)
    process = shop.start("sync")
    while not len(shop.server.requests):
        pass
    process.kill()
    shop.end(process)
    assert shop.places.lock.exists()
    assert shop.run("sync").code == 0


READER = """
import sys, duckdb
path, seen = sys.argv[1], set()
while sys.stdin in __import__("select").select([sys.stdin], [], [], 0)[0] or True:
    with duckdb.connect(path, read_only=True) as con:
        for _ in range(3):
            versions = con.execute("select distinct name from mirror.clients").fetchall()
            assert len(versions) == 1, versions
            seen |= set(versions)
            con.execute("select count(*), sum(total) from invoices").fetchall()
    if __import__("select").select([sys.stdin], [], [], 0)[0]:
        break
print(len(seen))
"""
"""Opens the published file again and again; each client bears the number of the version."""


def test_readers_in_other_processes_see_one_whole_version_at_a_time(account):
    shop = account(invoices=60)
    version(shop, 0)
    shop.sync(CLIENTS, "invoices_income")
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(shop.places.published)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    try:
        for number in range(1, PUBLISHES + 1):
            version(shop, number)
            assert shop.sync(CLIENTS, is_full=True).is_published
    finally:
        ends = [reader.communicate(b"\n", timeout=30) for reader in readers]
    for (out, err), reader in zip(ends, readers, strict=True):
        assert (reader.returncode, err) == (0, b"")
        assert int(out) > 1


def version(shop, number):
    """Give every client the same new name, in one moment."""
    with shop.world.lock:
        rows = shop.world.collection(shop.team, CLIENTS)
        for row in list(rows):
            rows.change(row, name=f"Versión {number}")


def test_a_reader_with_the_file_open_keeps_its_version(account):
    shop = account(invoices=60)
    version(shop, 0)
    shop.sync(CLIENTS)
    with duckdb.connect(str(shop.places.published), read_only=True) as old:
        for number in range(1, 4):
            version(shop, number)
            shop.sync(CLIENTS, is_full=True)
            names = old.execute("select distinct name from mirror.clients").fetchall()
            assert names == [("Versión 0",)]
    assert shop.query("select distinct name from mirror.clients") == [("Versión 3",)]


def test_the_sql_command_answers_while_syncs_publish(account):
    shop = account(invoices=60)
    version(shop, 0)
    shop.sync(CLIENTS)
    stop = threading.Event()

    def publish():
        number = 0
        while not stop.is_set():
            number += 1
            version(shop, number)
            shop.sync(CLIENTS, is_full=True)

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        ends = [
            shop.run("sql", "select count(distinct name) as n from mirror.clients", "--json")
            for _ in range(5)
        ]
    finally:
        stop.set()
        thread.join()
    assert {end.code for end in ends} == {0}
    assert {row["n"] for end in ends for row in rows_of(end)} == {1}


def rows_of(end):
    found = end.json
    return found["data"] if isinstance(found, dict) else found


def test_fault_38_somebody_with_the_mirror_itself_open_is_named(account):
    """A BI tool on the wrong file: nothing is fetched, nothing lost, and the message says why."""
    shop = account(invoices=30)
    shop.sync(CLIENTS)
    with duckdb.connect(str(shop.places.mirror), read_only=True):
        end = shop.run("sync")
    assert end.code == 6
    assert "published file" in end.err
    assert shop.run("sync").code == 0

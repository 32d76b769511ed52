"""What DuckDB says of a file, in words that tell a person what to do."""

from __future__ import annotations

import struct
import subprocess
import sys

import duckdb
import pytest

from gigstack_sync.errors import StorageError, SyncRunning
from gigstack_sync.store.connection import Damaged, connect, explain, set_aside


def opened(path):
    return connect(path, memory="64MB", spool=path.parent)


def test_the_connection_speaks_utc(tmp_path):
    with opened(tmp_path / "a.duckdb") as con:
        assert con.execute("select current_setting('TimeZone')").fetchone() == ("UTC",)


def test_the_memory_limit_leaves_room_for_what_is_not_duckdb(tmp_path):
    with opened(tmp_path / "a.duckdb") as con:
        (limit,) = con.execute("select current_setting('memory_limit')").fetchone()
    assert limit == "38.1 MiB"


def test_no_extension_is_ever_fetched(tmp_path):
    with opened(tmp_path / "a.duckdb") as con:
        names = ("autoinstall_known_extensions", "autoload_known_extensions")
        assert [con.execute(f"select current_setting('{n}')").fetchone()[0] for n in names] == [
            False,
            False,
        ]


HOLDER = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"


def test_a_file_that_another_program_writes_is_busy_not_damaged(tmp_path):
    path = tmp_path / "a.duckdb"
    duckdb.connect(str(path)).close()
    argv = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        with pytest.raises(SyncRunning, match="open for writing"):
            opened(path)
        holder.communicate(b"\n")


def with_version(data, version):
    """The file as a later DuckDB would have begun it, checksum of the first block included."""
    block = data[8:12] + version.to_bytes(8, "little") + data[20:4096]
    checksum = 5381
    for (word,) in struct.iter_unpack("<Q", block):
        checksum ^= word * 0xBF58476D1CE4E5B9 & (1 << 64) - 1
    return checksum.to_bytes(8, "little") + block + data[4096:]


def test_fault_41_a_file_of_a_newer_duckdb_is_neither_damaged_nor_touched(tmp_path):
    path = tmp_path / "a.duckdb"
    duckdb.connect(str(path)).close()
    data = with_version(path.read_bytes(), 9_999)
    path.write_bytes(data)
    with pytest.raises(StorageError, match="newer DuckDB") as refusal:
        opened(path)
    assert not isinstance(refusal.value, Damaged)
    assert path.read_bytes() == data


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(StorageError):
        opened(tmp_path)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (duckdb.IOException("Could not write: No space left on device"), "disk of .* is full"),
        (duckdb.FatalException("fsync: No space left on device"), "disk of .* is full"),
        (duckdb.IOException('Cannot open file "x": Permission denied'), "No permission"),
        (duckdb.OutOfMemoryException("failed to allocate 4 GB"), "ran out of the memory"),
    ],
)
def test_errors_of_disk_and_machine_are_told_from_damage(tmp_path, error, words):
    told = explain(tmp_path / "a.duckdb", error)
    assert isinstance(told, StorageError)
    assert not isinstance(told, Damaged)
    with pytest.raises(StorageError, match=words):
        raise told


@pytest.mark.parametrize("kind", [duckdb.IOException, duckdb.SerializationException, duckdb.Error])
def test_unreadable_bytes_are_damage(tmp_path, kind):
    assert isinstance(explain(tmp_path / "a", kind("Corrupt database file: checksum")), Damaged)


def test_an_error_of_our_own_sql_comes_back_as_it_is(tmp_path):
    error = duckdb.BinderException("no such column")
    assert explain(tmp_path / "a", error) is error


def test_a_file_set_aside_takes_its_log_along(tmp_path):
    path = tmp_path / "a.duckdb"
    path.write_bytes(b"data")
    (tmp_path / "a.duckdb.wal").write_bytes(b"log")
    aside = set_aside(path)
    assert aside.read_bytes() == b"data"
    assert aside.with_name(aside.name + ".wal").read_bytes() == b"log"
    assert not path.exists()

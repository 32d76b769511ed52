"""One sync at a time, and a lock that never outlives its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from gigstack_sync.errors import StorageError, SyncRunning
from gigstack_sync.store.lock import SyncLock

HOLDER = """
import sys, pathlib
from gigstack_sync.store.lock import SyncLock
with SyncLock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_elsewhere(path):
    argv = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        try:
            yield holder
        finally:
            holder.kill()


def test_a_second_sync_is_told_who_holds_the_lock(tmp_path):
    with held_elsewhere(tmp_path / "lock") as holder, pytest.raises(SyncRunning) as refusal:
        SyncLock(tmp_path / "lock").__enter__()
    assert f"(process {holder.pid})" in str(refusal.value)


def test_a_lock_dies_with_its_process(tmp_path):
    with held_elsewhere(tmp_path / "lock") as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with SyncLock(tmp_path / "lock"):
            pass


def test_a_refused_sync_does_not_take_the_lock_from_its_holder(tmp_path):
    with held_elsewhere(tmp_path / "lock"):
        for _ in range(2):
            with pytest.raises(SyncRunning):
                SyncLock(tmp_path / "lock").__enter__()


def test_the_lock_is_free_after_its_block(tmp_path):
    for _ in range(2):
        with SyncLock(tmp_path / "lock"):
            pass


def test_the_lock_is_free_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), SyncLock(tmp_path / "lock"):
        1 // 0  # noqa: B018
    with SyncLock(tmp_path / "lock"):
        pass


def test_one_process_cannot_hold_it_twice(tmp_path):
    with SyncLock(tmp_path / "lock"), pytest.raises(SyncRunning, match=str(os.getpid())):
        SyncLock(tmp_path / "lock").__enter__()


@pytest.mark.parametrize("left", [b"", b"\xff\xfe", b"12345 1700000000 and more of it"])
def test_what_an_earlier_run_left_in_the_file_does_not_matter(tmp_path, left):
    (tmp_path / "lock").write_bytes(left)
    with SyncLock(tmp_path / "lock"):
        assert (tmp_path / "lock").read_bytes().split()[0] == str(os.getpid()).encode()


def test_a_lock_that_cannot_be_opened_is_a_matter_of_storage(tmp_path):
    with pytest.raises(StorageError, match="Cannot open the lock"):
        SyncLock(tmp_path / "no folder" / "lock").__enter__()

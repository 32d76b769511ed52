"""Folders and files that only their owner reads, replaced whole or not at all."""

from __future__ import annotations

import os
import stat

import pytest

from gigstack_sync.errors import StorageError
from gigstack_sync.store.places import Places, write_atomically


@pytest.fixture(params=[0, 0o022, 0o077])
def umask(request):
    old = os.umask(request.param)
    yield
    os.umask(old)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask")
def test_folders_are_made_private(tmp_path):
    places = Places(tmp_path / "new" / "gigstack.duckdb")
    places.prepare()
    folders = (places.published.parent, places.folder, places.spool)
    assert [mode(folder) for folder in folders] == [0o700] * 3


def test_a_folder_that_exists_keeps_its_mode(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o755)
    Places(tmp_path / "shared" / "gigstack.duckdb").prepare()
    assert mode(tmp_path / "shared") == 0o755


def test_a_file_in_place_of_a_folder_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="Cannot write in the folder") as refusal:
        Places(tmp_path / "file" / "gigstack.duckdb").prepare()
    assert "--db" in refusal.value.hint


def test_fault_37_a_folder_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StorageError, match="not writable"):
        Places(tmp_path / "gigstack.duckdb").prepare()


@pytest.mark.usefixtures("umask")
def test_a_state_file_is_private_and_whole(tmp_path):
    path = tmp_path / "state.json"
    for text in (b"first", b"second"):
        write_atomically(path, text)
    assert (path.read_bytes(), mode(path)) == (b"second", 0o600)
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "state.json"
    write_atomically(path, b"first")
    monkeypatch.setattr(os, "fsync", lambda _fd: (_ for _ in ()).throw(OSError(28, "disk full")))
    with pytest.raises(StorageError, match="disk full"):
        write_atomically(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]

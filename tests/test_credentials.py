"""The credentials file: shared with another program, private, and never lost."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.credentials import Credentials, Secret, set_aside
from gigstack_sync.errors import ConfigError, StorageError

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
not_root = pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root reads all")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A place for the file, in a folder that does not exist yet."""
    return tmp_path / "gigstack" / "credentials.json"


def write(path: Path, text: str | bytes) -> None:
    """Put that text in the file, privately."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(0o600)


def mode(path: Path) -> int:
    """Permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_missing_file_has_no_profiles(path: Path) -> None:
    file = Credentials.load(path)
    assert (file.names, file.active, file.get("default")) == ([], "default", None)


def test_what_is_stored_is_the_official_shape(path: Path) -> None:
    file = Credentials.load(path)
    file.put("default", Secret("abc"), "test")
    file.save()
    assert json.loads(path.read_text()) == {
        "profiles": {"default": {"apiKey": "abc", "environment": "test"}},
        "activeProfile": "default",
    }


def test_keys_of_others_survive(path: Path) -> None:
    write(path, '{"profiles": {"a": {"apiKey": "1", "color": "red"}}, "theme": {"x": 1}}')
    file = Credentials.load(path)
    file.put("a", Secret("2"), "production")
    file.save()
    stored = json.loads(path.read_text())
    assert stored["theme"] == {"x": 1}
    assert stored["profiles"]["a"] == {"apiKey": "2", "color": "red", "environment": "production"}


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_file_and_folder_are_private_under_any_umask(path: Path, umask: int) -> None:
    file = Credentials.load(path)
    file.put("default", Secret("abc"), "test")
    before = os.umask(umask)
    try:
        file.save()
    finally:
        os.umask(before)
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


@posix
def test_a_file_that_others_can_read_is_warned_about(path: Path) -> None:
    write(path, "{}")
    path.chmod(0o644)
    assert f"chmod 600 {path}" in Credentials.load(path).warnings[0]


def test_a_failed_write_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, '{"profiles": {"a": {"apiKey": "1"}}}')
    file = Credentials.load(path)
    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(StorageError, match="No space"):
        file.save()
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def full_disk(*_: object) -> None:
    """Stand in for a rename on a full disk."""
    raise OSError(28, "No space left on device")


@posix
def test_a_link_is_written_through_to_our_own_file(path: Path, tmp_path: Path) -> None:
    write(target := tmp_path / "dotfiles.json", "{}")
    path.parent.mkdir()
    path.symlink_to(target)
    file = Credentials.load(path)
    file.put("a", Secret("1"), "test")
    file.save()
    assert path.is_symlink()
    assert "apiKey" in target.read_text()


@posix
def test_a_link_to_nowhere_is_refused(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(StorageError, match="is a link"):
        Credentials.load(path).save()


@posix
def test_a_pipe_is_not_waited_for(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    with pytest.raises(ConfigError, match="not a regular file"):
        Credentials.load(path)


@posix
@not_root
def test_an_unreadable_file_is_said_to_be_so(path: Path) -> None:
    write(path, "{}")
    path.chmod(0)
    with pytest.raises(ConfigError, match="Permission denied"):
        Credentials.load(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"profiles": []}',
        '{"profiles": {"a": 1}}',
        '{"profiles": {"a": {"apiKey": 5}}}',
        '{"activeProfile": 3}',
        b"\xff\xfe\x00",
        "[" * 100_000,
        '{"a": ' + "9" * 10_000 + "}",
        " " * (1 << 20) + "{}",
    ],
)
def test_damage_is_reported_with_the_file_and_a_way_out(path: Path, text: str | bytes) -> None:
    write(path, text)
    with pytest.raises(ConfigError, match="damaged") as caught:
        Credentials.load(path)
    assert str(path) in caught.value.message
    assert "gigstack login" in caught.value.hint


def test_what_is_set_aside_is_kept(path: Path) -> None:
    write(path, "{half")
    copy = set_aside(path)
    assert copy.read_text() == "{half"
    assert not path.exists()


def test_removing_the_active_profile_passes_it_on(path: Path) -> None:
    file = Credentials(path, {"profiles": {"a": {}, "b": {}}, "activeProfile": "a"})
    assert (file.remove("a"), file.active, file.remove("a")) == (True, "b", False)


def test_only_a_stored_profile_can_be_activated(path: Path) -> None:
    file = Credentials(path, {"profiles": {"a": {}, "b": {}}, "activeProfile": "a"})
    assert (file.activate("nope"), file.active) == (False, "a")
    assert (file.activate("b"), file.active) == (True, "b")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
names = st.sampled_from(["profiles", "activeProfile", "apiKey", "default", "environment"])
files = st.dictionaries(
    names, json_values | st.dictionaries(names, st.dictionaries(names, json_values)), max_size=3
)


@given(
    st.binary(max_size=200)
    | json_values.map(encode := lambda v: json.dumps(v).encode())
    | files.map(encode)
)
def test_any_file_loads_or_is_refused_politely(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "credentials.json"
        path.write_bytes(data)
        try:
            file = Credentials.load(path)
        except ConfigError:
            return
        every: list[Any] = [file.get(name) for name in [*file.names, file.active]]
        file.put("new", Secret("k"), "test")
        file.save()
        assert Credentials.load(path).active == "new"
        assert len(every) == len(file.names) or "new" in file.names

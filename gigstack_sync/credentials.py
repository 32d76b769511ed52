"""The credentials file shared with the official CLI: profiles, each with one API key.

`{"profiles": {name: {"apiKey": …, "environment": …}}, "activeProfile": name}`, file 0600 in a
folder 0700. Keys this package does not know are kept when the file is written.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gigstack_sync.errors import ConfigError, StorageError

DEFAULT_PROFILE: Final = "default"
_MAX_BYTES: Final = 1 << 20


class Secret:
    """A string that shows itself only when asked: never in a repr, a log or a format."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that sends or stores it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class Profile:
    """One entry of the file. `settings` holds its text values besides the key."""

    name: str
    key: Secret | None
    environment: str
    settings: Mapping[str, str]


@dataclass(slots=True)
class Credentials:
    """The file as it was read; nothing is written before `save`."""

    path: Path
    document: dict[str, Any] = field(default_factory=dict, repr=False)
    warnings: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Credentials:
        """Read `path`; a missing file has no profiles. ConfigError when it makes no sense."""
        text, warnings = _read(path)
        return cls(path, _parse(path, text) if text is not None else {}, warnings)

    @property
    def names(self) -> list[str]:
        """Profile names, sorted."""
        return sorted(self._profiles)

    @property
    def active(self) -> str:
        """The profile in use unless another is asked for."""
        return self.document.get("activeProfile") or DEFAULT_PROFILE

    def get(self, name: str) -> Profile | None:
        """The profile of that name, or None."""
        entry = self._profiles.get(name)
        if entry is None:
            return None
        key = str(entry.get("apiKey") or "").strip()
        known = {k: v for k, v in entry.items() if isinstance(v, str) and v and k != "apiKey"}
        environment = str(entry.get("environment") or "")
        return Profile(name, Secret(key) if key else None, environment, known)

    def put(self, name: str, key: Secret, environment: str, *, base_url: str | None = None) -> None:
        """Store a key and make its profile the active one; other keys of it stay."""
        entry = self.document.setdefault("profiles", {}).setdefault(name, {})
        entry.update(apiKey=key.reveal(), environment=environment)
        if base_url:
            entry["baseUrl"] = base_url
        self.document["activeProfile"] = name

    def remove(self, name: str) -> bool:
        """Forget a profile; False when there is none. The active one passes to the first left."""
        if self._profiles.pop(name, None) is None:
            return False
        if self.active == name:
            self.document["activeProfile"] = next(iter(self.names), DEFAULT_PROFILE)
        return True

    def activate(self, name: str) -> bool:
        """Make a profile the active one; False when there is none of that name."""
        if name in self._profiles:
            self.document["activeProfile"] = name
        return name in self._profiles

    def save(self) -> None:
        """Replace the file whole, 0600 in a folder 0700; a link to our own file is followed."""
        text = json.dumps(self.document, indent=2) + "\n"
        try:
            _private_folder(self.path.parent)
            _replace(_target(self.path), text.encode())
        except OSError as error:
            raise StorageError(
                f"Cannot write {self.path}: {error.strerror or error}.",
                hint=f"See who owns it: ls -la {self.path.parent}",
            ) from error

    @property
    def _profiles(self) -> dict[str, dict[str, Any]]:
        profiles: dict[str, dict[str, Any]] = self.document.get("profiles") or {}
        return profiles


def set_aside(path: Path) -> Path:
    """Move a damaged file out of the way, still private; the copy's place is returned."""
    copy = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
    try:
        path.rename(copy)
        if not copy.is_symlink():
            copy.chmod(0o600)
    except OSError as error:
        raise StorageError(f"Cannot move {path} aside: {error.strerror or error}.") from error
    return copy


def _read(path: Path) -> tuple[str | None, tuple[str, ...]]:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would wait for ever
            raise _damaged(path, "it is not a regular file")
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return None, ()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"Cannot read the credentials file {path}: {reason}.",
            hint=f"See who owns it: ls -la {path.parent}",
        ) from error
    if len(data) > _MAX_BYTES:
        raise _damaged(path, "it is larger than 1 MB")
    try:
        return data.decode("utf-8-sig"), _exposed(path, found)
    except UnicodeDecodeError as error:
        raise _damaged(path, "it is not text") from error


def _exposed(path: Path, found: os.stat_result) -> tuple[str, ...]:
    if os.name == "nt" or not found.st_mode & 0o077:
        return ()
    return (f"Others can read your API key in {path}. Close it with: chmod 600 {path}",)


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "it is not JSON") from error
    if not isinstance(document, dict):
        raise _damaged(path, "it is not a JSON object")
    profiles = {} if document.get("profiles") is None else document["profiles"]
    if not isinstance(profiles, dict) or not all(isinstance(p, dict) for p in profiles.values()):
        raise _damaged(path, '"profiles" is not an object of objects')
    if any(not isinstance(p.get("apiKey") or "", str) for p in profiles.values()):
        raise _damaged(path, "an apiKey is not text")
    if not isinstance(document.get("activeProfile") or "", str):
        raise _damaged(path, '"activeProfile" is not text')
    return {**document, "profiles": profiles}


def _damaged(path: Path, reason: str) -> ConfigError:
    return ConfigError(
        f"The credentials file {path} is damaged: {reason}.",
        hint="Repair it, or start a new one (the old is kept beside it): gigstack login",
    )


def _private_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)  # mkdir's mode passes through the umask


def _target(path: Path) -> Path:
    """Where to write: a link made by a dotfile manager is followed, if the file is ours."""
    if not path.is_symlink():
        return path
    target = Path(os.path.realpath(path))
    if not target.is_file() or (hasattr(os, "getuid") and target.stat().st_uid != os.getuid()):
        raise StorageError(
            f"{path} is a link to {target}, which is not a file of yours.",
            hint=f"Remove the link: rm {path}",
        )
    return target


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        temporary.chmod(0o600)  # a strict umask may have taken our own rights
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise

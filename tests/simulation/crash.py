"""The process dies: an exception nobody handles, and the files as they are at that instant."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Killed(BaseException):
    """Not an Exception, so that no handler of the program makes anything of it."""


class Fuse:
    """Counts steps of one kind (request, statement, file) and strikes at the nth."""

    def __init__(self) -> None:
        self.kind = ""
        self.left = 0
        self.folder = Path()
        self.dead = False

    def arm(self, kind: str, steps: int, folder: Path) -> None:
        self.kind, self.left, self.folder = kind, steps, folder

    def disarm(self) -> None:
        self.kind, self.dead = "", False

    def burn(self, kind: str) -> None:
        """One more step; raises Killed when it is the one, and for ever after."""
        if self.dead:
            raise Killed
        if kind == self.kind:
            self.left -= 1
            if self.left <= 0:
                self.dead = True
                _copy(self.folder, _aside(self.folder))
                raise Killed

    def bury(self) -> None:
        """Put the files back as they were when it struck."""
        shutil.rmtree(self.folder)
        _aside(self.folder).rename(self.folder)
        self.disarm()


def _aside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.struck")


def _copy(folder: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)


class Fragile:
    """A DuckDB connection whose every statement may be the last, before or after its effect."""

    def __init__(self, con: Any, fuse: Fuse) -> None:
        self._con = con
        self._fuse = fuse

    def execute(self, *arguments: Any, **named: Any) -> Any:
        self._fuse.burn("statement")
        result = self._con.execute(*arguments, **named)
        self._fuse.burn("effect")
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)


FILE_CALLS = ("fsync", "replace", "rename", "open", "unlink", "ftruncate")


@contextmanager
def fragile_files(fuse: Fuse) -> Any:
    """Count dealings with the file system while the block runs."""
    kept = {name: getattr(os, name) for name in FILE_CALLS}

    def counted(call: Any) -> Any:
        def dying(*arguments: Any, **named: Any) -> Any:
            if fuse.kind == "file" and not fuse.dead:
                fuse.burn("file")
            return call(*arguments, **named)

        return dying

    for name, call in kept.items():
        setattr(os, name, counted(call))
    try:
        yield
    finally:
        for name, call in kept.items():
            setattr(os, name, call)

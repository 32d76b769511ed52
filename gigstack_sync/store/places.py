"""Where the files of one mirror live, made with private permissions."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from gigstack_sync.errors import StorageError


@dataclass(frozen=True, slots=True)
class Places:
    """The published database and, beside it, the folder only a sync touches."""

    published: Path

    @property
    def folder(self) -> Path:
        """The sync's own folder, one for each published file: mirror, lock, spool, state, log."""
        return self.published.parent / ".sync" / self.published.name

    @property
    def mirror(self) -> Path:
        """The database a sync writes to.

        DuckDB calls a database by its file's stem, which must not be that of a schema.
        """
        return self.folder / "working.duckdb"

    @property
    def lock(self) -> Path:
        """The file whose OS lock says that a sync runs."""
        return self.folder / "lock"

    @property
    def spool(self) -> Path:
        """Where batches wait for the writer."""
        return self.folder / "spool"

    @property
    def state(self) -> Path:
        """Outcome of the last run, readable without opening a database."""
        return self.folder / "state.json"

    @property
    def swept(self) -> Path:
        """Its date is that of the last time when both files were read to the last block."""
        return self.folder / "swept"

    @property
    def log(self) -> Path:
        """JSON lines, one per event, rotated."""
        return self.folder / "sync.log"

    def prepare(self) -> None:
        """Make the folders, 0700; StorageError says which one cannot be written."""
        for folder in (self.published.parent, self.folder.parent, self.folder, self.spool):
            _make_private(folder)


def _make_private(folder: Path) -> None:
    try:
        if not folder.exists():
            folder.mkdir(parents=True, mode=0o700)
            folder.chmod(0o700)  # mkdir's mode passes through the umask
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "not writable")
    except OSError as error:
        raise StorageError(
            f"Cannot write in the folder {folder}: {error.strerror or error}.",
            hint="Choose another place with --db FILE or GIGSTACK_DB.",
        ) from error


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data`, whole or not at all, 0600."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StorageError(f"Cannot write {path}: {error.strerror or error}.") from error

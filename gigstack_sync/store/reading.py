"""Questions to the published file: read-only, one statement, nothing else within reach.

DuckDB promises no boundary between a query and its process. What is closed here: writing,
other files, the network, extensions, settings, Python's variables and spilling to disk.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from gigstack_sync.errors import GigstackError, StorageError, UsageError
from gigstack_sync.store.connection import refuse_other_formats
from gigstack_sync.store.interruptible import Worker
from gigstack_sync.store.quoting import identifier, literal

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")

_CONFIG: Final = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
    "threads": 2,
}
# Python has no exact counterpart for these, or would need pytz
_AS_TEXT: Final = ("WITH TIME ZONE", "TIMESTAMPTZ", "INTERVAL", "TIMESTAMP_NS", "TIMETZ")
_BATCH: Final = 2048
_WRITES: Final = re.compile(r"\bcopy\b|\bquery(_table)?\s*\(", re.IGNORECASE)
"""What could write where a file system is open."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer; `type` is DuckDB's, as DESCRIBE prints it."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The columns, and the rows as they come: memory does not grow with their number."""

    columns: tuple[Column, ...]
    batches: Iterator[list[tuple[Any, ...]]]


class Reader:
    """An open published file. `may_write` is the only path a copy may go to.

    `may_spill` lets what exceeds the memory go to a private folder, for questions of our own.
    An open file stays as it is while a sync replaces it.
    """

    def __init__(
        self,
        path: Path,
        *,
        memory: str,
        timezone: str,
        may_write: Path | None = None,
        may_spill: bool = False,
    ) -> None:
        self._path, self._may_write = path, may_write
        self._spool = _spool() if may_spill else None
        try:
            self._con = _open(path, memory, self._spool.name if self._spool else "")
        except BaseException:
            self._tidy()
            raise
        self._worker = Worker()
        try:
            self._lock_down(timezone)
        except BaseException:
            self.close()
            raise

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The guarded connection itself, for queries that are ours."""
        return self._con

    def ask(self, sql: str) -> Answer:
        """Run one question; UsageError carries DuckDB's own message."""
        query = self._single_question(sql)
        columns = self._execute(query)
        if any(_is_awkward(column) for column in columns):
            self._execute(_with_text(query, columns))
        return Answer(columns, self._batches())

    def copy_to_parquet(self, sql: str, limit: int | None = None) -> int:
        """Write the answer to the `may_write` path; the number of rows is returned."""
        query = self._single_question(sql)
        if _WRITES.search(query):
            raise UsageError(
                "A question that says COPY or query() is not written to Parquet.",
                hint="Write it as CSV: -o csv",
            )
        if limit is not None:
            query = f"from (\n{query}\n) limit {limit}"
        target = literal(str(self._may_write))
        copy = f"copy (\n{query}\n) to {target} (format parquet, use_tmp_file false)"
        rows = self._call(lambda: self._con.execute(copy).fetchall())
        return int(rows[0][0])

    def close(self) -> None:
        """Close the file and end the thread."""
        self._worker.stop()
        if not self._worker.is_busy:  # closing would wait for a query that does not stop
            self._con.close()
        self._tidy()

    def _tidy(self) -> None:
        if self._spool:
            self._spool.cleanup()

    def _lock_down(self, timezone: str) -> None:
        if self._may_write is not None:
            self._con.execute(f"set allowed_paths = [{literal(str(self._may_write))}]")
        self._con.execute(f"set global timezone = '{timezone}'")
        self._con.execute("set enable_external_access = false")
        if self._may_write is None and self._spool is None:
            # COPY inside a SELECT could write to the database's own path, which is always allowed
            self._con.execute("select count(*) from duckdb_tables()").fetchall()  # opens the file
            self._con.execute("set disabled_filesystems = 'LocalFileSystem'")
        self._con.execute("set lock_configuration = true")

    def _single_question(self, sql: str) -> str:
        """The text without what follows its semicolon, or UsageError."""
        statements = self._call(lambda: self._con.extract_statements(sql))
        if not statements:
            raise UsageError("There is no SQL to run.", hint='Try: gigstack sql "from invoices"')
        if len(statements) > 1:
            raise UsageError(f"One statement at a time; this is {len(statements)}.")
        kind = statements[0].type.name
        if kind not in {"SELECT", "EXPLAIN"}:
            raise UsageError(
                f"Only questions are answered, and {kind} is not one.",
                hint="Use SELECT, FROM, WITH, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN.",
            )
        return statements[0].query.strip().rstrip(";")

    def _execute(self, query: str) -> tuple[Column, ...]:
        self._call(lambda: self._con.execute(query))
        return tuple(Column(name, str(kind)) for name, kind, *_ in self._con.description or ())

    def _batches(self) -> Iterator[list[tuple[Any, ...]]]:
        while rows := self._call(lambda: self._con.fetchmany(_BATCH)):
            yield rows

    def _call(self, work: Callable[[], T]) -> T:
        import duckdb

        try:
            return self._worker.call(work, self._con.interrupt)
        except duckdb.Error as error:
            raise explained(error) from error

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _spool() -> TemporaryDirectory[str] | None:
    """A folder for this process alone; None where no disk can be written."""
    try:
        return TemporaryDirectory(prefix="gigstack-")
    except OSError:
        return None


def _open(path: Path, memory: str, spool: str) -> duckdb.DuckDBPyConnection:
    import duckdb

    if not path.is_file():
        raise StorageError(
            f"There is no database at {path}.", hint=f"Make one: gigstack sync --db {path}"
        )
    refuse_other_formats(path)
    config: dict[str, Any] = {**_CONFIG, "memory_limit": memory, "temp_directory": spool}
    for patience in (0.05, 0.2, 0.0):  # some systems refuse a file while it is being replaced
        try:
            return duckdb.connect(str(path), read_only=True, config=config)
        except duckdb.IOException as error:
            if not patience:
                raise _unreadable(path, error) from error
            time.sleep(patience)
        except duckdb.Error as error:
            raise _unreadable(path, error) from error
    raise AssertionError("the last try returns or raises")


def _unreadable(path: Path, error: duckdb.Error) -> StorageError:
    text = str(error)
    if "ermission denied" in text:
        return StorageError(f"No permission to read {path}.", hint=f"See: ls -l {path}")
    if "newer version" in text or "can only read version" in text:
        return StorageError(
            f"{path} was written by a newer DuckDB.", hint="Upgrade: pip install -U gigstack-sync"
        )
    if "set lock" in text:
        return StorageError(f"Another program has {path} open for writing.", hint="Close it.")
    return StorageError(
        f"{path} is not a database that DuckDB can read: {text.splitlines()[0]}",
        hint="Rebuild it: gigstack sync",
    )


def explained(error: duckdb.Error) -> GigstackError:
    """What went wrong with a question, as one of our errors."""
    import duckdb

    text = str(error).strip()
    if isinstance(error, duckdb.OutOfMemoryException):
        return StorageError(
            f"DuckDB ran out of the memory it may use: {text.splitlines()[0]}",
            hint="Give it more: GIGSTACK_MEMORY=2GB",
        )
    if isinstance(error, duckdb.PermissionException):
        return UsageError(text, hint="A question may read this database and nothing else.")
    if isinstance(error, duckdb.CatalogException):
        return UsageError(text, hint="See what there is: gigstack views")
    if (
        isinstance(
            error,
            duckdb.IOException
            | duckdb.FatalException
            | duckdb.InternalException
            | duckdb.SerializationException,
        )
        or type(error) is duckdb.Error
    ):
        return StorageError(text, hint="If the file is damaged, delete it and run: gigstack sync")
    return UsageError(text)


def _is_awkward(column: Column) -> bool:
    return any(word in column.type for word in _AS_TEXT)


def _with_text(query: str, columns: tuple[Column, ...]) -> str:
    """The query with its awkward columns as ISO text; names may repeat, hence c0, c1."""
    names = ", ".join(f"c{n}" for n in range(len(columns)))
    picked = ", ".join(
        f"{_as_text(f'c{n}', c) if _is_awkward(c) else f'c{n}'} as {identifier(c.name)}"
        for n, c in enumerate(columns)
    )
    return f"select {picked} from (\n{query}\n) as answer({names})"


def _as_text(name: str, column: Column) -> str:
    is_instant = column.type.startswith("TIMESTAMP") and not column.type.endswith("]")
    text = f"cast({name} as varchar)"
    return f"replace({text}, ' ', 'T')" if is_instant else text

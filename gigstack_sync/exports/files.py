"""Files that DuckDB itself writes: CSV, JSON, JSON lines and Parquet, row group by row group."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gigstack_sync.errors import StorageError, UsageError
from gigstack_sync.exports.dialect import excel_csv, headed, machine_csv
from gigstack_sync.exports.question import Question
from gigstack_sync.store.interruptible import Worker
from gigstack_sync.store.quoting import literal

if TYPE_CHECKING:
    import duckdb


class Format(StrEnum):
    """How an export is written."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"
    XLSX = "xlsx"


_OPTIONS: Final = {
    Format.CSV: "format csv, header true",
    Format.JSON: "format json, array true",
    Format.JSONL: "format json, array false",
    Format.PARQUET: "format parquet, compression zstd",
}


def write(
    con: duckdb.DuckDBPyConnection,
    question: Question,
    target: Path,
    kind: Format,
    *,
    for_excel: bool = False,
) -> int:
    """Write the answer to `target`, which the connection must be allowed to write; its rows."""
    options = _OPTIONS[kind]
    if kind is Format.CSV:
        sql = excel_csv(question) if for_excel else machine_csv(question)
        options += ", new_line '\\r\\n'" if for_excel else ""
    else:
        sql = headed(question)
    copy = f"copy (\n{sql}\n) to {literal(str(target))} ({options}, use_tmp_file false)"
    return _run(con, copy)


def _run(con: duckdb.DuckDBPyConnection, copy: str) -> int:
    import duckdb

    worker = Worker()
    try:
        rows = worker.call(lambda: con.execute(copy).fetchall(), con.interrupt)
    except duckdb.OutOfMemoryException as error:
        raise UsageError(
            str(error).splitlines()[0],
            hint="Give it more (GIGSTACK_MEMORY=1GB), or take a part of it with --from and --to.",
        ) from error
    except duckdb.IOException as error:
        raise StorageError(str(error).splitlines()[0], hint="Is the disk full?") from error
    finally:
        worker.stop()
    return int(rows[0][0])

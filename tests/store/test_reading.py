"""The guard around questions, tried with statements that should not get through."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gigstack_sync.errors import ExitCode, StorageError, UsageError
from gigstack_sync.store.format import format_version, readable_since
from gigstack_sync.store.reading import Reader, explained


def make(path: Path, value: int = 1) -> Path:
    """A database with a table of one row."""
    with duckdb.connect(str(path), config={"storage_compatibility_version": "v1.4.0"}) as con:
        con.execute(f"create table t as select {value} as n, 1.10::decimal(18, 6) as total")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A published file."""
    return make(tmp_path / "gigstack.duckdb")


@pytest.fixture
def reader(path: Path) -> Iterator[Reader]:
    """An open one."""
    with open_reader(path) as opened:
        yield opened


def open_reader(path: Path, **options: Any) -> Reader:
    """Open with the usual settings."""
    return Reader(path, memory="256MB", timezone="America/Mexico_City", **options)


def rows(reader: Reader, sql: str) -> list[tuple[Any, ...]]:
    """All rows of an answer."""
    return [row for batch in reader.ask(sql).batches for row in batch]


@pytest.mark.parametrize(
    "sql",
    [
        "from t",
        "select n, total from t; -- with a comment",
        "with x as (from t) from x",
        "(select * from t)",
        "values (1)",
        "table t",
        "describe t",
        "show tables",
        "summarize t",
        "explain select 1",
        "explain analyze select 1",
        "select * from query('select 1')",
    ],
)
def test_questions_are_answered(reader: Reader, sql: str) -> None:
    assert rows(reader, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "-- nothing",
        "select 1; select 2",
        "select (",
        "insert into t values (2, 2)",
        "with x as (insert into t values (2, 2) returning *) from x",
        "delete from t",
        "create table u as from t",
        "create temp table u as from t",
        "drop table t",
        "copy t to 'out.csv'",
        "export database 'out'",
        "attach 'other.duckdb'",
        "attach ':memory:' as m",
        "install json",
        "load json",
        "set threads = 8",
        "reset lock_configuration",
        "set enable_external_access = true",
        "pragma database_list",
        "call pragma_version()",
        "checkpoint",
        "vacuum",
        "begin",
        "prepare p as select 1",
        "use memory",
        "create secret (type s3)",
        "select * from read_csv('secret.csv')",
        "select * from read_text('secret.csv')",
        "select * from read_blob('/etc/passwd')",
        "select * from glob('*')",
        "select * from sniff_csv('secret.csv')",
        "from 'secret.csv'",
        "from '/proc/self/environ'",
        "from read_json('http://127.0.0.1:9/x')",
        "from rows_of_python",
        "select getenv('HOME')",
        "explain analyze insert into t values (2, 2)",
        "explain analyze copy t to 'out.csv'",
    ],
)
def test_everything_else_is_refused_and_leaves_no_trace(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str
) -> None:
    rows_of_python = [{"a": 1}]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UsageError):
        rows(reader, sql)
    assert rows_of_python
    assert sorted(p.name for p in tmp_path.iterdir()) == ["gigstack.duckdb", "secret.csv"]
    assert rows(reader, "select n from t") == [(1,)]


def test_the_path_to_write_is_no_path_to_ask(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "it's.parquet"
    with open_reader(path, may_write=target) as reader:
        assert reader.copy_to_parquet("select * from t -- all") == 1
        with pytest.raises(UsageError):
            rows(reader, f"copy t to '{tmp_path}/other.parquet'")
        with pytest.raises(UsageError):
            reader.copy_to_parquet("select 1) to 'x.csv'; --")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["gigstack.duckdb", "it's.parquet"]


def test_decimals_dates_and_zones_arrive_exact(reader: Reader) -> None:
    sql = "select total, timestamptz '2026-01-31 06:00:00+00' as at, interval 1 month as i from t"
    answer = reader.ask(sql)
    assert [c.name for c in answer.columns] == ["total", "at", "i"]
    assert next(answer.batches) == [(Decimal("1.100000"), "2026-01-31T00:00:00-06", "1 month")]


def test_columns_may_share_a_name_and_carry_quotes(reader: Reader) -> None:
    answer = reader.ask("""select now() as "a""b", 2 as "a""b" """)
    assert [c.name for c in answer.columns] == ['a"b', 'a"b']


def test_an_answer_streams(reader: Reader) -> None:
    answer = reader.ask("from range(1000000000)")
    assert next(answer.batches)[0] == (0,)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        open_reader(tmp_path / "none.duckdb")
    assert "gigstack sync" in caught.value.hint


@pytest.mark.parametrize("data", [b"", b"x" * 20_000, b"\0" * 8 + b"DUCK" + b"\xff" * 20_000])
def test_a_file_that_is_no_database_is_a_storage_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.duckdb").write_bytes(data)
    with pytest.raises(StorageError):
        open_reader(tmp_path / "x.duckdb")


def test_a_reader_keeps_its_file_while_it_is_replaced(path: Path, tmp_path: Path) -> None:
    with open_reader(path) as reader:
        os.replace(make(tmp_path / "new.duckdb", 2), path)
        assert rows(reader, "select n from t") == [(1,)]
    with open_reader(path) as reader:
        assert rows(reader, "select n from t") == [(2,)]


def test_opening_never_fails_while_the_file_is_replaced(path: Path, tmp_path: Path) -> None:
    versions = [make(tmp_path / f"{n}.duckdb", n).read_bytes() for n in (1, 2)]
    stop = threading.Event()

    def replace_on_and_on() -> None:
        while not stop.is_set():
            for data in versions:
                (tmp_path / "next").write_bytes(data)
                os.replace(tmp_path / "next", path)

    thread = threading.Thread(target=replace_on_and_on)
    thread.start()
    try:
        seen = [read_in_new_process(path) for _ in range(3)]
    finally:
        stop.set()
        thread.join()
    assert set(seen) <= {"1", "2"}


def test_what_exceeds_the_memory_may_go_to_a_folder_of_its_own(path: Path) -> None:
    many = "select max(n) from (select range as n, count(*) from range(1500000) group by range)"
    with Reader(path, memory="24MB", timezone="UTC") as reader, pytest.raises(StorageError):
        rows(reader, many)
    with Reader(path, memory="24MB", timezone="UTC", may_spill=True) as reader:
        assert rows(reader, many) == [(1499999,)]
        spool = Path(
            reader.connection.sql("select current_setting('temp_directory')").fetchall()[0][0]
        )
        assert spool.stat().st_mode & 0o077 == 0
    assert not spool.exists()


def read_in_new_process(path: Path) -> str:
    """What another process sees; it opens the file 20 times."""
    code = (
        "import sys; from pathlib import Path; from gigstack_sync.store.reading import Reader\n"
        "for _ in range(20):\n"
        "    with Reader(Path(sys.argv[1]), memory='256MB', timezone='UTC') as reader:\n"
        "        rows = next(reader.ask('select n from t').batches)\n"
        "print(rows[0][0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or done.stderr


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_ctrl_c_interrupts_the_query_and_the_reader_goes_on_to_close(reader: Reader) -> None:
    def press_soon() -> None:
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press_soon).start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        rows(reader, "select sum(a.range * b.range) from range(1000000) a, range(1000000) b")
    assert time.monotonic() - started < 3


def test_too_little_memory_is_no_mistake_in_the_question() -> None:
    error = explained(duckdb.OutOfMemoryException("failed to allocate 16 KiB"))
    assert error.exit_code is ExitCode.STORAGE
    assert "GIGSTACK_MEMORY" in (error.hint or "")


def test_the_header_tells_who_can_read_a_file(path: Path, tmp_path: Path) -> None:
    version = format_version(path)
    assert version is not None
    assert readable_since(version) == "1.4"
    assert readable_since(999) == "2.0"
    (tmp_path / "x").write_bytes(b"short")
    assert format_version(tmp_path / "x") is None


def test_a_second_connection_has_the_same_zone(reader: Reader) -> None:
    with reader.connection.cursor() as other:
        assert other.execute("select current_setting('timezone')").fetchone() == (
            "America/Mexico_City",
        )

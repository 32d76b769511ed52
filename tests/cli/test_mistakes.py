"""What people mistype: a refusal that names the mistake, never an empty answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gigstack_sync.cli import main
from tests.cli.conftest import make_key


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["status", "--team", "nope"], "nothing of team nope"),
        (["cobranza", "--team", "nope"], "team_own"),
        (["changes", "--stream", "nope"], "invoices_income"),
        (["export", "invoices", "--out", "z.csv", "--json"], "z.csv"),
    ],
)
def test_a_name_that_does_not_exist_is_refused(
    demo: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert said in shown.err + shown.out


def test_a_missing_database_is_told_with_the_command_that_makes_it(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "x.duckdb"
    assert main(["status", "--db", str(missing)]) == 7
    assert f"gigstack sync --db {missing}" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["status", "sync"])
def test_a_device_is_no_database(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert main([command, "--db", str(pipe)]) == 2
    assert "not a regular file" in capsys.readouterr().err
    assert pipe.is_fifo()


def test_an_export_replaces_neither_a_database_nor_a_pipe(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe, before = tmp_path / "pipe", demo.read_bytes()
    os.mkfifo(pipe)
    for target in (demo, pipe):
        assert main(["export", "clients", "-f", "csv", "--out", str(target)]) == 2
        assert main(["sql", "select 1", "-o", "csv", "--out", str(target)]) == 2
    assert (demo.read_bytes() == before, pipe.is_fifo()) == (True, True)


@pytest.mark.parametrize(
    "question",
    [
        "with x as (copy (select 1) to '{db}' (format csv, use_tmp_file false)) select 1",
        "explain analyze copy (select 1) to '{db}' (format csv, use_tmp_file false)",
        "from query('with x as (copy (select 1) to ''{db}'' (format csv)) select 1')",
        "from read_blob('{db}')",
    ],
)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_no_question_reaches_a_file(demo: Path, tmp_path: Path, question: str, form: str) -> None:
    before = demo.read_bytes()
    out = tmp_path / f"x.{form}"
    code = main(["sql", question.format(db=demo), "-o", form, "--out", str(out)])
    assert (code != 0 or "read_blob" in question, demo.read_bytes() == before) == (True, True)
    assert list(demo.parent.glob("*.wal*")) == []


def test_a_demo_deletes_nothing_of_yours(
    gigstack: Any, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    precious = tmp_path / "data" / "demo" / "precious.txt"
    precious.parent.mkdir(parents=True)
    precious.write_text("mine")
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        done = gigstack("demo", "--invoices", "10", "--json")
        assert (done.code, isinstance(done.json, dict)) == (0, True)
    assert precious.read_text() == "mine"


def test_a_report_of_a_damaged_file_says_so(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = bytearray(demo.read_bytes())
    body[20_000:] = bytes(len(body) - 20_000)
    broken = tmp_path / "broken.duckdb"
    broken.write_bytes(body)
    assert main(["status", "--db", str(broken)]) == 7
    assert "defect" not in capsys.readouterr().err


FOREIGN = {
    "another DuckDB file": "create table sales as select 42 as amount",
    "one with a schema of our name": "create schema sync; create table sync.migrations (x int)",
}


@pytest.mark.parametrize("made_by", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize(
    "command", [["status"], ["catalog"], ["sync", "status"], ["sync", "verify"], ["sync"]]
)
def test_a_database_of_another_program_is_told_and_left_alone(
    gigstack: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    made_by: str,
    command: list[str],
) -> None:
    monkeypatch.setenv("GIGSTACK_API_KEY", make_key())
    path = tmp_path / "sales.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(made_by)
    before = path.read_bytes()
    done = gigstack(*command, "--db", str(path))
    assert done.code == 7
    assert "mirror of gigstack_sync" in done.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("command", [["status"], ["sync", "status"], ["views"]])
def test_a_file_of_another_format_is_told_without_looking_for_its_reader(
    gigstack: Any, tmp_path: Path, command: list[str]
) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(b"SQLite format 3\0" + bytes(5000))
    done = gigstack(*command, "--db", str(path))
    assert done.code == 7
    assert "not a database that DuckDB can read" in done.err
    assert "xtension" not in done.err


@pytest.mark.parametrize("amount", ["1KB", "1MB", "63MB"])
def test_too_little_memory_is_refused_before_work(
    gigstack: Any, monkeypatch: pytest.MonkeyPatch, amount: str
) -> None:
    monkeypatch.setenv("GIGSTACK_MEMORY", amount)
    done = gigstack("status")
    assert done.code == 2
    assert "64MB" in done.err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_takes_the_temporary_file_with_it(
    demo: Path, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    endless = "select count(*) from range(1000000) a, range(1000000) b where a.range < b.range"
    command = [sys.executable, "-m", "gigstack_sync", "sql", endless]
    with subprocess.Popen(
        [*command, "-o", "parquet", "--out", str(folder / "x.parquet")]
    ) as process:
        while not list(folder.iterdir()):
            time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(30) == 128 + number
    assert list(folder.iterdir()) == []

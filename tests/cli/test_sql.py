"""`gigstack sql` and `gigstack views` as a person uses them."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gigstack_sync.cli.table import fitted

pytestmark = pytest.mark.usefixtures("published")

HARD = (
    "select 12345678901234.567800::decimal(38, 6) as money, 'Ñ, \"q\"' as text, null as nothing,"
    " date '2026-01-31' as day, true as flag, '=1+1' as formula, '{\"a\": 1.10}'::json as payload"
)


def test_a_table_is_aligned_and_exact(gigstack: Any) -> None:
    done = gigstack("sql", "select id, total from invoices order by id limit 2")
    assert done.out == "id     total\n 0  0.000000\n 1  0.100000\n"


def test_a_table_shows_a_thousand_rows_and_says_so(gigstack: Any) -> None:
    done = gigstack("sql", "from invoices")
    assert done.out.count("\n") == 1001
    assert "first 1000 rows" in done.err
    assert gigstack("sql", "from invoices", "--limit", "3").out.count("\n") == 4


def test_json_keeps_every_digit(gigstack: Any) -> None:
    out = gigstack("sql", HARD, "--json").out
    assert '"money":12345678901234.567800' in out
    assert '"payload":{"a":1.10}' in out
    row = json.loads(out)[0]
    assert (row["nothing"], row["day"], row["flag"]) == (None, "2026-01-31", True)


def test_csv_is_exact_and_runs_nothing_in_a_spreadsheet(gigstack: Any) -> None:
    line = gigstack("sql", HARD, "-o", "csv").out.splitlines()[1]
    assert line == '12345678901234.567800,"Ñ, ""q""",,2026-01-31,true,\'=1+1,"{""a"": 1.10}"'
    assert ",=1+1," in gigstack("sql", HARD, "-o", "csv", "--raw").out


def test_negative_numbers_stay_numbers_in_csv(gigstack: Any) -> None:
    assert gigstack("sql", "select -1.50 as n", "-o", "csv").out == "n\n-1.50\n"


def test_jsonl_has_an_object_a_line(gigstack: Any) -> None:
    done = gigstack("sql", "select id, id from invoices order by 1", "-o", "jsonl", "--limit", "2")
    assert done.out == '{"id":0,"id_2":0}\n{"id":1,"id_2":1}\n'


def test_an_empty_answer_is_an_empty_array(gigstack: Any) -> None:
    assert gigstack("sql", "from invoices where false", "--json").json == []


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.jsonl", "a.parquet"])
def test_a_file_arrives_whole_and_private(gigstack: Any, home: Path, name: str) -> None:
    assert gigstack("sql", "from invoices", "--out", str(home / name)).out == ""
    assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
    [(rows, total)] = duckdb.sql(f"select count(*), sum(total) from '{home / name}'").fetchall()
    assert (rows, f"{total:.1f}") == (2000, "199900.0")


def test_a_question_that_fails_leaves_the_old_file_and_nothing_else(
    gigstack: Any, home: Path
) -> None:
    (home / "a.csv").write_text("old")
    done = gigstack("sql", "select error('no') from invoices", "--out", "a.csv")
    assert done.code == 2
    assert (home / "a.csv").read_text() == "old"
    assert sorted(p.name for p in home.iterdir()) == ["a.csv", "gigstack.duckdb"]


def test_sql_from_a_file(gigstack: Any, home: Path) -> None:
    (home / "q.sql").write_text("-- a comment\nselect 7 as seven;\n")
    assert gigstack("sql", "-f", "q.sql", "-o", "csv").out == "seven\n7\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["select x"], 'Referenced column "x"'),
        (["from nowhere"], "gigstack views"),
        (["drop table rows"], "Only questions"),
        (["select 1; select 2"], "One statement"),
        (["select 1", "--file", "x.sql"], "Give the SQL once"),
        (["-f", "missing.sql"], "Cannot read missing.sql"),
        (["select 1", "--out", "answer.xyz"], "format of answer.xyz"),
        (["select 1", "--limit", "-1"], "--limit"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(
    gigstack: Any, arguments: list[str], said: str
) -> None:
    done = gigstack("sql", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_json_and_another_format_exclude_each_other(gigstack: Any) -> None:
    done = gigstack("sql", "select 1", "--json", "-o", "csv")
    assert (done.code, done.json["error"]["code"]) == (2, "usage")


def test_no_database_says_how_to_make_one(gigstack: Any) -> None:
    done = gigstack("sql", "select 1", "--db", "nowhere.duckdb")
    assert done.code == 7
    assert "gigstack sync" in done.err


def test_stdin_is_the_question_when_there_is_no_other() -> None:
    done = spawn([], stdin=subprocess.PIPE)
    out, _ = done.communicate("select 5 as five", timeout=30)
    assert out == "five\n   5\n"


def test_a_monstrous_string_is_refused_before_it_fills_the_machine() -> None:
    done = spawn(["select repeat('x', 2000000000) as x", "-o", "csv"])
    out, err = done.communicate(timeout=60)
    assert (done.returncode, out) == (7, "")
    assert "Out of Memory" in err


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_ctrl_c_ends_a_long_query_at_once() -> None:
    endless = (
        "select count(*) from range(10000000) a, range(10000000) b where a.range + b.range = 1"
    )
    done = spawn([endless])
    time.sleep(1.5)
    done.send_signal(signal.SIGINT)
    started = time.monotonic()
    assert (done.wait(timeout=10), done.communicate()) == (130, ("", ""))
    assert time.monotonic() - started < 2


def spawn(arguments: list[str], stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    """Start `gigstack sql` in a process of its own."""
    command = [sys.executable, "-m", "gigstack_sync", "sql", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=stdin, stdout=pipe, stderr=pipe, text=True)


def test_views_lists_each_with_its_first_line(gigstack: Any) -> None:
    assert gigstack("views").out == "view      holds\ninvoices  What was invoiced.\n"


def test_views_of_one_shows_columns_types_and_meaning(gigstack: Any) -> None:
    view = gigstack("views", "invoices", "--json").json
    assert view["columns"][1] == {"name": "total", "type": "DECIMAL(18,6)", "comment": "with taxes"}


def test_an_unknown_view_is_answered_with_the_nearest(gigstack: Any) -> None:
    done = gigstack("views", "invoces")
    assert done.code == 2
    assert "gigstack views invoices" in done.err


@pytest.fixture
def screen(gigstack: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lines that a command draws on a terminal of 80 columns."""
    monkeypatch.setattr("gigstack_sync.cli.session.Session.draws", True)
    monkeypatch.setenv("COLUMNS", "80")

    def lines(*arguments: str) -> list[str]:
        found = [line.rstrip() for line in gigstack(*arguments).out.splitlines()]
        assert max(map(len, found)) <= 80
        return found

    return lines


def test_a_terminal_gets_records_when_columns_do_not_fit(screen: Any) -> None:
    columns = ", ".join(f"date '2026-01-31' as day_{n}" for n in range(12))
    lines = screen("sql", f"select {columns} from range(2)")
    record = [f"day_{n}".ljust(6) + "  2026-01-31" for n in range(12)]
    assert lines == [*record, "─" * 80, *record]


def test_a_terminal_gets_short_text_and_whole_numbers(screen: Any) -> None:
    number, key = "1234567890123.45", "invoice_O2uc7nEtRvidgSnvqhj6"
    lines = screen("sql", f"select '{key}' as id, '{'Ñandú ' * 30}' as name, {number} as owed")
    assert lines[2].startswith(f"{key}  Ñandú")
    assert lines[2].endswith(f"…  {number}")


def test_a_terminal_gets_decimals_without_idle_zeros(screen: Any) -> None:
    question = "select unnest([55481.02, 1.5, 0.1234])::decimal(18, 6) as n, 2::decimal(9, 6) as m"
    assert screen("sql", question)[2:] == [
        "55481.0200  2.00",
        "    1.5000  2.00",
        "    0.1234  2.00",
    ]


def test_no_rows_of_many_columns_show_their_names(screen: Any) -> None:
    columns = ", ".join(f"1 as number_{n}" for n in range(12))
    assert screen("sql", f"select {columns} limit 0")[0].startswith("number_0, number_1, ")


def test_text_that_is_not_shortened_breaks_between_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    rows = [("invoices_income", "What was invoiced, line by line, without drafts.", 1234.5)]
    lines = fitted(("view", "holds", "rows"), rows, frozenset({2}))
    assert max(map(len, lines)) <= 40
    assert " ".join(line[17:33].strip() for line in lines[2:]) == rows[0][1]
    assert lines[2].endswith("  1234.5")


@pytest.mark.parametrize("kind", ["csv", "json", "jsonl"])
def test_a_terminal_gets_no_control_characters_whatever_the_format(
    gigstack: Any, published: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    done = gigstack("sql", "select chr(27) || '[31m' || chr(155) || '2J' as name", "-o", kind)
    assert done.code == 0
    assert not {"\x1b", "\x9b"} & set(done.out)
    assert "[31m" in done.out

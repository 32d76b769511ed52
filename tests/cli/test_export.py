"""`gigstack export` as a person, a pipe and a cron job use it."""

from __future__ import annotations

import csv
import io
import os
import stat
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest

pytestmark = pytest.mark.usefixtures("demo")
SHEETS = ["CFDI emitidos", "CFDI recibidos", "Pagos (REP)", "Conceptos", "Impuestos facturados"]


def answer(demo: Path, sql: str) -> Any:
    with duckdb.connect(str(demo), read_only=True) as con:
        return con.execute(sql).fetchall()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")))


def test_stdout_is_csv_with_the_official_columns(gigstack: Any, demo: Path) -> None:
    done = gigstack("export", "invoices")
    assert done.err == ""
    sql = "select count(*), sum(total) from invoices where invoice_type = 'I'"
    [(count, total)] = answer(demo, sql)
    found = rows(done.out)
    assert (len(found), sum(Decimal(row["total"]) for row in found)) == (count, total)
    assert list(found[0])[:3] == ["uuid", "status", "payment_method"]


def test_newest_first_unless_asc(gigstack: Any) -> None:
    newest = [row["created_at"] for row in rows(gigstack("export", "payments").out)]
    oldest = rows(gigstack("export", "payments", "--sort", "asc").out)
    assert newest == sorted(newest, reverse=True)
    assert [row["created_at"] for row in oldest] == sorted(newest)


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl", "parquet", "xlsx"])
def test_a_file_tells_its_format_and_is_private(gigstack: Any, home: Path, ending: str) -> None:
    file = home / f"rows.{ending}"
    done = gigstack("export", "clients", "-o", str(file))
    assert (done.code, done.out) == (0, "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(p.name for p in home.iterdir()) == [file.name]
    if ending != "xlsx":
        reader = "read_json" if ending.startswith("json") else f"read_{ending}"
        [(count,)] = duckdb.sql(f"select count(*) from {reader}('{file}')").fetchall()
        assert count == len(rows(gigstack("export", "clients").out)) > 0


def test_json_flag_is_a_json_array_of_all_columns(gigstack: Any) -> None:
    shown = gigstack("export", "receipts", "--json").json
    assert list(shown[0])[:2] == ["id", "status"]
    assert "payment_form_label" in shown[0]


def test_cobranza_adds_up_to_status(gigstack: Any) -> None:
    shown = gigstack("status", "--json").json["currencies"]
    owed = rows(gigstack("export", "cobranza", "--columns", "currency,balance").out)
    for currency, section in shown.items():
        total = sum(Decimal(row["balance"]) for row in owed if row["currency"] == currency)
        assert float(total) == section["cobranza"]["pending_amount"]


def test_any_view_goes_by_its_name(gigstack: Any) -> None:
    assert gigstack("export", "sync_runs", "--columns", "run_id,outcome").out.startswith(
        "run_id,outcome\n"
    )


def test_the_accountants_layout_is_for_excel(gigstack: Any, home: Path) -> None:
    gigstack("export", "invoices", "--layout", "contador", "-o", "a.csv")
    data = (home / "a.csv").read_bytes()
    assert data.startswith("\ufeffUUID,Estado SAT,".encode())
    assert data.count(b"\r\n") == data.count(b"\n")


def test_spanish_headings_without_the_layout(gigstack: Any) -> None:
    assert gigstack("export", "clients", "--lang", "es").out.startswith("Id,Razón social,RFC,")


def test_a_failure_leaves_the_old_file_and_nothing_else(gigstack: Any, home: Path) -> None:
    (home / "a.csv").write_text("old")
    done = gigstack("export", "invoices", "--columns", "nonsense", "-o", "a.csv")
    assert (done.code, (home / "a.csv").read_text()) == (2, "old")
    assert [p.name for p in home.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "nothing called"),
        (["clients", "--series", "A"], "--series"),
        (["invoices", "-o", "a.txt"], "unclear"),
        (["invoices", "--sort", "up"], "asc or desc"),
        (["invoices", "--month", "2026-01", "--from", "2026-01"], "exclude"),
        (["invoices", "--month", "2026-13"], "is no date"),
        (["invoices", "--layout", "fancy"], "contador"),
        (["paquete"], "one month"),
        (["paquete", "--month", "2026-01"], "--out"),
        (["paquete", "--month", "10", "--out", "p.xlsx"], "one month"),
    ],
)
def test_what_cannot_be_exported_is_a_usage_error(
    gigstack: Any, home: Path, arguments: list[str], said: str
) -> None:
    done = gigstack("export", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert list(home.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="POSIX pipes")
def test_a_reader_that_goes_away_is_no_error() -> None:
    command = [sys.executable, "-m", "gigstack_sync", "export", "items", "--format", "json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe) as done:
        assert done.stdout is not None
        done.stdout.read(1)
        done.stdout.close()
        assert done.stderr is not None
        said = done.stderr.read()
    assert (done.returncode in (0, 141), said) == (True, b"")


def sheets(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as parts:
        tree = ElementTree.fromstring(parts.read("xl/workbook.xml"))
    return [each.get("name", "") for each in tree.iter() if each.tag.endswith("}sheet")]


def test_the_package_is_one_workbook_of_a_month(gigstack: Any, demo: Path, home: Path) -> None:
    [(month,)] = answer(
        demo, "select strftime(max(issued_on) - interval 40 day, '%Y-%m') from invoices"
    )
    done = gigstack("export", "paquete", "--month", month, "-o", "p.xlsx", "-v")
    assert done.code == 0
    assert sheets(home / "p.xlsx")[:5] == SHEETS
    assert {"Cobranza", "Resumen"} <= set(sheets(home / "p.xlsx"))
    sql = f"""select count(*) from invoices where strftime(issued_on, '%Y-%m') = '{month}'
        and status in ('valid', 'cancelled')"""
    [(issued,)] = answer(demo, sql)
    assert f"CFDI emitidos: {issued} rows" in done.err


def written(path: Path) -> str:
    """All text of a workbook."""
    with zipfile.ZipFile(path) as parts:
        return " ".join(parts.read(name).decode() for name in parts.namelist() if "xl/" in name)


def test_the_package_says_what_sat_told_and_its_cut(
    gigstack: Any, demo: Path, home: Path, tmp_path: Path
) -> None:
    import shutil

    [(month, last)] = answer(
        demo,
        "select strftime(day, '%Y-%m'), cast(last_day(day) as varchar) "
        "from (select max(issued_on) - interval 40 day as day from invoices)",
    )
    assert gigstack("export", "paquete", "--month", month, "-o", "p.xlsx").code == 0
    told = written(home / "p.xlsx")
    assert "según los registros del SAT del" in told
    assert f"documentos del {month}-01 al {last}, con corte al {last}" in told
    shutil.copy(demo, bare := tmp_path / "bare.duckdb")
    with duckdb.connect(str(bare)) as con:
        con.execute("delete from mirror.invoices_sat")
    asked = ("export", "paquete", "--month", month, "-o", "q.xlsx", "--db", str(bare))
    assert gigstack(*asked).code == 0
    assert "No hay descarga del SAT" in written(home / "q.xlsx")


@pytest.mark.parametrize(
    ("filters", "said"),
    [(["--status", "pagada"], "valid"), (["--type", "X"], "E, I, P"), (["--client", "CAC"], "RFC")],
)
def test_a_filter_that_no_row_meets_is_told(gigstack: Any, filters: list[str], said: str) -> None:
    done = gigstack("export", "invoices", *filters)
    assert (done.code, rows(done.out)) == (0, [])
    assert filters[1] in done.err
    assert said in done.err


def test_a_period_without_rows_is_no_mistake(gigstack: Any) -> None:
    done = gigstack("export", "invoices", "--month", "2001-01", "--status", "VALID")
    assert (rows(done.out), done.err) == ([], "")


def test_a_filter_that_does_not_apply_names_those_that_do(gigstack: Any) -> None:
    done = gigstack("export", "clients", "--client", "CAC")
    assert done.code == 2
    assert "--rfc" in done.err


def test_the_package_as_json_names_its_file_and_sheets(gigstack: Any) -> None:
    told = gigstack("export", "paquete", "--month", "2026-01", "-o", "p.xlsx", "--json").json
    assert told["file"] == "p.xlsx"
    assert [*told["sheets"]][:5] == SHEETS


def test_a_missing_folder_is_told_with_the_command_that_makes_it(gigstack: Any) -> None:
    done = gigstack("export", "clients", "--out", "no such/x.csv")
    assert done.code == 7
    assert "mkdir -p" in done.err

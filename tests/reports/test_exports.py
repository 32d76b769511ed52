"""Rows as files: official columns, exact money, nothing a spreadsheet would run, and filters."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest

from gigstack_sync.errors import UsageError
from gigstack_sync.exports.entities import ENTITIES
from gigstack_sync.exports.files import Format, write
from gigstack_sync.exports.question import Field, Wanted, compose
from gigstack_sync.exports.workbook import book

HEADERS = {
    "invoices": "uuid,status,payment_method,payment_form,client_name,client_rfc,client_email,"
    "subtotal,total,currency,series,folio_number,last_balance,created_at",
    "payments": "id,status,client_name,client_rfc,client_email,total,currency,payment_form,"
    "short_url,created_at",
    "receipts": "id,status,client_name,client_rfc,total,currency,validUntil,created_at",
    "clients": "id,legal_name,tax_id,email,tax_system,use,zip,is_valid,created_at",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rows"


def text(books: Any, file: Path, wanted: Wanted, kind: Format = Format.CSV, **how: Any) -> str:
    """What the export writes."""
    write(books.con, compose(books.con, wanted), file, kind, **how)
    return file.read_bytes().decode()


def official(name: str, **fields: Any) -> Wanted:
    return Wanted(name, "official", **fields)


def rows(exported: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported.lstrip("\ufeff"), newline="")))


@pytest.mark.parametrize("name", HEADERS)
def test_csv_has_the_official_header(books: Any, file: Path, name: str) -> None:
    assert text(books, file, official(name)) == HEADERS[name] + "\n"


@pytest.mark.parametrize("name", HEADERS)
def test_all_columns_begin_with_the_official_ones(books: Any, name: str) -> None:
    whole = [field.name for field in compose(books.con, Wanted(name)).fields]
    assert whole[: len(ENTITIES[name].official)] == HEADERS[name].split(",")
    assert len(whole) > len(ENTITIES[name].official)


@pytest.mark.parametrize("name", ENTITIES)
def test_everything_can_be_exported_from_empty_books(books: Any, name: str) -> None:
    for columns in ("full", "contador"):
        question = compose(books.con, Wanted(name, columns))
        assert books.con.execute(question.sql).fetchall() == []


def test_a_row_as_the_official_export_has_it(books: Any, file: Path, make: Any) -> None:
    books.invoice("A1", 116, "2026-01-31T23:30:00", subtotal=100.5, last_balance=58)
    (row,) = rows(text(books, file, official("invoices")))
    assert row == dict(
        zip(
            HEADERS["invoices"].split(","),
            f"{make.fiscal('A1')},valid,PPD,99,ACME,AAA010101AA1,,100.50,116.00,MXN,F,A1,58.00,"
            "2026-01-31".split(","),
            strict=True,
        )
    ) | {"created_at": "2026-01-31"}


def test_unusual_decimals_keep_their_digits(books: Any, file: Path) -> None:
    books.invoice("A", 1234567.891234, "2026-03-01")
    assert rows(text(books, file, official("invoices")))[0]["total"] == "1234567.891234"


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")']


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("for_excel", [True, False])
def test_no_name_is_a_formula_in_csv(books: Any, file: Path, name: str, for_excel: bool) -> None:
    books.invoice("A", 1, "2026-03-01", client=name)
    exported = rows(text(books, file, official("invoices"), for_excel=for_excel))
    assert exported[0]["client_name"] == f"'{name}"


def test_commas_quotes_and_newlines_survive(books: Any, file: Path) -> None:
    name = 'Ñandú, "S.A."\nde C.V. & Cía'
    books.invoice("A", 1, "2026-03-01", client=name)
    assert rows(text(books, file, official("invoices")))[0]["client_name"] == name


def test_excel_gets_a_mark_crlf_local_dates_and_codes_as_text(books: Any, file: Path) -> None:
    books.invoice("007", 1234.5, "2026-03-09", payment_form="03", exchange_rate=17.1234)
    columns = "issued_on,folio_number,payment_form,total,is_global,exchange_rate"
    exported = text(books, file, Wanted("invoices", columns), for_excel=True)
    assert exported == (
        f'\ufeff{columns}\r\n09/03/2026,"=""007""","=""03""",1234.50,No,17.1234\r\n'
    )


def test_the_accountants_layout_has_the_portal_words(books: Any, file: Path) -> None:
    books.invoice("A", 116, "2026-03-01", last_balance=116)
    wanted = Wanted("invoices", "contador", in_spanish=True)
    (row,) = rows(text(books, file, wanted, for_excel=True))
    assert list(row)[:8] == [
        "UUID",
        "Estado SAT",
        "Estado gigstack",
        "Tipo",
        "Serie",
        "Folio",
        "Fecha emisión",
        "Fecha timbrado",
    ]
    assert list(row)[-4:] == [
        "Días vencido",
        "UUID relacionados",
        "Motivo cancelación",
        "Fecha cancelación",
    ]
    assert (row["Total"], row["Saldo"], row["Vencimiento"]) == ("116.00", "116.00", "01/03/2026")


def test_the_accountants_layout_splits_taxes_by_rate(books: Any, file: Path) -> None:
    taxes = [
        {"type": "IVA", "rate": 0.16, "factor": "Tasa"},
        {"type": "ISR", "rate": 0.1, "factor": "Tasa", "withholding": True},
    ]
    item = {"description": "x", "quantity": 1, "unit_price": 100, "taxes": taxes}
    books.invoice("A", 106, "2026-03-01", subtotal=100, items=[item])
    (row,) = rows(text(books, file, Wanted("invoices", "contador")))
    assert (row["base_16"], row["iva_16"], row["isr_withheld"]) == ("100.00", "16.00", "10.00")
    assert (row["base_8"], row["iva_withheld"]) == ("", "")


def test_json_keeps_every_digit_and_its_types(books: Any, file: Path) -> None:
    books.invoice("A", 1234567.891234, "2026-03-01")
    exported = text(books, file, Wanted("invoices"), Format.JSON)
    (row,) = json.loads(exported, parse_float=Decimal)
    assert (row["total"], row["is_global"]) == (Decimal("1234567.891234"), False)
    assert (row["created_at"], row["client_email"]) == ("2026-03-01", None)


def test_jsonl_is_an_object_a_line(books: Any, file: Path) -> None:
    books.invoice("A", 1, "2026-03-01")
    books.invoice("B", 2, "2026-03-02")
    lines = text(books, file, Wanted("invoices"), Format.JSONL).splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["B", "A"]


def test_parquet_adds_up_to_the_view(books: Any, file: Path) -> None:
    for n in range(20):
        books.invoice(f"A{n}", f"{n}.{n:02}", "2026-03-01")
    write(books.con, compose(books.con, Wanted("invoices")), file, Format.PARQUET)
    kind = duckdb.sql(f"describe select total from read_parquet('{file}')").fetchall()[0][1]
    exported = duckdb.sql(f"select sum(total) from read_parquet('{file}')").fetchall()
    assert kind == "DECIMAL(18,6)"
    assert exported == books.con.execute("select sum(total) from invoices").fetchall()


@pytest.mark.parametrize(
    ("option", "value", "found"),
    [
        ("status", "VALID", "AB"),
        ("status", "cancelled", "C"),
        ("client", "client_Beta", "B"),
        ("client", "BBB010101BB1", "B"),
        ("rfc", "bbb010101bb1", "B"),
        ("series", "G", "C"),
        ("currency", "usd", "B"),
        ("status", "x' or 1=1 --", ""),
        ("series", "'; drop table x; --", ""),
    ],
)
def test_filters(books: Any, file: Path, option: str, value: str, found: str) -> None:
    books.invoice("A", 1, "2026-03-01")
    books.invoice("B", 2, "2026-03-02", client="Beta", tax_id="BBB010101BB1", currency="USD")
    books.invoice("C", 3, "2026-03-03", status="canceled", series="G")
    wanted = Wanted("invoices", "id", ((option, value),), descending=False)
    assert [row["id"] for row in rows(text(books, file, wanted))] == list(found)


def test_invoices_are_those_of_income_unless_a_type_is_named(books: Any, file: Path) -> None:
    books.invoice("A", 1, "2026-03-01")
    books.invoice("N", 2, "2026-03-02", "E")
    wanted = Wanted("invoices", "id", descending=False)
    assert text(books, file, wanted) == "id\nA\n"
    assert text(books, file, replace(wanted, filters=(("type", "e"),))) == "id\nN\n"
    assert text(books, file, replace(wanted, filters=(("type", "all"),))) == "id\nA\nN\n"


def test_a_period_is_of_local_days(books: Any, file: Path) -> None:
    books.invoice("A", 1, "2026-01-31T23:59:59")
    books.invoice("B", 2, "2026-02-01T00:00:00")
    wanted = Wanted("invoices", "id", from_on=date(2026, 1, 1), to_on=date(2026, 1, 31))
    assert text(books, file, wanted) == "id\nA\n"


def test_deleted_rows_are_not_exported(books: Any, file: Path) -> None:
    books.invoice("A", 1, "2026-03-01")
    books.delete("invoices_income", "A")
    assert rows(text(books, file, official("invoices"))) == []


def test_order_by_a_column(books: Any, file: Path) -> None:
    books.invoice("A", 2, "2026-03-01")
    books.invoice("B", 1, "2026-03-02")
    wanted = Wanted("invoices", "id", order_by="total", descending=False)
    assert text(books, file, wanted) == "id\nB\nA\n"


def test_a_statement_opens_runs_and_closes_with_the_balance(
    books: Any, file: Path, make: Any
) -> None:
    books.invoice("A", 100, "2026-01-10")
    books.invoice("B", 50, "2026-02-10")
    row = make.instalment("A", 1, 100, 30)
    books.load("invoices_payment", make.complement("P", "2026-02-20", row))
    books.cut("2026-02-28", from_on=date(2026, 2, 1))
    exported = rows(text(books, file, Wanted("estado")))
    assert [(r["concept"], r["charge"], r["credit"], r["balance"]) for r in exported] == [
        ("Saldo inicial", "100.00", "0.00", "100.00"),
        ("Factura", "50.00", "0.00", "150.00"),
        ("Pago", "0.00", "30.00", "120.00"),
    ]
    owed = books.one("select sum(balance) as owed from invoice_balances")["owed"]
    assert owed == Decimal(exported[-1]["balance"])


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted("nonsense"), "nothing called 'nonsense'"),
        (Wanted("invoices", "id,nonsense"), "no column 'nonsense'"),
        (Wanted("invoices", order_by="nonsense"), "no column 'nonsense'"),
        (Wanted("clients", filters=(("series", "A"),)), "cannot be filtered by --series"),
        (Wanted("catalogs", from_on=date(2026, 1, 1)), "no date"),
    ],
)
def test_what_is_not_there_is_a_usage_error(books: Any, wanted: Wanted, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        compose(books.con, wanted)


SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(path: Path, number: int = 1) -> dict[str, Any]:
    """Reference → value of a sheet's cells: float for numbers, str for text."""
    with zipfile.ZipFile(path) as parts:
        tree = ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml"))
    found = {}
    for cell in tree.iter(f"{SHEET}c"):
        assert cell.find(f"{SHEET}f") is None, "a formula"
        if cell.get("t") == "inlineStr":
            found[cell.get("r", "")] = "".join(t.text or "" for t in cell.iter(f"{SHEET}t"))
        elif (value := cell.find(f"{SHEET}v")) is not None:
            found[cell.get("r", "")] = float(value.text or 0)
    return found


FIELDS = (
    Field("client_name", "Nombre", "VARCHAR"),
    Field("currency", "Moneda", "VARCHAR"),
    Field("total", "Total", "DECIMAL(18,6)"),
    Field("issued_on", "Fecha", "DATE"),
    Field("payment_form", "Forma", "VARCHAR"),
)


def test_a_workbook_has_typed_cells_and_totals_per_currency(tmp_path: Path) -> None:
    day = date(2026, 1, 31)
    found = [
        ("=1+1", "MXN", Decimal("10.10"), day, "03"),
        ("Ñ", "USD", Decimal("5.00"), day, "01"),
        (None, "MXN", Decimal("0.20"), None, "03"),
    ]
    with book(tmp_path / "a.xlsx") as made:
        totals = made.sheet("rows", FIELDS, found)
    seen = cells(tmp_path / "a.xlsx")
    assert [seen[f"{c}1"] for c in "ABCDE"] == ["Nombre", "Moneda", "Total", "Fecha", "Forma"]
    assert [seen[f"{c}2"] for c in "ABCDE"] == ["=1+1", "MXN", 10.1, 46053.0, "03"]
    assert "A4" not in seen
    assert (seen["A6"], seen["C6"], seen["A7"], seen["C7"]) == ("Total MXN", 10.3, "Total USD", 5)
    assert totals.sums == {"MXN": [Decimal("10.30")], "USD": [Decimal("5.00")]}


def test_amounts_in_a_workbook_are_written_digit_by_digit(tmp_path: Path) -> None:
    row = ("A", "MXN", Decimal("94582.790000"), None, "03")
    with book(tmp_path / "a.xlsx") as made:
        made.sheet("rows", FIELDS, [row])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        assert b"<v>94582.790000</v>" in parts.read("xl/worksheets/sheet1.xml")


def test_only_rows_of_one_kind_are_added_up(books: Any) -> None:
    assert compose(books.con, Wanted("invoices")).has_totals
    assert compose(books.con, Wanted("cobranza", "contador")).has_totals
    assert not compose(books.con, Wanted("invoices", filters=(("type", "all"),))).has_totals
    assert not compose(books.con, Wanted("invoices", "contador")).has_totals
    assert not compose(books.con, Wanted("estado")).has_totals


def test_a_workbook_without_rows_is_a_header(tmp_path: Path) -> None:
    with book(tmp_path / "a.xlsx") as made:
        assert made.sheet("rows", FIELDS, []).rows == 0
    assert len(cells(tmp_path / "a.xlsx")) == len(FIELDS)


def test_a_workbook_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken() -> Any:
        yield ("A", "MXN", Decimal(1), None, "03")
        raise RuntimeError("the rows stop")

    with pytest.raises(RuntimeError), book(tmp_path / "a.xlsx") as made:
        made.sheet("rows", FIELDS, broken())
    assert list(tmp_path.iterdir()) == []

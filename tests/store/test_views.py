from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError

import duckdb
import pytest

from gigstack_sync.errors import StorageError
from gigstack_sync.store import views
from gigstack_sync.store.reading_order import in_order, tables_read
from gigstack_sync.store.schema_page import blank_database, render
from gigstack_sync.store.sqlfiles import read, sql_root
from gigstack_sync.store.views import describe, install, outdate, view_files

BEFORE = {"invoice_documents": "invoice_items", "invoice_keys": "invoice_relations"}
"""Some views and those that read them."""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with blank_database() as con:
        yield con


@pytest.fixture
def bare() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


def test_every_view_can_be_read_from_an_empty_mirror(con: duckdb.DuckDBPyConnection) -> None:
    for name in view_files().keys() - {"calendar", "catalogs"}:
        con.execute(f"select * from {name}").fetchall()


def test_every_view_and_column_has_a_comment(con: duckdb.DuckDBPyConnection) -> None:
    silent = [
        f"{view.name}.{column.name}"
        for view in describe(con)
        for column in view.columns
        if not column.comment or not view.comment
    ]
    assert silent == []


def test_no_header_describes_a_column_that_is_not_there(con: duckdb.DuckDBPyConnection) -> None:
    for view in describe(con):
        named = views.header(view_files()[view.name]).columns
        assert list(named) == [column.name for column in view.columns], view.name


def test_every_file_is_a_view(con: duckdb.DuckDBPyConnection) -> None:
    assert [view.name for view in describe(con)] == sorted(view_files())


def test_money_is_decimal(con: duckdb.DuckDBPyConnection) -> None:
    floats = [
        f"{view.name}.{column.name}"
        for view in describe(con)
        for column in view.columns
        if column.type in ("DOUBLE", "FLOAT") and view.name in read("core")
    ]
    assert floats == []


def test_sums_and_differences_have_a_width_of_their_own(con: duckdb.DuckDBPyConnection) -> None:
    # DuckDB 1.4 and 2.0 give DECIMAL(18, 6) - DECIMAL(18, 6) different widths, and a view whose
    # types differ from those it was created with cannot be read: cast what is computed.
    widths = {
        (view.name, column.name): int(column.type[8:].split(",")[0])
        for view in describe(con)
        for column in view.columns
        if column.type.startswith("DECIMAL(")
    }
    assert {name: width for name, width in widths.items() if width not in (4, 9, 18, 38)} == {}


def test_no_view_needs_a_time_zone_database(con: duckdb.DuckDBPyConnection) -> None:
    types = {column.type for view in describe(con) for column in view.columns}
    assert "TIMESTAMP WITH TIME ZONE" not in types


def test_views_are_created_after_what_they_read(con: duckdb.DuckDBPyConnection) -> None:
    order = in_order(con, read("core"))
    assert set(order) == read("core").keys()
    for name in order:
        known = tables_read(con, read("core")[name]) & read("core").keys()
        assert all(order.index(other) < order.index(name) for other in known), name
    assert all(order.index(early) < order.index(late) for early, late in BEFORE.items())


def test_only_core_reads_the_mirror(con: duckdb.DuckDBPyConnection) -> None:
    for name in view_files().keys() - read("core").keys():
        read_names = tables_read(con, view_files()[name])
        assert not [table for table in read_names if table.startswith("mirror.")], name


@pytest.mark.parametrize(
    ("sql", "reads"),
    [
        ("select * from a join main.b using (id)", {"a", "b"}),
        ("with a as (select * from a) select * from a", {"a"}),
        ("with a as (select 1 as n) select * from a", set()),
        ("with x as (select * from a), y as (select * from x) select * from y", {"a"}),
        ("with a as (select 1 as n) select * from a, other.a", {"other.a"}),
        ("select * from a where exists (select 1 from b where b.id = a.id)", {"a", "b"}),
        (
            "with recursive t as (select 1 as n union all select n + 1 from t) select * from t",
            set(),
        ),
        ("select (select max(n) from c) from (select * from d) union all from e", {"c", "d", "e"}),
    ],
)
def test_what_a_select_reads(bare: duckdb.DuckDBPyConnection, sql: str, reads: set[str]) -> None:
    assert tables_read(bare, sql) == reads


def test_views_in_a_circle_are_refused(bare: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(CycleError):
        in_order(bare, {"a": "select * from b", "b": "select * from a"})


def test_a_select_that_cannot_be_parsed_is_named(bare: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(StorageError, match="parsed"):
        tables_read(bare, "selec 1")


def test_installing_twice_changes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("comment on view invoices is 'mine'")
    install(con)
    assert next(v for v in describe(con) if v.name == "invoices").comment == "mine"


def test_outdated_views_are_made_anew(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("comment on view invoices is 'mine'")
    outdate(con)
    install(con)
    assert next(v for v in describe(con) if v.name == "invoices").comment.startswith("Every CFDI")


def test_a_view_no_file_defines_any_more_is_dropped(con: duckdb.DuckDBPyConnection) -> None:
    con.execute('create view "old ""one""" as select 1 as n')
    outdate(con)
    install(con)
    assert sorted(view_files()) == [view.name for view in describe(con)]


def test_changed_sql_is_installed(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"answers": "-- Answers.\n--   n: it's one\nselect 1 as n"}
    monkeypatch.setattr(views, "view_files", lambda: files)
    install(con)
    assert describe(con) == [("answers", "Answers.", [("n", "INTEGER", "it's one")])]


def test_a_failed_installation_leaves_the_old_views(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "view_files", lambda: {"bad": "-- B.\nselect * from nowhere"})
    with pytest.raises(duckdb.CatalogException):
        install(con)
    assert "invoices" in [view.name for view in describe(con)]


def test_one_name_in_two_folders_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "read", lambda folder: {"invoices": "select 1"})
    with pytest.raises(StorageError, match="invoices"):
        view_files()


def test_the_page_of_views_is_current(con: duckdb.DuckDBPyConnection) -> None:
    page = (sql_root() / "README.md").read_text(encoding="utf-8")
    command = "python -m gigstack_sync.store.schema_page > sql/README.md"
    assert page == render(describe(con)), command

from __future__ import annotations

import re
from itertools import chain

import pytest

from gigstack_sync.store.sqlfiles import header, read, sql_root
from gigstack_sync.store.tables import LOAD_FILE
from gigstack_sync.store.views import VIEW_FOLDERS, view_files

FOLDERS = ("macros", "load", "reference", "core", "reports", "exports", "checks")
FILES = [(folder, name, text) for folder in FOLDERS for name, text in read(folder).items()]
VIEWS = view_files()

# Constructs that other engines lack or read differently.
NOT_PORTABLE = re.compile(
    r"\b(pivot|asof|columns\s*\(|generate_series|range\s*\(|by name|at time zone"
    r"|replace\s*\(\s*select|now\s*\(|current_date|current_timestamp|date_diff|datediff|len\s*\(|lambda|epoch"
    r"|list_\w+\s*\(|printf|format\s*\(|strptime)",
    re.IGNORECASE,
)


def code(text: str) -> str:
    """Without comments, and without what stands between quotes."""
    return re.sub(r"'(?:[^']|'')*'|--[^\n]*", "", text)


def test_the_folder_is_beside_the_package_in_a_checkout() -> None:
    assert (sql_root() / "load" / "invoices.sql").is_file()


def test_a_folder_that_is_not_there_is_empty() -> None:
    assert read("nowhere") == {}


def test_only_sql_files_are_read_by_stem_in_order() -> None:
    assert list(read("reference")) == ["calendar", "catalogs"]


def test_every_stream_has_its_load_file() -> None:
    assert set(LOAD_FILE.values()) == read("load").keys()


@pytest.mark.parametrize(("folder", "name", "text"), FILES)
def test_every_file_says_what_it_is(folder: str, name: str, text: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert len(header(text).comment.split()) >= 3


@pytest.mark.parametrize("name", read("macros"))
def test_a_macro_file_defines_the_macro_of_its_name(name: str) -> None:
    assert re.findall(r"create or replace macro (\w+)\(", read("macros")[name]) == [name]


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_one_bare_select(name: str) -> None:
    assert re.match(r"\s*(with|select|from)\b", code(VIEWS[name]))
    assert ";" not in code(VIEWS[name])


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_runs_on_other_engines_too(name: str) -> None:
    assert NOT_PORTABLE.findall(code(VIEWS[name])) == []


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_calls_no_macro(name: str) -> None:
    called = set(re.findall(r"\b(\w+)\(", code(VIEWS[name])))
    if name in read("core"):
        assert called & read("macros").keys() == set()


def test_view_names_are_unique_across_folders() -> None:
    names = list(chain.from_iterable(read(folder) for folder in VIEW_FOLDERS))
    assert sorted(names) == sorted(VIEWS)


def test_the_first_line_documents_the_view_and_named_lines_its_columns() -> None:
    text = "-- What is owed.\n-- Grain: one row.\n--   balance: total less paid\n\nselect 1"
    assert header(text) == ("What is owed.", {"balance": "total less paid"})


def test_a_deeper_line_continues_the_column_above() -> None:
    text = "-- What.\n--   a: one\n--       two\n--   b: three: four\nselect 1"
    assert header(text).columns == {"a": "one two", "b": "three: four"}


def test_comments_below_the_header_are_not_documentation() -> None:
    assert header("-- What.\n\n--   a: no\nselect 1").columns == {}


def test_a_file_without_header_documents_nothing() -> None:
    assert header("select 1") == ("", {})

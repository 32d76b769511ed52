"""Each migration runs once, with its record, or not at all."""

from __future__ import annotations

import duckdb
import pytest

from gigstack_sync.errors import StorageError
from gigstack_sync.store import migrations
from gigstack_sync.store.migrations import migrate


@pytest.fixture
def con():
    with duckdb.connect() as con:
        yield con


@pytest.fixture
def files(monkeypatch):
    """Migrations by name, instead of those that ship."""
    known = {}
    monkeypatch.setattr(migrations, "read", lambda _folder: known)
    return known


def tables(con):
    found = con.execute("select table_name from duckdb_tables() where schema_name = 'main'")
    return sorted(name for (name,) in found.fetchall())


def test_every_migration_runs_once_in_order(con, files):
    files |= {"0002_b": "alter table a add column n int", "0001_a": "create table a (x int)"}
    assert migrate(con) == ["0001_a", "0002_b"]
    assert migrate(con) == []


def test_a_later_migration_runs_alone(con, files):
    files["0001_a"] = "create table a (x int)"
    migrate(con)
    files["0002_b"] = "create table b (x int)"
    assert migrate(con) == ["0002_b"]


def test_a_migration_that_fails_leaves_nothing_and_can_be_repeated(con, files):
    files["0001_a"] = "create table a (x int); select error('no')"
    with pytest.raises(duckdb.Error, match="no"):
        migrate(con)
    assert tables(con) == []
    files["0001_a"] = "create table a (x int)"
    assert migrate(con) == ["0001_a"]


def test_a_failure_keeps_the_migrations_before_it(con, files):
    files |= {"0001_a": "create table a (x int)", "0002_b": "select error('no')"}
    with pytest.raises(duckdb.Error):
        migrate(con)
    assert tables(con) == ["a"]


def test_a_file_with_unknown_migrations_is_refused_before_anything_runs(con, files):
    files["0001_a"] = "create table a (x int)"
    migrate(con)
    del files["0001_a"]
    files["0000_z"] = "create table z (x int)"
    with pytest.raises(StorageError, match="0001_a"):
        migrate(con)
    assert tables(con) == ["a"]


def test_the_migrations_that_ship_run_on_an_empty_database(con):
    assert migrate(con) == sorted(migrations.read("migrations"))

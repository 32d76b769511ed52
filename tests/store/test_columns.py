"""Typed columns are made anew from stored payloads whenever the rules of typing change."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gigstack_sync.store import columns
from gigstack_sync.store.load import Batch, Loader
from gigstack_sync.store.schema_page import blank_database
from gigstack_sync.sync.perform import spool_line

NIGHT = int(datetime(2026, 3, 2, 2, tzinfo=UTC).timestamp())
KEPT = f"select {', '.join(columns.BOOKKEEPING)} from mirror.services order by id"


@pytest.fixture
def con(tmp_path):
    with blank_database() as con:
        con.execute("set variable zone = 'America/Mexico_City'")
        con.execute("create temp table seen (team_id varchar, stream varchar, key ubigint)")
        lines = [
            spool_line(n, "team_1", name, NIGHT, raw)[0]
            for n, (name, raw) in enumerate(
                {
                    "a": b'{"id":"a","description":"x","created_at":%d}' % NIGHT,
                    "b": b'{"id":"b","description":"half \\ud83d"}',
                }.items()
            )
        ]
        loader = Loader(con, tmp_path, run_id=1, now=datetime(2026, 3, 3))
        loader.load(Batch("team_1", "services", lines))
        yield con


def test_nothing_is_retyped_while_nothing_changed(con):
    assert columns.prepare_tables(con, "America/Mexico_City") == []


def test_another_zone_moves_local_days_and_keeps_the_rest(con):
    kept = con.execute(KEPT).fetchall()
    con.execute("set variable zone = 'Asia/Kolkata'")
    assert "services" in columns.prepare_tables(con, "Asia/Kolkata")
    assert con.execute(KEPT).fetchall() == kept
    days = con.execute("select created_on from mirror.services where id = 'a'").fetchall()
    assert days == [(date(2026, 3, 2),)]


def test_history_outlives_a_retyping(con):
    columns.prepare_tables(con, "Asia/Kolkata")
    assert con.execute("select count(*) from history.changes").fetchone() == (2,)


def test_a_changed_load_file_retypes_its_streams_alone(con, monkeypatch):
    texts = columns.load_texts()
    texts["services"] = texts["services"].replace("from parsed", "from parsed -- again")
    texts["services"] = texts["services"].replace("select\n    key,", "select key, 7 as seven,", 1)
    monkeypatch.setattr(columns, "load_texts", lambda: texts)
    assert columns.prepare_tables(con, "America/Mexico_City") == ["services"]


def test_a_load_file_that_fails_leaves_the_table_as_it_was(con, monkeypatch):
    kept = con.execute(KEPT).fetchall()
    texts = columns.load_texts() | {"services": "select key, error('no') as bad from batch"}
    monkeypatch.setattr(columns, "load_texts", lambda: texts)
    with pytest.raises(Exception, match="no"):
        columns.prepare_tables(con, "America/Mexico_City")
    assert con.execute(KEPT).fetchall() == kept


def test_a_half_surrogate_is_typed_again_after_a_retyping(con):
    columns.prepare_tables(con, "Asia/Kolkata")
    sql = "select description from mirror.services where id = 'b'"
    assert con.execute(sql).fetchall() == [("half \ufffd",)]


def test_every_stream_has_its_table(con):
    sql = "select table_name from duckdb_tables() where schema_name = 'mirror'"
    assert {name for (name,) in con.execute(sql).fetchall()} == set(columns.load_texts())


@pytest.mark.parametrize("name", columns.BOOKKEEPING)
def test_no_load_file_claims_a_column_of_the_sync(con, name):
    for load in set(columns.load_texts().values()):
        assert name not in columns.typed_columns(con, load)

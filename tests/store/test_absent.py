"""Which rows a complete look did not show, and what becomes of them."""

from __future__ import annotations

from datetime import datetime

import pytest

from gigstack_sync.store.absent import Absent

MOMENT = datetime(2026, 10, 1)


@pytest.fixture
def absent(warehouse):
    warehouse.put("services", *({"id": name} for name in "abcd"))
    warehouse.put("services", {"id": "e"}, gone=True)
    warehouse.put("services", {"id": "a"}, team="team_2")
    warehouse.con.execute("update mirror.services set position = 10 * ascii(id) - 970")
    return Absent(warehouse.con)


def see(warehouse, *names, team="team_1"):
    warehouse.con.execute(
        "insert into seen select team_id, 'services', key from mirror.services "
        "where team_id = ? and id in (select unnest(?::varchar[]))",
        [team, list(names)],
    )


def missing(absent, spans=None, team="team_1"):
    return [row_id for row_id, _, _ in absent.missing(team, "services", spans)]


def test_rows_that_no_list_showed_are_missing_newest_first(absent, warehouse):
    see(warehouse, "b", "d")
    assert missing(absent) == ["c", "a"]


def test_only_rows_of_the_spans_looked_at_can_be_missing(absent):
    assert missing(absent, [(10, 20), (30, 31)]) == ["d", "b"]


def test_an_end_is_not_part_of_its_span(absent):
    assert missing(absent, [(0, 10)]) == ["a"]


def test_without_any_span_nothing_is_missing(absent):
    assert missing(absent, []) == []


def test_a_row_without_a_place_is_missing_from_whole_lists_only(absent, warehouse):
    warehouse.con.execute("update mirror.services set position = null where id = 'c'")
    assert "c" not in missing(absent, [(0, 1 << 40)])
    assert "c" in missing(absent)


def test_the_measure_counts_live_rows_of_the_spans(absent):
    assert absent.looked_at("team_1", "services", [(10, 31)]) == 3
    assert absent.looked_at("team_1", "services", None) == 4


def test_what_one_team_showed_says_nothing_of_another(absent, warehouse):
    see(warehouse, "a")
    assert missing(absent, team="team_2") == ["a"]


def test_burying_marks_the_row_and_writes_its_history(absent, warehouse):
    ((_, key, _),) = absent.missing("team_1", "services", [(10, 11)])
    absent.bury("team_1", "services", [key], run_id=9, now=MOMENT)
    row = warehouse.one("select deleted_at, changed_at, run_id from mirror.services where id = 'b'")
    assert row == {"deleted_at": MOMENT, "changed_at": MOMENT, "run_id": 9}
    assert warehouse.one("select id, change, run_id, payload_before from history.changes") == {
        "id": "b", "change": "deleted", "run_id": 9, "payload_before": None
    }  # fmt: skip


def test_burying_twice_leaves_one_entry(absent, warehouse):
    keys = [key for _, key, _ in absent.missing("team_1", "services", None)]
    for _ in range(2):
        absent.bury("team_1", "services", keys, run_id=9, now=MOMENT)
    assert warehouse.one("select count(*) as n from history.changes") == {"n": 4}


def test_forgetting_frees_one_stream(absent, warehouse):
    see(warehouse, "a", "b")
    absent.forget_seen("team_1", "services")
    assert missing(absent) == ["d", "c", "b", "a"]

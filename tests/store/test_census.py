"""Counts that plans are made from speak of live rows of one team."""

from __future__ import annotations

import pytest

from gigstack_sync.store.census import Census

DAY = 86_400


@pytest.fixture
def census(warehouse):
    warehouse.put(
        "receipts",
        *(
            {"id": n, "status": s}
            for n, s in zip("abc", ["pending", "completed", "pending"], strict=True)
        ),
    )
    warehouse.put("receipts", {"id": "d", "status": "pending"}, gone=True)
    warehouse.put("receipts", {"id": "e", "status": "pending"}, team="team_2")
    warehouse.con.execute(
        f"update mirror.receipts set position = {DAY} * (ascii(id) - 97) // 2, "
        "payload_hash = key, list_hash = key"
    )
    return Census(warehouse.con)


def test_live_rows_exclude_the_deleted_and_other_teams(census):
    assert census.live("team_1", "receipts") == 3
    assert census.deleted("team_1", "receipts") == 1


def test_rows_between_two_seconds_exclude_the_end(census):
    assert census.between("team_1", "receipts", 0, DAY) == 2


def test_volatile_rows_come_newest_first(census):
    assert census.volatile("team_1", "receipts", "status = 'pending'") == (DAY, 0)


def test_days_are_counted_in_order(census):
    assert census.per_day("team_1", "receipts") == [(0, 2), (1, 1)]


def test_rows_without_a_place_are_counted(census, warehouse):
    warehouse.con.execute("update mirror.receipts set position = null where id in ('a', 'd')")
    assert census.unplaced("team_1", "receipts") == 1
    assert census.volatile("team_1", "receipts", "true") == (DAY, DAY // 2)


def test_bodies_still_to_be_fetched_are_named(census, warehouse):
    warehouse.con.execute("update mirror.receipts set is_partial = id in ('a', 'c', 'd')")
    assert census.partial("team_1", "receipts") == ["c", "a"]


def test_lists_that_turn_out_partial_leave_fetched_bodies_alone(census, warehouse):
    warehouse.con.execute("update mirror.receipts set payload_hash = 1 where id = 'b'")
    census.call_lists_partial("team_1", "receipts")
    assert census.partial("team_1", "receipts") == ["c", "a"]


def test_doubted_bodies_are_those_of_the_spans_and_of_the_condition(census):
    census.doubt("team_1", "receipts", [(DAY, DAY + 1)], "id = 'b'")
    assert census.partial("team_1", "receipts") == ["c", "b"]


def test_doubting_nothing_changes_nothing(census):
    census.doubt("team_1", "receipts", [], "")
    assert census.partial("team_1", "receipts") == []

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest


def record(warehouse: Any, run: int, change: str, before: str | None, row: str = "i") -> None:
    warehouse.con.execute(
        """insert into history.changes by name select 'team_1' as team_id, 'payments' as stream,
        ? as id, hash('team_1', ?) as key, ? as run_id, ? as observed_at, ? as change,
        ? as payload_before""",
        [row, row, run, datetime(2026, 1, run), change, before],
    )


def story(warehouse: Any) -> list[tuple[Any, ...]]:
    rows = warehouse.rows(
        "select change, payload_before, payload_after from changes order by run_id"
    )
    return [tuple(row.values()) for row in rows]


@pytest.fixture
def payment(warehouse: Any) -> Any:
    warehouse.put("payments", '{"id":"i","v":3}')
    return warehouse


def test_each_change_shows_what_it_led_to(payment: Any) -> None:
    record(payment, 1, "inserted", None)
    record(payment, 2, "updated", "one")
    record(payment, 3, "updated", "two")
    assert story(payment) == [
        ("inserted", None, "one"),
        ("updated", "one", "two"),
        ("updated", "two", '{"id":"i","v":3}'),
    ]


def test_a_row_that_went_and_came_back_as_it_was(payment: Any) -> None:
    record(payment, 1, "inserted", None)
    record(payment, 2, "deleted", None)
    record(payment, 3, "returned", None)
    body = '{"id":"i","v":3}'
    assert story(payment) == [
        ("inserted", None, body),
        ("deleted", None, None),
        ("returned", None, body),
    ]


def test_a_row_that_came_back_changed(payment: Any) -> None:
    record(payment, 1, "inserted", None)
    record(payment, 2, "deleted", None)
    record(payment, 3, "returned", "one")
    assert [after for _, _, after in story(payment)] == ["one", None, '{"id":"i","v":3}']


def test_rows_do_not_borrow_from_each_other(payment: Any) -> None:
    payment.put("payments", '{"id":"other"}')
    record(payment, 1, "inserted", None)
    record(payment, 2, "updated", "theirs", row="other")
    assert story(payment)[0] == ("inserted", None, '{"id":"i","v":3}')

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

# Binding one query costs more than typing a hundred rows.
A_FEW = settings(max_examples=12, deadline=None)
FIRST = datetime(2023, 3, 1, 6, 13, 54)


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (1677651234, FIRST),
        (1677651234000, FIRST),
        ("1677651234", FIRST),
        ("1677651234000", FIRST),
        (1677651234.5, FIRST + timedelta(seconds=0.5)),
        ("2023-03-01T06:13:54Z", FIRST),
        ("2023-03-01T06:13:54.000Z", FIRST),
        ("2023-03-01T06:13:54", FIRST),
        ("2023-03-01 06:13:54", FIRST),
        ("2023-03-01T00:13:54-06:00", FIRST),
        ("2023-03-01T11:43:54+0530", FIRST),
        ("2023-03-01t06:13:54z", FIRST),
        ("2023-03-01T06:13Z", FIRST.replace(second=0)),
        ({"_seconds": 1677651234, "_nanoseconds": 0}, FIRST),
        ({"_seconds": 1677651234, "_nanoseconds": 500000000}, FIRST + timedelta(seconds=0.5)),
        ({"seconds": 1677651234}, FIRST),
        ({"seconds": "1677651234", "nanoseconds": 0}, FIRST),
    ],
)
def test_an_instant_arrives_right_however_it_is_written(
    typed: Any, wire: Any, expected: datetime
) -> None:
    (row,) = typed("invoices", {"created_at": wire})
    assert (row["created_at"], row["drift"]) == (expected, set())


@pytest.mark.parametrize(
    "wire",
    [
        *(5, -1677651234, 10**25, 1e300, True, "soon", "{bad", "[", "2023-13-45T99:99:99Z"),
        *({}, {"_seconds": "x"}, {"_seconds": 10**30}, {"_seconds": 1, "_nanoseconds": 1}),
        *([1677651234], "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", 4102444800),
    ],
)
def test_what_is_no_instant_of_this_century_is_null_and_drift(typed: Any, wire: Any) -> None:
    (row,) = typed("invoices", {"created_at": wire})
    assert (row["created_at"], row["created_on"]) == (None, None)
    assert row["drift"] == {"created_at"}


@pytest.mark.parametrize("wire", [None, "", "  "])
def test_saying_nothing_is_not_drift(typed: Any, wire: Any) -> None:
    (row,) = typed("invoices", {"created_at": wire})
    assert (row["created_at"], row["drift"]) == (None, set())


@A_FEW
@given(st.lists(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)), min_size=1))
def test_every_spelling_of_an_instant_agrees(typed: Any, moments: list[datetime]) -> None:
    moments = [moment.replace(microsecond=0) for moment in moments]
    seconds = [int(moment.replace(tzinfo=UTC).timestamp()) for moment in moments]
    by_seconds = typed("clients", *({"created_at": second} for second in seconds))
    by_text = typed("clients", *({"created_at": f"{moment.isoformat()}Z"} for moment in moments))
    by_milliseconds = typed("clients", *({"created_at": second * 1000} for second in seconds))
    assert [row["created_at"] for row in by_seconds] == moments
    assert by_seconds == by_text == by_milliseconds


@pytest.mark.parametrize(
    ("wire", "day"),
    [
        ("2026-02-01T05:59:59Z", date(2026, 1, 31)),
        ("2026-02-01T06:00:00Z", date(2026, 2, 1)),
        # Mexico City kept summer time until 2022: midnight was at 05:00 UTC.
        ("2022-07-01T04:59:59Z", date(2022, 6, 30)),
        ("2022-07-01T05:00:00Z", date(2022, 7, 1)),
    ],
)
def test_days_end_at_midnight_in_mexico_city(typed: Any, wire: str, day: date) -> None:
    (row,) = typed("invoices", {"created_at": wire})
    assert (row["created_on"], row["issued_on"]) == (day, day)


def test_fault_33_days_end_where_the_business_is(warehouse: Any) -> None:
    warehouse.con.execute("set variable zone = 'America/Tijuana'")
    (row,) = warehouse.typed("payments", {"created_at": "2026-02-01T07:59:59Z"})
    warehouse.con.execute("set variable zone = 'America/Mexico_City'")
    assert row["created_on"] == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ("2026-01-31T23:59:59", datetime(2026, 1, 31, 23, 59, 59)),
        ("2026-01-31 23:59:59", datetime(2026, 1, 31, 23, 59, 59)),
        ("2026-01-31", datetime(2026, 1, 31)),
        ("2026-02-01T05:59:59Z", datetime(2026, 1, 31, 23, 59, 59)),
        (1769925599, datetime(2026, 1, 31, 23, 59, 59)),
    ],
)
def test_sat_writes_the_wall_clock_of_mexico_city(
    typed: Any, wire: Any, expected: datetime
) -> None:
    (row,) = typed("sat_cfdis", {"issue_date": wire})
    assert (row["issued_at_local"], row["issued_on"]) == (expected, date(2026, 1, 31))


def test_sat_says_not_cancelled_with_an_empty_text(typed: Any) -> None:
    (row,) = typed("sat_cfdis", {"cancellation_date": "", "created_at": 0, "updated_at": 0})
    assert (row["cancelled_on"], row["created_at"], row["drift"]) == (None, None, set())

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gigstack_sync.api.filters import IncomeFilters, check_names, query
from gigstack_sync.errors import UsageError


@pytest.mark.parametrize(
    ("value", "gte", "lte"),
    [
        (1_700_000_000, 1_700_000_000, 1_700_000_000),
        (datetime(2026, 1, 1, tzinfo=UTC), 1_767_225_600, 1_767_225_600),
        (datetime(2026, 1, 1), 1_767_247_200, 1_767_247_200),
        (date(2026, 1, 1), 1_767_247_200, 1_767_247_200 + 86_399),
    ],
)
def test_moments_become_seconds_and_days_are_mexican(value, gte, lte):
    sent = query({"created_gte": value, "created_lte": value}, 100)
    assert sent == {"limit": 100, "created[gte]": gte, "created[lte]": lte}


@pytest.mark.parametrize("value", ["2026-01-05", date(2026, 1, 5), datetime(2026, 1, 5, 23)])
def test_sat_days_are_text(value):
    assert query({"from_": value}, 1)["from"] == "2026-01-05"


@pytest.mark.parametrize(
    "filters",
    [{"created_gte": 1_700_000_000_000}, {"created_lte": True}, {"created_gte": -1},
     {"to": "31/01/2026"}, {"from_": ""}],
)  # fmt: skip
def test_odd_values_are_refused(filters):
    with pytest.raises(UsageError):
        query(filters, 100)


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_odd_limits_are_refused(limit):
    with pytest.raises(UsageError, match="1 to 100"):
        query({}, limit)


def test_a_filter_the_list_does_not_know_is_refused():
    with pytest.raises(TypeError, match="stauts"):
        check_names({"stauts": "valid"}, IncomeFilters)
    check_names({"status": "valid", "created_gte": 1, "series": "A"}, IncomeFilters)

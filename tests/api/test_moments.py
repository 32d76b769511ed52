from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.api.moments import EARLIEST, LATEST, epoch_seconds, local_seconds

firestore = st.sampled_from(["seconds", "_seconds", "_nanoseconds"])
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(firestore, inner),
    max_leaves=4,
)
instants = st.integers(int(EARLIEST), int(LATEST))


@given(instants)
def test_every_spelling_of_an_instant_is_the_same_instant(second):
    moment = datetime.fromtimestamp(second, UTC)
    west = moment.astimezone(timezone(timedelta(hours=-6)))
    spellings = [
        second, float(second), second * 1000, str(second), str(second * 1000),
        moment.isoformat(), moment.isoformat().replace("+00:00", "Z"), west.isoformat(),
        moment.replace(tzinfo=None).isoformat(sep=" "),
        {"_seconds": second, "_nanoseconds": 0}, {"seconds": second},
    ]  # fmt: skip
    assert {epoch_seconds(spelling) for spelling in spellings} == {float(second)}


def test_milliseconds_and_nanoseconds_keep_their_fraction():
    assert epoch_seconds(1_700_000_000_412) == pytest.approx(1_700_000_000.412)
    assert epoch_seconds({"_seconds": 1_700_000_000, "_nanoseconds": 5 * 10**8}) == 1_700_000_000.5


@pytest.mark.parametrize(
    "absurd",
    [None, True, 0, -1, 1, 9e99, 10**30, "", "soon", "nan", "1999-12-31", "2100-01-02", [], {},
     {"_seconds": None}, {"_seconds": "x"}, {"seconds": []}, "9" * 400, {"seconds": 10**400}],
)  # fmt: skip
def test_absurd_instants_are_none(absurd):
    assert epoch_seconds(absurd) is None
    assert local_seconds(absurd) is None


@given(trees)
def test_any_json_value_is_an_instant_or_none(value):
    for read in (epoch_seconds, local_seconds):
        seconds = read(value)
        assert seconds is None or EARLIEST <= seconds <= LATEST


def test_a_local_text_is_taken_by_its_digits():
    assert local_seconds("2026-01-31") == local_seconds("2026-01-31T00:00:00+09:00")


@pytest.mark.parametrize("text", ["1767225600", "1767225600.0", "1767225600000"])
def test_an_exact_number_is_an_instant_too(text):
    assert epoch_seconds(Decimal(text)) == 1767225600

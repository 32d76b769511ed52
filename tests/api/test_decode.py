from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.api.decode import decode
from gigstack_sync.errors import BadAnswer


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6) | st.integers())
def test_no_digit_is_lost(number):
    assert decode(str(number).encode()) == number


def test_fractions_are_decimal_and_whole_numbers_are_int():
    row = decode(b'{"total":1234567.89,"subtotal":100,"rate":1.60e-1}')
    assert row == {"total": Decimal("1234567.89"), "subtotal": 100, "rate": Decimal("0.160")}
    assert type(row["subtotal"]) is int


def test_half_surrogates_do_not_stop_it():
    assert decode(b'{"a":"\\ud800","b":0.1}') == {"a": "\ud800", "b": Decimal("0.1")}


@pytest.mark.parametrize(
    "body",
    [b"", b"NaN", b"[1,", b"\xff", b"[" * 5000 + b"]" * 5000, b"1e" + b"9" * 30, b"9" * 5000],
)
def test_what_cannot_be_read_is_a_bad_answer(body):
    with pytest.raises(BadAnswer):
        decode(body)

"""Readers of what others wrote survive what others might write."""

from __future__ import annotations

import pytest

from tests.simulation.fuzz import fuzz


@pytest.mark.parametrize("seed", [1])
def test_no_input_crashes_its_reader(seed):
    fuzzer = fuzz(seed, rounds=240)
    assert fuzzer.crashes == {}
    assert min(fuzzer.tried.values()) >= 16

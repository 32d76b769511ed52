"""A hundred lives of a sync, and proof that a bug would not survive them.

More of them: python -m tests.simulation --seeds 10000 --start 0
"""

from __future__ import annotations

import pytest

from tests.simulation.planted import seeds_until_found
from tests.simulation.simulator import fingerprint, simulate

SEEDS = 100
GROUP = 10


@pytest.mark.parametrize("start", range(0, SEEDS, GROUP))
def test_whatever_happens_the_mirror_is_right_in_the_end(start):
    for seed in range(start, start + GROUP):
        try:
            simulate(seed)
        except BaseException as error:
            error.add_note(f"repeat: python -m tests.simulation --seeds 1 --trace --start {seed}")
            raise


def test_a_seed_lives_the_same_life_each_time():
    assert fingerprint(simulate(3)) == fingerprint(simulate(3))


@pytest.mark.parametrize(
    "bug", ["ledger_first", "newest_as_watermark", "silent_nulls", "cursor_not_reset"]
)
def test_a_planted_bug_is_found(bug):
    assert seeds_until_found(bug, most=40)[0] > 0

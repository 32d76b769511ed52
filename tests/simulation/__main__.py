"""Many seeds at once: python -m tests.simulation --seeds 10000 --start 0."""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))

from tests.simulation.simulator import fingerprint, simulate


def attempt(seed: int) -> tuple[int, str, str]:
    """(seed, fingerprint, what broke)."""
    try:
        return seed, fingerprint(simulate(seed)), ""
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return seed, "", f"{type(error).__name__} at {where.name}: {error}\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=300, help="how many")
    parser.add_argument("--start", type=int, default=0, help="the first")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--trace", action="store_true", help="tell what happened")
    options = parser.parse_args()
    began, failed = time.monotonic(), 0
    seeds = range(options.start, options.start + options.seeds)
    if options.trace:
        for line in simulate(options.start):
            print(line)
        return 0
    with ProcessPoolExecutor(options.jobs) as pool:
        for seed, _, broken in pool.map(attempt, seeds, chunksize=5):
            if broken:
                failed += 1
                print(
                    f"{broken}repeat: python -m tests.simulation --seeds 1 --start {seed}\n",
                    flush=True,
                )
    took = time.monotonic() - began
    print(
        f"{len(seeds)} seeds, {failed} failed, {took:.0f} s, {1000 * took / len(seeds):.0f} ms each"
    )
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())

"""The clocks, the sleep and the dice of a client, in one place for simulations to own."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Timing:
    """`sleep` None means an interruptible wait that ends when the client is closed."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], object] | None = None
    random: Callable[[], float] = random.random

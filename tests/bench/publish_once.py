"""Publishes the mirror of GIGSTACK_DB once more and prints the seconds that took."""

from __future__ import annotations

import os
import time
from pathlib import Path

from gigstack_sync.store.places import Places
from gigstack_sync.store.publish import publish

places = Places(Path(os.environ["GIGSTACK_DB"]))
began = time.perf_counter()
publish(places)
print(time.perf_counter() - began)

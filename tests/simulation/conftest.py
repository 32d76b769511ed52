"""Lets this folder's modules import each other, wherever the tests are started."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))

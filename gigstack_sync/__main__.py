"""`python -m gigstack_sync`, the same as `gigstack`."""

from __future__ import annotations

import sys

from gigstack_sync.cli import main

if __name__ == "__main__":
    sys.exit(main())

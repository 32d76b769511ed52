"""The bench that kills commands at every instant, a sample of it: real processes, real SIGKILL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LOOP = Path(__file__).parents[1] / "bench" / "crash_loop.py"
SAMPLE = "publish:file,export:file,sync:file,sync:EIO"


@pytest.mark.skipif(sys.platform != "linux", reason="counts system calls by preloading")
@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler to build what counts them")
def test_whatever_instant_a_command_is_killed_at_the_next_run_makes_good(tmp_path):
    """SIGKILL between the steps of publishing, exporting, syncing; or a disk that says no."""
    command = [sys.executable, LOOP, "--quick", "--only", SAMPLE, "--minutes", "0.6"]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment(tmp_path), timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "publish at each file" in done.stdout


def environment(folder):
    return os.environ | {"TMPDIR": str(folder), "PYTHONPATH": str(LOOP.parents[2])}

from __future__ import annotations

import subprocess
import sys

import pytest

from gigstack_sync import api


def test_the_public_names_are_sorted_and_exist():
    assert api.__all__ == sorted(api.__all__)
    assert all(getattr(api, name).__name__ == name for name in api.__all__)


def test_other_names_do_not_exist():
    with pytest.raises(AttributeError, match="Nothing"):
        _ = api.Nothing


def test_httpx_is_not_loaded_before_the_first_request():
    code = "import sys, gigstack_sync.api as a; a.Client('k'); print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

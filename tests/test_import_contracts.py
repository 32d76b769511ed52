"""What may import what: between the layers, and when a command starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("duckdb", "xlsxwriter", "httpx", "msgspec", "rich", "pydantic", "asyncio")


def loaded_by(code: str) -> set[str]:
    """The heavy modules that a fresh interpreter has loaded after `code`."""
    report = f"{code}\nimport sys; print('LOADED', *set({HEAVY!r}).intersection(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", report], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize(
    "code",
    [
        "import gigstack_sync",
        "import gigstack_sync.config",
        "from gigstack_sync.cli import main; main(['--help'])",
        "from gigstack_sync.cli import main; main(['--version'])",
    ],
)
def test_help_and_imports_load_nothing_heavy(code: str) -> None:
    assert loaded_by(code) == set()


@pytest.mark.parametrize("arguments", [["sql", "--help"], ["login", "--help"], ["config"]])
def test_small_commands_load_no_database_and_no_network(arguments: list[str]) -> None:
    code = f"from gigstack_sync.cli import main; main({arguments!r})"
    assert loaded_by(code) == set()


def test_a_question_loads_the_database_alone(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "any.duckdb")).close()
    asked = ["sql", "select 1", "--db", str(tmp_path / "any.duckdb")]
    assert loaded_by(f"from gigstack_sync.cli import main; main({asked!r})") == {"duckdb"}


def test_layers_and_forbidden_imports() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout

"""What people mistype: a refusal that names the mistake, never an empty answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from gigstack_sync.cli import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["status", "--team", "nope"], "nothing of team nope"),
        (["cobranza", "--team", "nope"], "team_own"),
        (["changes", "--stream", "nope"], "invoices_income"),
        (["export", "invoices", "--out", "z.csv", "--json"], "z.csv"),
    ],
)
def test_a_name_that_does_not_exist_is_refused(
    demo: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert said in shown.err + shown.out


def test_a_missing_database_is_told_with_the_command_that_makes_it(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "x.duckdb"
    assert main(["status", "--db", str(missing)]) == 7
    assert f"gigstack sync --db {missing}" in capsys.readouterr().err

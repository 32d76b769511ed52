"""The README's commands and queries do what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from gigstack_sync.api.client import Client
from gigstack_sync.cli import main
from gigstack_sync.cli.app import COMMANDS
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.server import Server
from gigstack_sync.store.places import Places
from gigstack_sync.sync.engine import Options
from gigstack_sync.sync.session import SyncSession

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(found_business(invoices=300)) as running:
        yield running


@pytest.fixture(scope="module")
def published(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    places = Places(tmp_path_factory.mktemp("readme") / "gigstack.duckdb")
    for _ in range(2):
        with Client(server.key, base_url=server.url) as client:
            SyncSession(places, client).sync(Options())
        server.world.live_days(5)
    return places.published


@pytest.mark.parametrize("statement", blocks("sql"))
def test_every_query_answers_on_a_mirror(published: Path, statement: str) -> None:
    with duckdb.connect(str(published), read_only=True) as con:
        assert con.execute(statement).fetchall()


def test_the_question_on_the_command_line_answers(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [question] = re.findall(r'^gigstack sql "(.*)"$', TEXT, re.MULTILINE)
    assert main(["sql", question, "--db", str(published), "--json"]) == 0
    assert '"client_name"' in capsys.readouterr().out


REPORTS = next(block for block in blocks("sh") if "gigstack status" in block).splitlines()


@pytest.mark.parametrize("command", REPORTS)
def test_every_report_named_answers(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*shlex.split(command)[1:], "--db", str(published)]) in {
        0,
        8 * ("fail-on" in command),
    }
    if "--out" in command:
        assert (tmp_path / "october.xlsx").stat().st_size > 5_000


def test_the_python_example_runs(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    [example] = blocks("python")
    exec(compile(example, "README.md", "exec"), {"key": server.key, "url": server.url})
    lines = capsys.readouterr().out.splitlines()
    valid = [
        r
        for r in server.truth(server.world.own_team, "invoices_income").values()
        if b'"status":"valid"' in r
    ]
    assert len(lines) == len(valid)


def test_every_command_named_exists_and_every_command_is_named() -> None:
    named = set(re.findall(r"`(?:gigstack )?([a-z]+)(?: [^`]*)?`", TEXT))
    assert set(COMMANDS) <= named


@pytest.mark.parametrize("option", sorted(set(re.findall(r"`(--[a-z-]+)", TEXT))))
def test_every_option_named_is_in_a_help(option: str) -> None:
    assert option in all_help()


def all_help() -> str:
    if not hasattr(all_help, "text"):
        reports = ("status", "cobranza", "conciliation", "forecast", "export")
        commands = [["sync"], ["sync", "reset"], ["sql"], ["payments", "register"]]
        commands += [["invoices", "list"]]
        commands += [*([name] for name in reports)]
        all_help.text = "".join(  # type: ignore[attr-defined]
            subprocess.run(
                [sys.executable, "-m", "gigstack_sync", *command, "--help"],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            for command in commands
        )
    return all_help.text  # type: ignore[attr-defined, no-any-return]


def test_the_views_named_exist(published: Path) -> None:
    [listed] = re.findall(r"^Views: (.*?) and a few more", TEXT, re.MULTILINE | re.DOTALL)
    names = set(re.findall(r"`([a-z_]+)`", listed))
    with duckdb.connect(str(published), read_only=True) as con:
        views = {row[0] for row in con.execute("select view_name from duckdb_views()").fetchall()}
    assert names <= views


def test_the_demo_shows_both_looks_and_leaves_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "demo.duckdb"
    assert main(["demo", "--invoices", "150", "--db", str(target)]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out.count("Mirrored in") == 2
    assert "What the second look found changed:" in shown.out
    for statement in re.findall(r'gigstack sql --db \S+ "(.*)"', shown.out):
        assert main(["sql", statement, "--db", str(target)]) == 0


def test_a_demo_never_replaces_a_file_it_was_named(tmp_path: Path) -> None:
    target = tmp_path / "mine.duckdb"
    target.write_bytes(b"precious")
    assert main(["demo", "--invoices", "10", "--db", str(target)]) == 2
    assert target.read_bytes() == b"precious"


def test_ci_runs_the_readmes_own_commands() -> None:
    first, second = (block.strip() for block in blocks("sh")[:2])
    script = (ROOT / ".ci" / "run").read_text()
    assert "README.md" in script
    assert first.endswith("demo")
    assert second.endswith("pytest")

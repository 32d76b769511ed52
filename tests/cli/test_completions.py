"""Completion: what is offered where, and the scripts in the shells they are for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gigstack_sync.cli.app import COMMANDS, load, root
from gigstack_sync.cli.complete import answer
from gigstack_sync.cli.context import TOPICS
from gigstack_sync.cli.tree import walk
from gigstack_sync.exports.entities import ENTITIES


def offered(*words: str) -> list[str]:
    return [line.partition("\t")[0] for line in answer(words)]


@pytest.fixture
def built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each top command is built once, not at every question."""
    monkeypatch.setattr("gigstack_sync.cli.app.load", cache(load))


@pytest.mark.usefixtures("built_once")
def test_every_command_is_offered_below_its_group() -> None:
    assert offered("") == [name for name, entry in COMMANDS.items() if entry.section]
    for node in walk():
        assert node.path[-1] in offered(*node.path[:-1], node.path[-1][:3]), node.path


@pytest.mark.usefixtures("built_once")
def test_every_long_option_is_offered() -> None:
    for node in walk():
        longs = {f for p in node.command.params for f in p.opts if f.startswith("--")}
        assert {*longs, "--help"} <= set(offered(*node.path, "--")), node.path
    assert "--map" in offered("--")
    assert "--install-completion" not in {flag for p in root().params for flag in p.opts}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("invoices cancel X --motive ", ["01", "02", "03", "04"]),
        ("invoices cancel X --motive = ", ["01", "02", "03", "04"]),
        ("invoices cancel X --motive=01", ["--motive=01"]),
        ("invoices cancel X --motive 01 --mot", []),
        ("invoices cancel -- --mot", []),
        ("context ", [*TOPICS]),
        ("catalog c_Uso", ["c_UsoCFDI"]),
        ("catalog uso G", ["G01", "G02", "G03"]),
        ("clients create --tax-system 60", ["601", "603", "605", "606", "607", "608"]),
        ("export ", [*ENTITIES, "paquete"]),
        ("export invoices --sort ", ["asc", "desc"]),
        ("sync verify --stream rec", ["receipts"]),
        ("changes --stream rec", ["receipts"]),
        ("cobranza --preset v", ["vencimiento"]),
        ("completions ", ["bash", "zsh", "fish"]),
        ("invoices download --out ", [":folder"]),
        ("invoices create --items ", [":file"]),
        ("--profile p status --js", ["--json"]),
        ("conciliacion ch", ["changes"]),
        ("retentions create --period 1 3 2026 --tax", ["--taxes"]),
        ("nonsense invo", []),
    ],
)  # fmt: skip
def test_what_is_offered_where(line: str, expected: list[str]) -> None:
    assert offered(*line.split(" ")) == expected


def test_profiles_are_offered_and_what_a_shell_would_run_is_not(home: Path) -> None:
    file = home / "config" / "gigstack" / "credentials.json"
    file.parent.mkdir(parents=True)
    names = {"prueba": {}, "$(id)": {}, "a b": {}}
    file.write_text(json.dumps({"profiles": names}))
    file.chmod(0o600)
    assert offered("switch", "") == offered("status", "--profile", "p") == ["prueba"]
    file.write_text("{")
    assert "prueba" not in offered("switch", "")


@pytest.mark.parametrize("line", ["", "invoices create --tax", "export inv", "switch "])
def test_completing_loads_no_database_and_no_network(line: str) -> None:
    code = (
        "import sys; from gigstack_sync.cli.complete import answer; "
        f"assert answer({line.split(' ')!r}) is not None; "
        "print(*{'duckdb', 'httpx', 'rich', 'xlsxwriter'}.intersection(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


DRIVERS = {
    "bash": 'source "$1"; COMP_WORDS=(gigstack "${@:2}"); COMP_CWORD=$(($# - 1)); '
    '_gigstack_complete gigstack; printf "%s\\n" "${COMPREPLY[@]}"',
    "zsh": 'compdef() { :; }; _describe() { print -l "${(@P)2%%:*}"; }; _files() { print -l *; }; '
    'source "$1"; words=(gigstack "${@:2}"); CURRENT=$#; _gigstack',
    "fish": "source $argv[1]; complete -C (string join ' ' -- gigstack $argv[2..-1]) | cut -f1",
}


@pytest.fixture
def shell(home: Path, request: pytest.FixtureRequest, gigstack: Any) -> Any:
    """Complete a line in a real shell, which finds `gigstack` on its PATH."""
    name: str = request.param
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name} here")
    (home / "bin").mkdir()
    (home / "bin" / "gigstack").write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -m gigstack_sync "$@"\n'
    )
    (home / "bin" / "gigstack").chmod(0o755)
    (home / "script").write_text(gigstack("completions", name).out)
    flags = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[name]
    between = ["x"] if name != "fish" else []

    def complete(*words: str) -> list[str]:
        env = os.environ | {"PATH": f"{home / 'bin'}:{os.environ['PATH']}"}
        line = [name, *flags, "-c", DRIVERS[name], *between, str(home / "script"), *words]
        done = subprocess.run(
            line, capture_output=True, text=True, timeout=60, env=env, check=False
        )
        assert done.stderr == ""
        return done.stdout.splitlines()

    return complete


@pytest.mark.parametrize("shell", DRIVERS, indirect=True)
def test_the_script_completes_in_its_shell(shell: Any, home: Path) -> None:
    (home / "concepts.json").touch()
    assert shell("invoices", "can") == ["cancel"]
    assert set(shell("invoices", "cancel", "X", "--motive", "")) == {"01", "02", "03", "04"}
    assert "concepts.json" in shell("invoices", "create", "--items", "con")


def test_a_shell_nobody_knows_is_refused(gigstack: Any) -> None:
    assert gigstack("completions", "tcsh").code == 2
    assert gigstack("completions", "zsh", "--json").json["script"].startswith("#compdef gigstack")

"""`--json` for every command there is: one document, an honest exit code, and no question."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gigstack_sync.cli.app import root
from gigstack_sync.cli.command_map import described
from gigstack_sync.errors import ExitCode

ELSEWHERE = {
    "gigstack sandbox serve": "serves until it is stopped: sandbox/test_server_control.py",
    "gigstack demo": "takes seconds: test_mistakes.py runs one",
    "gigstack sync": "takes seconds: e2e/test_commands.py runs many",
}
READS_BY_POST = {
    "gigstack clients validate", "gigstack invoices drafts preview", "gigstack invoices sat pdf",
    "gigstack invoices sat download",
}  # fmt: skip
ENOUGH = {
    "CLIENT": "XAXX010101000", "WHAT": "clients", "ID": "nobody", "SHELL": "bash", "NAME": "none",
    "VIEW": "invoices", "SQL": "select 1 as one", "TOPIC": "clients", "QUERY": "a",
}  # fmt: skip


def flat(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        yield entry
        yield from flat(entry["commands"])


KNOWN = {e["command"]: e for e in flat(described(root())["commands"]) if e["runs"]}
COMMANDS = sorted(KNOWN.keys() - ELSEWHERE.keys())


def typed(command: str, *, whole: bool) -> list[str]:
    """A command's words, with what it requires or with nothing more."""
    entry, words = KNOWN[command], command.split()[1:]
    if whole:
        for place in entry["arguments"]:
            words += [ENOUGH.get(place["name"], "none")] if place["required"] else []
        for option in entry["options"]:
            if option["required"]:
                values = max(option["values"], 1)
                words += [option["flags"][0], *(_value(option) for _ in range(values))]
    return words


def _value(option: dict[str, Any]) -> str:
    number = option["type"] in {"integer", "float", "number", "decimal"}
    return str(option["choices"][0]) if option["choices"] else "1" if number else "none"


@pytest.fixture
def alone(served: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The mirrored account; nobody at stdin, and what writes files writes them here."""
    with open(os.devnull) as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        yield served


def one_document(text: str) -> Any:
    """The document that a text is; a text with two, or none, is an error."""
    return json.loads(text)


def is_json(text: str) -> bool:
    """Whether any line of it begins a document."""
    return any(line.startswith(("{", "[")) for line in text.splitlines())


LINES = {c: typed(c, whole=True) for c in COMMANDS}
BARE = {c: typed(c, whole=False) for c in COMMANDS if typed(c, whole=False) != LINES[c]}


def test_every_command_is_called_here_or_elsewhere() -> None:
    assert ELSEWHERE.keys() <= KNOWN.keys()
    assert KNOWN.keys() >= READS_BY_POST
    assert min(len(LINES), len(BARE)) > 100


@pytest.mark.parametrize(
    ("command", "words"),
    [*LINES.items(), *BARE.items()],
    ids=[*LINES, *(f"{command} (bare)" for command in BARE)],
)
def test_stdout_is_one_document(command: str, words: list[str], gigstack: Any, alone: Any) -> None:
    if KNOWN[command]["changes"] == "mirror":
        words = [*words, "--db", "own.duckdb"]
    done = gigstack(*words, "--json")
    document = one_document(done.out)
    is_error = isinstance(document, dict) and list(document) == ["error"]
    assert not is_json(done.err)
    assert is_error == (done.code in {1, 2, 4, 5, 6, 7}), done
    assert done.code in {*ExitCode}
    assert command in READS_BY_POST or {r.method for r in alone.requests} <= {"GET"}
    if KNOWN[command]["changes"] == "account" and command not in READS_BY_POST:
        assert (done.code, is_error) == (2, True)  # nobody can be asked
    if is_error:
        assert list(document["error"]) == ["code", "message", "status", "details", "hint"]
        assert "defect" not in document["error"]["message"]


@pytest.mark.parametrize("command", sorted(LINES.keys() - BARE.keys()))
def test_an_unknown_option_is_one_document_too(command: str, gigstack: Any, home: Path) -> None:
    done = gigstack(*command.split()[1:], "--no-such-option", "--json")
    assert (done.code, done.json["error"]["code"], done.err) == (2, "usage", "")


def test_a_group_is_no_command(gigstack: Any, home: Path) -> None:
    for group in ("invoices", "clients", "invoices sat", "sandbox"):
        done = gigstack(*group.split(), "--json")
        assert (done.code, done.json["error"]["code"]) == (2, "usage")


@pytest.mark.parametrize("line", ["login", "clients create", "pay", "sync reset"])
def test_nothing_hangs_where_nobody_is(line: str, home: Path) -> None:
    command = [sys.executable, "-m", "gigstack_sync", *line.split(), "--json"]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )
    assert "error" in one_document(done.stdout.decode())
    assert done.returncode in {2, 4, 7}

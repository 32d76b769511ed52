"""The examples of the commands written by hand, run as they stand on one mirrored business.

Those of commands derived from the API are run in test_operations.py.
"""

from __future__ import annotations

import io
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from gigstack_sync.cli import main
from gigstack_sync.cli.app import root
from gigstack_sync.cli.declare import examples_in
from gigstack_sync.cli.operations_tree import TREE
from gigstack_sync.cli.tree import walk
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.server import Server

EXAMPLES = sorted(
    {line for node in walk() if node.path[0] not in TREE for line in examples_in(node.command.help)}
    | set(examples_in(root().help))
)
PARSED = {
    "gigstack demo": "its thousands of invoices take seconds; the README's demo is run smaller",
    "gigstack demo --invoices 20000": "the same",
    "gigstack sandbox serve": "serves until it is stopped",
    "gigstack sandbox serve --invoices 50000 --latency-ms 50": "the same",
    "gigstack sandbox serve --quirk canceled_spelling=cancelled --rps 5": "the same",
}
"""Examples that are only parsed, and why."""
ANSWERS = {
    "gigstack conciliation --fail-on alta --quiet": 8,
    "gigstack doctor": 8,  # the sandbox lives in a time of its own, which doctor finds
    "gigstack doctor --json": 8,
}


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A served business and a folder with its mirror, which `sync` alone may change."""
    folder = tmp_path_factory.mktemp("examples")
    with Server(found_business(invoices=60, months=6)) as server, pytest.MonkeyPatch.context() as m:
        m.setenv("GIGSTACK_API_KEY", server.key)
        m.setenv("GIGSTACK_BASE_URL", server.url)
        assert main(["sync", "--quiet", "--db", str(folder / "gigstack.duckdb")]) == 0
        with duckdb.connect(str(folder / "gigstack.duckdb"), read_only=True) as con:
            sql = "select uuid_fiscal, client_name from invoices where uuid_fiscal is not null"
            uuid, client = con.execute(f"{sql} and client_name is not null").fetchone() or ("", "")
            [payment] = con.execute("select min(id) from payments").fetchone() or ("",)
        yield SimpleNamespace(folder=folder, server=server, uuid=uuid, client=client, pay=payment)


@pytest.fixture
def here(mirrored: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The mirror, two profiles, and what the examples read from stdin."""
    monkeypatch.setenv("GIGSTACK_BASE_URL", mirrored.server.url)
    monkeypatch.setenv("GIGSTACK_DB", str(mirrored.folder / "gigstack.duckdb"))
    profile = {"apiKey": mirrored.server.key, "environment": "production"}
    stored = {"profiles": {"prueba": profile, "default": profile}, "activeProfile": "default"}
    file = home / "config" / "gigstack" / "credentials.json"
    file.parent.mkdir(parents=True, mode=0o700)
    file.write_text(json.dumps(stored))
    file.chmod(0o600)
    monkeypatch.setenv("GIGSTACK_API_KEY", mirrored.server.key)
    (home / "key.txt").write_text(f"{mirrored.server.key}\n")
    (home / "payment.json").write_text(
        '{"email": "a@b.mx", "name": "Ana", "description": "Curso", "amount": 1000}'
    )
    return mirrored


def typed(line: str, here: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An example's words, with ids that exist here, and its stdin in place."""
    line, _, source = line.removeprefix("gigstack").partition(" < ")
    line = line.partition(" > ")[0]
    if source:
        stdin = SimpleNamespace(
            buffer=io.BytesIO((home / source).read_bytes()),
            readline=io.StringIO((home / source).read_text()).readline,
            isatty=lambda: False,
        )
        monkeypatch.setattr("sys.stdin", stdin)
    line = re.sub(r"payment_[0-9][0-9A-Za-z]+", here.pay, line)
    line = re.sub(r"[0-9A-F]{8}-[0-9A-F-]{27}", here.uuid, line)
    line = line.replace("XAXX010101000", shlex.quote(here.client))
    return shlex.split(line.replace('"Ejemplo SA"', shlex.quote(here.client)))


@pytest.mark.parametrize("line", [line for line in EXAMPLES if line not in PARSED])
def test_the_example_does_what_it_says(
    line: str, gigstack: Any, here: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = typed(line, here, home, monkeypatch)
    done = gigstack(*words, *(["--dry-run"] if words[0] == "pay" else []))
    assert done.code == ANSWERS.get(line, 0), done.err
    assert not words[-1].endswith((".csv", ".xlsx")) or Path(words[-1]).stat().st_size


@pytest.mark.parametrize("line", PARSED)
def test_the_example_is_understood(line: str) -> None:
    assert line in EXAMPLES
    command: Any = root()
    words = shlex.split(line)[1:]
    while hasattr(command, "resolve_command") and words:
        context = command.make_context("gigstack", [], resilient_parsing=True)
        _, command, words = command.resolve_command(context, words)
    command.make_context("gigstack", words).close()

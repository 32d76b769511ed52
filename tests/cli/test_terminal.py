"""What a person at a terminal of 80 columns sees and is asked."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.server import Server

Terminal = Callable[..., "tuple[int, str]"]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(found_business(invoices=60, months=6)) as running:
        yield running


@pytest.fixture
def terminal(home: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Run a command in a terminal of 80 columns; each answer is typed once its question stands."""
    monkeypatch.setenv("GIGSTACK_BASE_URL", server.url)
    monkeypatch.setenv("GIGSTACK_API_KEY", server.key)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments: str, dialogue: list[tuple[str, str]] | None = None) -> tuple[int, str]:
        ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        line = [sys.executable, "-m", "gigstack_sync", *arguments]
        process = subprocess.Popen(line, stdin=theirs, stdout=theirs, stderr=theirs, cwd=home)
        os.close(theirs)
        try:
            return _talk(process, ours, dialogue or [])
        finally:
            process.kill()
            process.wait()
            os.close(ours)

    return run


def _talk(
    process: subprocess.Popen[bytes], ours: int, dialogue: list[tuple[str, str]]
) -> tuple[int, str]:
    seen, read, until = "", b"", time.monotonic() + 60
    todo = list(dialogue)
    while time.monotonic() < until:
        try:
            read += os.read(ours, 65_536)
        except OSError:  # the other end is closed
            break
        text = read.decode(errors="replace")
        while todo and todo[0][0] in text[len(seen) :]:
            question, answer = todo.pop(0)
            seen = text[: text.index(question, len(seen)) + len(question)]
            os.write(ours, f"{answer}\n".encode())
    assert todo == [], read.decode(errors="replace")
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", read.decode(errors="replace"))
    return process.wait(60), plain.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("group", "heads"),
    [
        ("invoices", ["uuid", "client", "total", "currency", "status"]),
        ("payments", ["id", "client", "total", "currency", "status"]),
        ("receipts", ["id", "client", "total", "currency", "status"]),
        ("clients", ["id", "name", "rfc"]),
        ("services", ["id", "description", "unit_price"]),
    ],
)
def test_a_list_is_one_table_with_ids_whole(
    terminal: Terminal, server: Server, group: str, heads: list[str]
) -> None:
    code, shown = terminal(group, "list")
    table = shown[: shown.find("There are more")].splitlines()
    top = next(n for n, line in enumerate(table) if set(line) == {"─"})
    assert code == 0
    assert set(heads) <= set(table[top - 1].split())
    assert max(map(len, table)) <= 80 or "Too narrow" in shown
    rows = server.truth("team_own", "invoices_income" if group == "invoices" else group).values()
    words = {word.encode() for line in table[top:] for word in line.split() if len(word) > 20}
    known = {word for word in words if any(b'"%s"' % word in row for row in rows)}
    assert len(known) >= min(20, len(rows))


def test_the_archive_counts_on_stderr(terminal: Terminal, home: Path) -> None:
    command = ("invoices", "download", "--all", "--from", "60d", "--kind", "xml", "--out", "x")
    code, shown = terminal(*command)
    done = len([*(home / "x").iterdir()])
    assert code == 0
    assert f"{done}/{done}" in shown
    code, shown = terminal(*command)
    assert shown.count("(was there already)") == done
    assert f"{done}/{done}" not in terminal(*command, "--quiet")[1]


def test_nothing_of_the_bar_goes_to_a_pipe(gigstack: Any, server: Server, terminal: Any) -> None:
    done = gigstack("invoices", "download", "--all", "--from", "30d", "--kind", "xml")
    assert (done.code, done.err) == (0, "")
    assert all(line.endswith(".xml") for line in done.out.splitlines())

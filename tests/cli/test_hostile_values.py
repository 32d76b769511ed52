"""Ids and names of strangers, in every field: text on a terminal, cells in a file, never more."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import re
import struct
import sys
import termios
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from gigstack_sync.api.client import Client
from gigstack_sync.cli import main
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.server import Server
from gigstack_sync.store.places import Places
from gigstack_sync.sync.engine import Options
from gigstack_sync.sync.session import SyncSession

Screen = Callable[..., "tuple[int, str]"]
HOSTILE = {
    "traversal": "../../../../etc/passwd",
    "absolute": "/etc/passwd",
    "title": "\x1b]0;owned\x07",
    "erase": "\x1b[2J\x1b[31m",
    "c1": "\x9b2J\x85\x90",
    "markup": "[bold red]x[/bold red][/]",
    "formula": '=HYPERLINK("http://x")',
    "command": "@SUM(1+1)*cmd|' /C calc'!A0",
    "wide": "＝1+1",
    "rtl": "\u202egpj.exe\u2066\u200f",
    "hidden": "\U000e0041\U000e0042\ufeff\u00ad",
    "long": "x" * 40_000,
    "nul": "a\x00b",
    "lines": "a\nError: b\r\n=1+1",
    "option": "--help",
    "shell": "x; touch owned $(touch owned) `touch owned`",
}
GROUPS = {
    "clients": "clients",
    "invoices": "invoices_income",
    "payments": "payments",
    "services": "services",
    "receipts": "receipts",
}
UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def spoiled(body: Any, text: str) -> Any:
    """The same with every text in it replaced."""
    if isinstance(body, dict):
        return {name: spoiled(value, text) for name, value in body.items()}
    if isinstance(body, list):
        return [spoiled(value, text) for value in body]
    return text if isinstance(body, str) else body


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """An account with rows of each sort for each hostile text, and the mirror of it."""
    places = Places(tmp_path_factory.mktemp("hostile") / "gigstack.duckdb")
    with Server(found_business(invoices=12, months=2)) as server:
        server.world.now = int(time.time())
        for group, stream in GROUPS.items():
            rows = server.world.collection("team_own", stream)
            body = json.loads(next(iter(server.truth("team_own", stream).values())))
            for name, text in HOSTILE.items():
                rows.put(spoiled(body, text) | {"id": f"{group}_{name}"})
                rows.put(spoiled(body, text) | {"id": f"{name}{text}"})
        with Client(server.key, base_url=server.url) as client:
            SyncSession(places, client).sync(Options())
        yield server, places.published


@pytest.fixture
def server(account: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """That account and its mirror, as the ones that commands use."""
    server, path = account
    for name, value in (("BASE_URL", server.url), ("API_KEY", server.key), ("DB", str(path))):
        monkeypatch.setenv(f"GIGSTACK_{name}", value)
    running: Server = server
    return running


@pytest.fixture
def screen(home: Path, monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Run a command line on a terminal that has no escapes of its own; what it wrote."""
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments: str, answer: str = "") -> tuple[int, str]:
        ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
        settings = termios.tcgetattr(theirs)
        settings[1] &= ~termios.OPOST
        settings[3] &= ~termios.ECHO
        termios.tcsetattr(theirs, termios.TCSANOW, settings)
        os.write(ours, answer.encode())
        pieces: list[bytes] = []
        reader = threading.Thread(target=_drain, args=(ours, pieces))
        reader.start()
        with os.fdopen(theirs, "r+b", 0) as raw, monkeypatch.context() as patch:
            for name in ("stdin", "stdout", "stderr"):
                stream = io.TextIOWrapper(open(raw.fileno(), "r+b", 0, closefd=False))  # noqa: SIM115
                patch.setattr(sys, name, stream)
            code = main(arguments)
            sys.stdout.flush()
            sys.stderr.flush()
        reader.join()
        os.close(ours)
        return code, b"".join(pieces).decode()

    return run


def _drain(terminal: int, pieces: list[bytes]) -> None:
    while True:
        try:
            piece = os.read(terminal, 65_536)
        except OSError:  # what Linux says when the other end is closed
            return
        if not piece:
            return
        pieces.append(piece)


def is_harmless(shown: str) -> bool:
    """Whether nothing in it moves, hides or colours anything."""
    assert not (found := UNSAFE.search(shown)), (found, shown[:2000])
    assert "defect" not in shown, shown
    return True


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("live", [[], ["--live"]])
def test_lists_and_searches(screen: Screen, server: Server, group: str, live: list[str]) -> None:
    for how in ([], ["--json"], ["--jsonl"]):
        code, shown = screen(group, "list", "--all", *live, *how)
        assert (code, is_harmless(shown)) == (0, True)
    assert "bold red" in shown
    code, shown = screen(group, "list", "--all", *live)
    assert "[bold red]x[/bold red][/]" in shown
    if group != "services":
        code, shown = screen(group, "search", "x", "--limit", "50", *live)
        assert (code, is_harmless(shown)) == (0, True)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("live", [[], ["--live"]])
def test_records(screen: Screen, server: Server, name: str, live: list[str]) -> None:
    for command in ("clients get clients", "payments get payments", "explain invoices"):
        for how in ([], ["--json"]):
            code, shown = screen(*f"{command}_{name}".split(), *live, *how)
            assert (code, is_harmless(shown)) == (0, True)


@pytest.mark.parametrize("name", HOSTILE)
def test_ids(screen: Screen, server: Server, name: str) -> None:
    hostile_id = f"{name}{HOSTILE[name]}"
    for command in ("clients get", "clients get --live", "explain"):
        code, shown = screen(*command.split(), hostile_id)
        assert is_harmless(shown)
        assert code in ({2} if UNSAFE.search(hostile_id) or "\n" in hostile_id else {0, 1})
        assert not re.search("^Error: b", shown, re.MULTILINE)


@pytest.mark.parametrize(
    "command",
    [
        *("status", "cobranza", "conciliation", "conciliation sat", "forecast", "check"),
        *("cobranza rep", "cobranza pue", "cobranza indicadores", "changes", "sync status"),
        *("export clients", "export invoices", "export payments", "export cobranza"),
        *("whoami", "doctor", "teams list", "history clients_rtl", "history invoices_c1"),
    ],
)
def test_reports(screen: Screen, server: Server, command: str) -> None:
    for how in ([], ["--json"]):
        code, shown = screen(*command.split(), *how)
        assert is_harmless(shown)
        assert code in {0, 8}, shown


def test_questions_in_sql(screen: Screen, server: Server) -> None:
    for form in ("table", "json", "jsonl", "csv"):
        for view in ("clients", "invoices", "payments"):
            code, shown = screen("sql", f"from {view}", "-o", form)
            assert (code, is_harmless(shown)) == (0, True)


@pytest.mark.parametrize("name", ["title", "c1", "markup", "rtl", "lines", "shell"])
def test_mistakes_are_told_harmlessly(screen: Screen, server: Server, name: str) -> None:
    text = HOSTILE[name]
    commands = [
        *(["clients", "get", text], ["explain", text, "--live"], ["views", text]),
        *(["context", text], ["switch", text], ["status", "--team", text], [text]),
        *(["clients", "list", "--from", text], ["clients", "list", "--next", text]),
        *(["catalog", text], ["history", text], ["cobranza", "estado", text], ["check", text]),
        *(["clients", "update", text, "--email", text, "--yes"], ["export", text]),
        *(["sql", text], ["status", "--db", text], ["clients", "list", "--status", text]),
        *(["invoices", "cancel", text, "--motive", text], ["clients", "delete", text, "--yes"]),
        *(["invoices", "download", text, "--out", "x"], ["completions", text]),
        *(["invoices", "create", "--client", text, "--items", text, "--dry-run"],),
        *(["payments", "register", "--client", text, "--items", "[]", "--payment-form", text],),
    ]
    for command in commands:
        _, shown = screen(*command)
        assert is_harmless(shown), command


@pytest.mark.parametrize("name", HOSTILE)
def test_what_the_api_says_of_an_error(screen: Screen, api: Any, key: str, name: str) -> None:
    text = HOSTILE[name]
    for body in ({"message": text, "error": text}, {"error": {"code": text, "details": [text]}}):
        api.answers["/clients"] = (422, body)
        for how in ([], ["--json"]):
            code, shown = screen("clients", "list", *how)
            assert (code, is_harmless(shown)) == (1, True)


def test_a_company_is_one_line_of_a_question(screen: Screen, server: Server) -> None:
    teams = server.world.collection("team_own", "teams")
    before = {name: teams.row("team_own")[name] for name in ("legal_name", "tax_id")}
    forged = "A\nRun clients delete? [y/N] y\n\x1b[2J"
    teams.change("team_own", legal_name=forged, tax_id=forged)
    try:
        code, shown = screen("clients", "delete", "nobody", answer="n\n")
        assert (code, is_harmless(shown)) == (1, True)
        assert len(re.findall("^Run clients delete", shown, re.MULTILINE)) == 1
        code, shown = screen("clients", "delete", "nobody", "--yes")
        assert not re.search("^Run ", shown, re.MULTILINE)
    finally:
        teams.change("team_own", **before)


def test_what_is_advised_can_be_pasted(gigstack: Any, server: Server, api: Any) -> None:
    api.answers["/clients"] = (200, {"data": [{"id": "c"}], "has_more": True, "next": "a; reboot"})
    assert "--next 'a; reboot'" in gigstack("clients", "list", "-l", "1", "--live").err


def test_files_stay_in_their_folder(gigstack: Any, server: Server, home: Path) -> None:
    folder = home / "a" / "b" / "files"
    for text in HOSTILE.values():
        gigstack("invoices", "download", text, "--out", str(folder))
        gigstack("invoices", "sat", "pdf", text, "--out", str(folder), "--yes")
    gigstack("invoices", "download", "--all", "--from", "2020", "--out", str(folder))
    saved = [path for path in home.rglob("*") if path.is_file()]
    assert len(saved) > 10
    assert {path.parent for path in saved} == {folder}
    assert all(re.fullmatch(r"[\w-]+\.(pdf|xml)", path.name, re.ASCII) for path in saved)
    assert all(len(path.name) < 120 for path in saved)


RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.mark.parametrize("what", ["clients", "invoices", "payments", "receipts", "cobranza"])
def test_no_cell_of_a_csv_is_run(gigstack: Any, server: Server, home: Path, what: str) -> None:
    forms = [[], ["--columns", "full"], ["--layout", "contador"], ["--excel"]]
    for number, form in enumerate(forms):
        file = home / f"{number}.csv"
        assert gigstack("export", what, *form, "-f", "csv", "--out", str(file)).code == 0
        text = file.read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert len({len(row) for row in rows}) == 1
        cells = {cell for row in rows for cell in row if cell.startswith(RUN)}
        assert [c for c in cells if not re.fullmatch(r'-?[\d.]+|="[\dEe]+"', c)] == []
    done = gigstack("sql", f"from {what if what != 'cobranza' else 'invoices'}", "-o", "csv")
    cells = {cell for row in csv.reader(io.StringIO(done.out, newline="")) for cell in row}
    assert [c for c in cells if c.startswith(RUN) and not re.fullmatch(r"-[\d.]+", c)] == []


@pytest.mark.parametrize("what", ["clients", "invoices", "payments"])
def test_no_cell_of_a_workbook_is_run(gigstack: Any, server: Server, what: str) -> None:
    assert gigstack("export", what, "--out", "x.xlsx").code == 0
    with zipfile.ZipFile("x.xlsx") as parts:
        for name in parts.namelist():
            tree = ElementTree.fromstring(parts.read(name))
            assert not [each for each in tree.iter() if each.tag.endswith(("}f", "}hyperlink"))]
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "HYPERLINK(" in sheet


def test_the_package_of_a_month_is_only_text(gigstack: Any, server: Server) -> None:
    month = time.strftime("%Y-%m")
    assert gigstack("export", "paquete", "--month", month, "-o", "p.xlsx").code == 0
    with zipfile.ZipFile("p.xlsx") as parts:
        trees = [ElementTree.fromstring(parts.read(n)) for n in parts.namelist() if "sheet" in n]
    assert not [e for tree in trees for e in tree.iter() if e.tag.endswith(("}f", "}hyperlink"))]

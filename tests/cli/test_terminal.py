"""What a person at a terminal of 80 columns sees and is asked."""

from __future__ import annotations

import fcntl
import io
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

from gigstack_sync.cli.operations_codes import labels_of
from gigstack_sync.cli.wizard import GUIDED
from gigstack_sync.cli.wizard_forms import FORMS
from gigstack_sync.cli.wizard_questions import choose
from gigstack_sync.errors import GigstackError
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


def test_a_client_is_made_from_answers(terminal: Terminal, server: Server) -> None:
    code, shown = terminal(
        "clients",
        "create",
        dialogue=[
            ("Name, as on the constancia: ", "Abarrotes del Norte"),
            ("RFC, nothing if unknown: ", "EKU90"),
            ("RFC, nothing if unknown: ", "eku9003173c9"),
            ("Tax regime (code or words): ", "general de ley"),
            ("Use of the CFDI", "gastos en"),
            ("Fiscal postal code: ", "123"),
            ("Fiscal postal code: ", "06600"),
            ("E-mail, nothing for none: ", ""),
            ("Run clients create? [y/N] ", "y"),
        ],
    )
    assert code == 0, shown
    assert "\n'EKU90' is no RFC.\n" in shown.replace("\r", "")
    assert "POST /v2/clients" in shown or "POST /clients" in shown
    made = [row for row in server.truth("team_own", "clients").values() if b"Abarrotes del" in row]
    assert [b'"tax_system":"601"' in row and b'"zip":"06600"' in row for row in made] == [True]
    line = re.search(r"without questions:\n(?:  )?(gigstack .*?)\n", shown)
    assert line
    assert "--tax-system 601 --use G03" in shown.replace("\n", "")


def test_an_invoice_is_made_of_items_one_after_the_other(
    terminal: Terminal, server: Server
) -> None:
    before = len(server.truth("team_own", "invoices_income"))
    item = [("Quantity [1]: ", "2"), ("Price before taxes: ", "99.90")]
    item += [("product key, eight digits: ", "84111506"), ("unit key [E48]: ", "")]
    item += [("IVA at 16 %? [Y/n]: ", "")]
    dialogue = [("Client: id, name or RFC: ", "client_7Q2"), ("Item 1: description: ", "Café")]
    dialogue += [*item, ("Another item? [y/N]: ", "y"), ("Item 2: description: ", "Té"), *item]
    dialogue += [("Another item? [y/N]: ", ""), ("Payment method", "ppd"), ("Use of the CFDI", "")]
    dialogue += [("Currency", ""), ("Run invoices create? [y/N] ", "n")]
    code, shown = terminal("invoices", "create", dialogue=dialogue)
    assert (code, len(server.truth("team_own", "invoices_income"))) == (1, before)
    assert shown.count('"unit_price": 99.90') == 2
    assert '"payment_form": "99"' in shown
    assert "Nothing was sent." in shown


def test_a_service_is_rehearsed(terminal: Terminal) -> None:
    dialogue = [("as invoices show it: ", "Flete"), ("Price before taxes: ", "0")]
    dialogue += [
        ("Price before taxes: ", "10.50"),
        ("eight digits: ", ""),
        ("unit key [E48]: ", ""),
    ]
    dialogue += [("nothing for none: ", "F-1"), ("IVA at 16 %? [Y/n]: ", "n")]
    code, shown = terminal("services", "create", "--dry-run", dialogue=dialogue)
    assert code == 0
    assert '"unit_price": 10.50' in shown
    assert '"taxes"' not in shown


def test_in_test_mode_it_is_shown_before_it_is_sent_too(
    terminal: Terminal, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIGSTACK_API_KEY", server.key_for("team_own", livemode=False))
    dialogue = [("as invoices show it: ", "Flete"), ("before taxes: ", "1"), ("digits", "")]
    dialogue += [("unit key", ""), ("nothing for none: ", ""), ("[Y/n]: ", "")]
    code, shown = terminal("services", "create", dialogue=[*dialogue, ("[y/N] ", "n")])
    assert code == 1
    assert "Test: " in shown


def test_every_guided_command_has_a_form() -> None:
    assert set(FORMS) == GUIDED


@pytest.mark.parametrize("command", sorted(GUIDED))
def test_who_cannot_be_asked_is_told_what_is_missing(
    command: str, terminal: Terminal, gigstack: Any
) -> None:
    missing = {"clients": "--name", "invoices": "--client", "services": "--description"}
    flag = missing[command.split(maxsplit=1)[0]]
    code, shown = terminal(*command.split(), "--no-input")
    assert (code, flag in shown) == (2, True)
    done = gigstack(*command.split())
    assert (done.code, flag in done.err) == (2, True)
    assert gigstack(*command.split(), "--json").json["error"]["code"] == "usage"


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ("G03", "G03"),
        ("", "G03"),
        ("construcciones", "I01"),
        ("telefonicas", "I06"),
        ("equipo\n2", "I03"),
        ("nada de esto\nmercancias", "G01"),
        ("?\n1", "CN01"),
    ],
)
def test_a_code_is_chosen_by_code_number_or_words(
    answers: str, code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answers}\n"))
    assert choose("Use", labels_of("c_UsoCFDI"), default="G03") == code
    assert capsys.readouterr().out == ""


def test_a_payment_form_is_no_place_in_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("?\n8\n"))
    assert choose("Form", labels_of("c_FormaPago")) == "08"


def test_the_end_of_input_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(GigstackError, match="Nothing was sent"):
        choose("Form", labels_of("c_FormaPago"))

"""Changes: seen first, asked about, sent once, and honest about what nobody knows."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import typer

from gigstack_sync.api.address import DEFAULT_BASE_URL
from gigstack_sync.cli.operations_parameters import Arguments
from gigstack_sync.cli.operations_write import _finish
from gigstack_sync.cli.session import Session
from gigstack_sync.sandbox.fault import Fault
from gigstack_sync.sandbox.faults import Faults

ITEM = {"description": "Asesoría", "quantity": 1, "unit_price": 100.10, "product_key": "80141503"}
ITEM |= {"unit_key": "E48", "taxes": [{"type": "IVA", "rate": 0.16, "factor": "Tasa"}]}
ITEMS = '[{"description": "Asesoría", "quantity": 1.50, "unit_price": 100.10}]'


@pytest.fixture
def server(sandbox: Any, monkeypatch: pytest.MonkeyPatch, home: Path) -> Any:
    """A live account that the variables point at, and a file of concepts."""
    started = sandbox(invoices=20, months=2)
    started.world.now = int(time.time())
    monkeypatch.setenv("GIGSTACK_BASE_URL", started.url)
    monkeypatch.setenv("GIGSTACK_API_KEY", started.key)
    (home / "items.json").write_text(json.dumps([ITEM]))
    return started


@pytest.fixture
def client(server: Any) -> str:
    """The id of a client."""
    return next(iter(server.truth("team_own", "clients")))


def sent(server: Any) -> list[str]:
    """Method and path of what was asked and may have changed something."""
    return [f"{r.method} {r.path}" for r in server.requests if r.method != "GET"]


def test_a_dry_run_shows_the_request_with_every_digit_and_sends_nothing(
    gigstack: Any, server: Any
) -> None:
    done = gigstack(
        *("payments", "register", "--client", "client_1", "--items", ITEMS, "--payment-form", "03"),
        *("--idempotency-key", "k", "--team", "T", "--dry-run", "--json"),
    )
    assert '"quantity": 1.50' in done.out
    assert done.json == {
        "dry_run": True,
        "method": "POST",
        "url": f"{server.url}/payments/register",
        "params": {"team": "T"},
        "body": {
            "client": {"id": "client_1"},
            "items": json.loads(ITEMS),
            "payment_form": "03",
            "currency": "MXN",
            "automation_type": "pue_invoice",
            "idempotency_key": "k",
        },
    }
    assert len(server.requests) == 0


def test_a_dry_run_needs_no_key(gigstack: Any) -> None:
    done = gigstack("receipts", "create", "--client", "c", "--items", ITEMS, "--dry-run")
    assert done.code == 0
    assert done.out.startswith(f"POST {DEFAULT_BASE_URL}/receipts\n")


def test_nobody_to_ask_is_exit_2_naming_the_flag(gigstack: Any, server: Any, client: str) -> None:
    done = gigstack("clients", "delete", client, "--json")
    assert done.code == 2
    assert "--yes" in done.json["error"]["hint"]
    assert sent(server) == []


def test_a_test_key_asks_nothing(
    gigstack: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = server.world.teams["team_own"]
    own.livemode = False
    monkeypatch.setenv("GIGSTACK_API_KEY", server.key_for("team_own", livemode=False))
    done = gigstack("webhooks", "create", "--url", "https://a.mx/h", "--json")
    assert (done.code, done.json["url"]) == (0, "https://a.mx/h")


@pytest.mark.parametrize(("answer", "calls"), [("y\n", 1), ("\n", 0), ("no\n", 0)])
def test_a_person_is_asked_by_company_and_rfc(
    server: Any, client: str, answer: str, calls: int
) -> None:
    code, shown = at_terminal(["clients", "delete", client], answer)
    team = json.loads(server.truth("team_own", "teams")["team_own"])
    assert f"{team['legal_name']} ({team['tax_id']})" in shown
    assert len(sent(server)) == calls
    assert code == (0 if calls else 1)


def at_terminal(arguments: list[str], answer: str) -> tuple[int, str]:
    """Exit code and what the terminal showed, after typing an answer."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gigstack_sync", *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        os.write(ours, answer.encode())
        shown = b""
        while piece := _read(ours):
            shown += piece
    os.close(ours)
    return process.returncode, shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # what Linux says when the other end is closed
        return b""


def test_other_input_has_another_key(gigstack: Any, server: Any, client: str) -> None:
    def key(*more: str) -> str:
        command = ("payments", "request", "--client", client, "--items", ITEMS, "--dry-run")
        return str(gigstack(*command, *more, "--json").json["body"]["idempotency_key"])

    keys = [key(), key("--team", "T"), key("--currency", "USD"), key("--metadata", '{"n": 1}')]
    assert len(set(keys)) == 4
    assert key() == keys[0]


def test_an_answer_that_is_lost_says_so_and_how_to_look(
    gigstack: Any, server: Any, client: str
) -> None:
    server.set_faults(Faults.of(Fault("reset", "before", path="clients")))
    done = gigstack("clients", "update", client, "--email", "a@b.mx", "--yes", "--json")
    assert (done.code, done.json["error"]["code"]) == (5, "unknown_outcome")
    assert f"gigstack clients get {client}" in done.json["error"]["hint"]
    assert len(sent(server)) == 1


def test_a_failure_tells_the_key_that_makes_a_retry_safe(
    gigstack: Any, server: Any, client: str
) -> None:
    server.set_faults(Faults.of(Fault("status", "503", path="receipts")))
    command = ("receipts", "create", "--client", client, "--items", "items.json", "--yes")
    failed = gigstack(*command)
    key = gigstack(*command, "--dry-run", "--json").json["body"]["idempotency_key"]
    assert failed.code == 5
    assert key in failed.err
    assert failed.out == ""


def test_what_was_refused_advises_no_retry(gigstack: Any, server: Any) -> None:
    command = ("receipts", "create", "--client", "nobody", "--items", "items.json", "--yes")
    done = gigstack(*command, "--json")
    assert (done.code, done.json["error"]["status"]) == (1, 404)
    assert "idempotency" not in done.json["error"]["hint"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["payments", "refund", "p", "--amount", "1,5", "--reason", "x"], "amount"),
        (["payments", "refund", "p", "--amount", "nan", "--reason", "x"], "amount"),
        (["payments", "paid", "p", "--payment-form", "03", "--date", "2026-02-30"], "date"),
        (["payments", "paid", "p", "--payment-form", "3"], "c_FormaPago"),
        (["clients", "create", "--name", "x", "--rfc", "EKU"], "RFC"),
        (["clients", "create", "--name", "x", "--tax-system", "999"], "c_RegimenFiscal"),
        (["clients", "create", "--name", "x", "--use", "G99"], "c_UsoCFDI"),
        (["clients", "create", "--name", "x", "--zip", "123"], "five digits"),
        (["invoices", "cancel", "i", "--motive", "01"], "Motive 01"),
        (["invoices", "cancel", "i", "--motive", "09"], "--motive"),
        (["invoices", "create", "--client", "c", "--items", "none.json"], "none.json"),
        (["invoices", "create", "--client", "c", "--items", "{"], "not JSON"),
        (["invoices", "create", "--client", "c", "--items", "[]"], "--items"),
        (["receipts", "create", "--client", "c", "--items", '[{"quantity": "1"}]'], "[0].quantity"),
        (["clients", "update", "c"], "nothing to change"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_sent(
    gigstack: Any, server: Any, arguments: list[str], said: str
) -> None:
    done = gigstack(*arguments, "--yes", "--json")
    error = done.json["error"]
    assert (done.code, len(server.requests)) == (2, 0)
    assert said in error["message"]


def test_a_hostile_id_stays_one_segment(gigstack: Any, server: Any) -> None:
    done = gigstack("clients", "delete", "a/../../teams?x=1", "--dry-run", "--json")
    assert done.json["url"] == f"{server.url}/clients/a%2F..%2F..%2Fteams%3Fx%3D1"


def test_concepts_come_from_stdin(
    gigstack: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ITEMS.encode())))
    command = ("receipts", "create", "--client", "c", "--items", "-", "--dry-run", "--json")
    assert gigstack(*command).json["body"]["items"] == json.loads(ITEMS)


def test_some_that_failed_is_exit_3() -> None:
    given = Arguments(("c",), {}, {}, True, "", frozenset(), frozenset())
    with pytest.raises(typer.Exit) as caught:
        _finish(Session(json=True), {"stamped": 1, "failed": 1}, given, "")
    assert caught.value.exit_code == 3

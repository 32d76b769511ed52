"""Lists, records and files: whole ids, the official envelope, names that go nowhere else."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gigstack_sync.cli.operations_files import safe_name
from gigstack_sync.sandbox.fault import Fault
from gigstack_sync.sandbox.faults import Faults


@pytest.fixture
def server(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An account with more than a page of invoices."""
    started = sandbox(invoices=130, months=6)
    started.world.now = int(time.time())
    monkeypatch.setenv("GIGSTACK_BASE_URL", started.url)
    monkeypatch.setenv("GIGSTACK_API_KEY", started.key)
    return started


def truth(server: Any, stream: str) -> set[str]:
    return set(server.truth("team_own", stream))


def test_a_list_is_the_official_envelope(gigstack: Any, server: Any) -> None:
    shown = gigstack("invoices", "list", "--json").json
    assert list(shown) == ["data", "has_more", "next", "total"]
    assert (len(shown["data"]), shown["has_more"]) == (20, True)
    assert shown["total"] == len(truth(server, "invoices_income"))


def test_a_limit_beyond_a_page_takes_several(gigstack: Any, server: Any) -> None:
    shown = gigstack("invoices", "list", "-l", "110", "--json").json
    assert len({row["id"] for row in shown["data"]}) == 110
    rest = gigstack("invoices", "list", "--all", "--next", shown["next"], "--json").json
    both = [row["id"] for row in (*shown["data"], *rest["data"])]
    assert sorted(both) == sorted(truth(server, "invoices_income"))


def test_all_is_everything_a_row_a_line(gigstack: Any, server: Any) -> None:
    lines = gigstack("payments", "list", "--all", "--jsonl").out.splitlines()
    assert {json.loads(line)["id"] for line in lines} == truth(server, "payments")


@pytest.mark.parametrize("command", [["invoices", "list"], ["invoices", "sat", "list"]])
def test_a_period_that_ends_before_it_begins_is_refused(
    gigstack: Any, server: Any, command: list[str]
) -> None:
    assert gigstack(*command, "--from", "2026-02", "--to", "2026-01").code == 2
    assert len(server.requests) == 0
    assert gigstack(*command, "--from", "2026-01", "--to", "2026-01").code == 0


def test_a_name_cannot_speak_to_the_terminal(gigstack: Any, api: Any, key: str) -> None:
    evil = {"id": "client_1", "legal_name": "\x1b]0;owned\x07[bold]x", "tax_id": "\u202eabc\x9b"}
    api.answers["/clients"] = (200, {"data": [evil], "has_more": False})
    api.answers["/clients/client_1"] = (200, {"data": evil})
    for command in (["list"], ["get", "client_1"]):
        shown = gigstack("clients", *command).out
        assert "[bold]x" in shown
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(shown)
        shown = gigstack("clients", *command, "--json")
        assert "\u202eabc\x9b" in shown.json.get("data", [shown.json])[0]["tax_id"]
        assert not {"\u202e", "\x9b"} & set(shown.out)


def test_rows_with_nothing_in_them_do_no_harm(gigstack: Any, api: Any, key: str) -> None:
    rows = [None, {"id": "i"}, {"id": "j", "client": None, "total": "x", "created_at": {}}]
    api.answers["/invoices/income"] = (200, {"data": rows, "has_more": False})
    assert gigstack("invoices", "list").code == 0
    assert len(gigstack("invoices", "list", "--json").json["data"]) == 2


def test_a_list_without_a_cursor_ends(gigstack: Any, api: Any, key: str) -> None:
    api.answers["/webhooks"] = (200, {"data": [{"id": "w"}], "has_more": True})
    assert gigstack("webhooks", "list", "--all", "--json").json["data"] == [{"id": "w"}]


def test_amounts_keep_their_digits(gigstack: Any, server: Any) -> None:
    shown = gigstack("invoices", "list", "--json").out
    raw = next(iter(server.truth("team_own", "invoices_income").values())).decode()
    total = raw.partition('"total":')[2].partition(",")[0]
    assert f'"total": {total}' in shown


@pytest.fixture
def invoice(server: Any) -> str:
    """The SAT UUID of a stamped invoice."""
    rows = map(json.loads, server.truth("team_own", "invoices_income").values())
    return str(next(row["uuid"] for row in rows if row.get("uuid")))


def test_pdf_and_xml_arrive_whole_and_private(gigstack: Any, home: Path, invoice: str) -> None:
    done = gigstack("invoices", "download", invoice, "--out", "facturas")
    files = sorted((home / "facturas").iterdir())
    assert [file.name for file in files] == [f"{invoice}.pdf", f"{invoice}.xml"]
    assert files[0].read_bytes().startswith(b"%PDF-")
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert done.out.splitlines() == [f"facturas/{file.name}" for file in files]


def test_a_period_is_saved_and_taken_up_again(gigstack: Any, server: Any, home: Path) -> None:
    rows = [
        json.loads(row)
        for stream in ("invoices_income", "invoices_egress", "invoices_payment")
        for row in server.truth("team_own", stream).values()
    ]
    since = time.time() - 45 * 86_400
    wanted = {r["uuid"] for r in rows if r.get("uuid") and r["created_at"] > since}
    command = ("invoices", "download", "--all", "--from", "60d", "--kind", "xml", "--out", "x")
    first = gigstack(*command, "--json").json
    assert first["failed"] == []
    assert wanted <= {file.stem for file in (home / "x").iterdir()}
    server.reset_log()
    again = gigstack(*command, "--json").json["files"]
    assert not any(file["is_new"] for file in again)
    assert not [r.path for r in server.requests if "files" in r.path]


@pytest.mark.parametrize("arguments", [[], ["--all"], ["--all", "i", "--from", "1d"]])
def test_what_to_save_must_be_clear(gigstack: Any, server: Any, arguments: list[str]) -> None:
    assert gigstack("invoices", "download", *arguments, "--json").code == 2


def test_a_file_that_cannot_be_had_is_exit_3_and_the_rest_is_there(
    gigstack: Any, server: Any, home: Path, invoice: str
) -> None:
    server.set_faults(Faults.of(Fault("status", "404", path=f"{invoice}/files")))
    command = ("invoices", "download", "--all", "--from", "2020", "--kind", "xml", "--out", "x")
    done = gigstack(*command, "--json")
    assert (done.code, [f["id"] for f in done.json["failed"]]) == (3, [invoice])
    assert len(done.json["files"]) == len([*(home / "x").iterdir()]) > 0


def test_what_is_there_stays_unless_forced(gigstack: Any, home: Path, invoice: str) -> None:
    (home / f"{invoice}.pdf").write_text("mine")
    command = ("invoices", "download", invoice, "--kind", "pdf", "--json")
    assert [f["is_new"] for f in gigstack(*command).json["files"]] == [False]
    assert (home / f"{invoice}.pdf").read_text() == "mine"
    assert [f["is_new"] for f in gigstack(*command, "--force").json["files"]] == [True]


def test_a_file_cut_short_leaves_nothing(
    gigstack: Any, server: Any, home: Path, invoice: str
) -> None:
    server.set_faults(Faults.of(Fault("truncate", path="file")))
    done = gigstack("invoices", "download", invoice, "--kind", "pdf", "--out", "facturas", "--json")
    assert done.code != 0
    assert "error" in done.json
    assert list((home / "facturas").iterdir()) == []


@pytest.mark.parametrize(
    "evil", ["../../x", "/etc/passwd", "..", "a\x00b", "con/x", "-rf", "ñ", ""]
)
def test_no_id_is_a_path(evil: str) -> None:
    name = safe_name(evil)
    assert Path(name).name == name
    assert name.isascii()
    assert name[0] not in ".-"


def test_names_that_were_changed_still_differ() -> None:
    assert safe_name("a/b") != safe_name("a.b")


@pytest.mark.parametrize(
    "command", [["--help"], ["invoices", "--help"], ["invoices", "list", "--help"]]
)
def test_help_loads_neither_duckdb_nor_httpx(command: list[str]) -> None:
    code = (
        "import sys; from gigstack_sync.cli import main; main(sys.argv[1:]);"
        "sys.exit(any(name in sys.modules for name in ('duckdb', 'httpx')))"
    )
    subprocess.run([sys.executable, "-c", code, *command], check=True, capture_output=True)

"""What the doctor finds, and its exit code."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from gigstack_sync.cli import doctor_files, doctor_machine

pytestmark = pytest.mark.usefixtures("key")


def findings(done: Any, check: str) -> list[dict[str, str]]:
    """The findings of one check."""
    return [f for f in done.json["findings"] if f["check"] == check]


def run_state(published: Path, **changes: Any) -> None:
    """Write what a sync leaves behind."""
    good = {"finished_at": time.time(), "exit_code": 0, "outcome": "complete", "stale_windows": []}
    folder = published.parent / ".sync" / published.name
    folder.mkdir(parents=True)
    (folder / "state.json").write_text(json.dumps(good | changes))


def test_all_is_well(gigstack: Any, api: Any, published: Path) -> None:
    run_state(published)
    done = gigstack("doctor", "--json")
    assert done.code == 0
    assert done.json["ok"] is True
    assert findings(done, "database")[0]["text"].endswith("DuckDB 1.4 and newer read it")
    assert findings(done, "last sync")[0]["text"] == "complete, just now"
    assert findings(done, "clients") == [
        {"check": "clients", "state": "ok", "text": "0 rows", "hint": ""}
    ]


def test_every_list_is_asked_for_one_row(gigstack: Any, api: Any) -> None:
    gigstack("doctor")
    asked = [path for path in api.seen if "limit=1" in path]
    assert len(asked) == 12
    assert not [path for path in asked if "limit=1" not in path.split("?")[1].split("&")]


def test_a_refused_key_is_wrong_and_has_a_hint(gigstack: Any, api: Any) -> None:
    api.answers["/teams/team_1"] = (401, {"message": "invalid"})
    done = gigstack("doctor", "--json")
    [found] = findings(done, "api")
    assert (done.code, found["state"], bool(found["hint"])) == (8, "wrong", True)


@pytest.mark.parametrize(("status", "state", "code"), [(404, "note", 0), (500, "wrong", 8)])
def test_a_list_that_fails(gigstack: Any, api: Any, status: int, state: str, code: int) -> None:
    api.answers["/invoices/sat"] = (status, {"message": "no"})
    done = gigstack("doctor", "--json")
    assert (findings(done, "invoices sat")[0]["state"], done.code) == (state, code)


@pytest.mark.parametrize("unit", [1, 1000])
@pytest.mark.parametrize(("days", "state"), [(-1, "wrong"), (10, "note"), (400, "ok")])
def test_the_seal_runs_out(gigstack: Any, api: Any, unit: int, days: int, state: str) -> None:
    expires = int(time.time() + days * 86400 + 3600) * unit
    team = {"id": "team_1", "sat": {"completed": True, "csd_expires_at": expires}}
    api.answers["/teams/team_1"] = (200, {"data": team})
    assert findings(gigstack("doctor", "--json"), "csd")[0]["state"] == state


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"exit_code": 3, "outcome": "partial"}, "wrong"),
        ({"finished_at": "2026-01-01T00:00:00Z"}, "note"),
        ({"finished_at": None}, "note"),
    ],
)
def test_the_last_sync(
    gigstack: Any, api: Any, published: Path, changes: dict[str, Any], state: str
) -> None:
    run_state(published, **changes)
    assert findings(gigstack("doctor", "--json"), "last sync")[0]["state"] == state


@pytest.mark.parametrize("text", ["{", "[]", "\ud800".encode("utf-8", "surrogatepass")])
def test_a_damaged_record_of_the_last_sync(
    gigstack: Any, api: Any, published: Path, text: str | bytes
) -> None:
    run_state(published)
    raw = text if isinstance(text, bytes) else text.encode()
    (published.parent / ".sync" / published.name / "state.json").write_bytes(raw)
    assert findings(gigstack("doctor", "--json"), "last sync")[0]["state"] == "wrong"


def test_a_file_that_is_no_database(gigstack: Any, api: Any, published: Path) -> None:
    published.write_bytes(b"not a database" * 1000)
    done = gigstack("doctor", "--json")
    assert (done.code, findings(done, "database")[0]["state"]) == (8, "wrong")


def test_damaged_credentials_do_not_stop_the_doctor(gigstack: Any, home: Path) -> None:
    path = home / "config" / "gigstack" / "credentials.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    done = gigstack("doctor", "--json")
    assert (done.code, findings(done, "settings")[0]["state"]) == (8, "wrong")


def test_a_synchronized_folder_is_pointed_out(home: Path) -> None:
    [found] = doctor_files.of_place(home / "Dropbox" / "data")
    assert (found.state, "dropbox" in found.text) == ("note", True)


def test_another_gigstack_on_path_is_pointed_out(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (other := home / "bin" / "gigstack").parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(other.parent))
    assert str(other) in next(doctor_machine.examine()).text


def test_people_get_a_table_with_the_next_thing_to_type(gigstack: Any, api: Any) -> None:
    done = gigstack("doctor")
    assert done.out.splitlines()[0].split() == ["check", "found", "next"]
    assert "gigstack sync" in done.out

"""Login, logout, whoami, profiles, switch and config against an API on loopback."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def credentials(home: Path) -> Path:
    """Where the credentials file is."""
    return home / "config" / "gigstack" / "credentials.json"


@pytest.fixture
def test_key(key: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key of the test mode, not in the environment."""
    monkeypatch.delenv("GIGSTACK_API_KEY")
    head, _, signature = key.split(".")
    claims = "eyJ0ZWFtIjoidGVhbV8xIiwibGl2ZW1vZGUiOmZhbHNlfQ"  # team_1, livemode false
    return f"{head}.{claims}.{signature}"


def test_login_stores_a_key_that_works(
    gigstack: Any, api: Any, test_key: str, credentials: Path
) -> None:
    done = gigstack("login", "-k", test_key)
    assert (done.code, done.out) == (0, "")
    assert "Café [red]Orden SA (CAO010101AB1), test mode" in done.err
    entry = {"apiKey": test_key, "environment": "test", "baseUrl": api.url}
    stored = json.loads(credentials.read_text())
    assert stored == {"profiles": {"default": entry}, "activeProfile": "default"}
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600


def test_login_takes_the_key_from_the_environment(gigstack: Any, api: Any, key: str) -> None:
    assert gigstack("login", "-p", "shop", "--json").json == {
        "profile": "shop",
        "mode": "production",
        "team": "team_1",
        "name": "Café [red]Orden SA",
        "rfc": "CAO010101AB1",
    }


def test_login_reads_the_key_from_stdin(
    gigstack: Any, api: Any, test_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{test_key}\n"))
    assert gigstack("login", "--profile", "prueba", "-k", "-").code == 0
    assert "prueba" in gigstack("profiles").out


def test_login_asks_nobody_when_nobody_is_there(
    gigstack: Any, api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    done = gigstack("login")
    assert done.code == 2
    assert "-k" in done.err


def test_a_refused_key_is_not_stored(
    gigstack: Any, api: Any, test_key: str, credentials: Path
) -> None:
    api.answers["/teams/team_1"] = (401, {"message": "invalid key"})
    done = gigstack("login", "-k", test_key)
    assert done.code == 4
    assert not credentials.exists()
    assert test_key not in done.err


def test_an_outage_is_told_from_a_refusal(
    gigstack: Any, test_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIGSTACK_BASE_URL", "http://127.0.0.1:9")
    assert gigstack("login", "-k", test_key).code == 5


def test_login_on_a_damaged_file_keeps_it_aside(
    gigstack: Any, api: Any, test_key: str, credentials: Path
) -> None:
    credentials.parent.mkdir(parents=True)
    credentials.write_text("{half")
    assert gigstack("login", "-k", test_key).code == 0
    [copy] = credentials.parent.glob("credentials.json.damaged-*")
    assert copy.read_text() == "{half"
    assert "profiles" in json.loads(credentials.read_text())


def test_other_commands_leave_a_damaged_file_alone(gigstack: Any, credentials: Path) -> None:
    credentials.parent.mkdir(parents=True)
    credentials.write_text("{half")
    for command in (["logout"], ["switch", "a"], ["whoami"], ["config"]):
        done = gigstack(*command)
        assert (done.code, str(credentials) in done.err) == (2, True)
    assert credentials.read_text() == "{half"


def test_whoami_has_the_keys_of_the_official_tool(gigstack: Any, api: Any, key: str) -> None:
    facts = gigstack("whoami", "--json").json
    assert facts | {"API Key": "", "base_url": ""} == {
        "Perfil": "env",
        "Modo": "producción",
        "RFC": "CAO010101AB1",
        "Nombre": "Café [red]Orden SA",
        "SAT": "conectado",
        "API Key": "",
        "team": "team_1",
        "origin": "GIGSTACK_API_KEY",
        "base_url": "",
    }
    assert facts["API Key"] == f"{key[:12]}...{key[-4:]}"


def test_whoami_finds_the_team_in_the_list_when_it_is_not_to_be_had_by_id(
    gigstack: Any, api: Any, key: str
) -> None:
    api.answers["/teams/team_1"] = (404, {"message": "not found"})
    api.answers["/teams"] = (200, {"data": [{"id": "x"}, {"id": "team_1", "name": "By list"}]})
    assert "By list" in gigstack("whoami").out


@pytest.mark.parametrize(
    "answer", [{"data": []}, {"data": None}, {"data": {"sat": 5, "brand": []}}]
)
def test_whoami_survives_odd_answers(gigstack: Any, api: Any, key: str, answer: Any) -> None:
    api.answers["/teams/team_1"] = (200, answer)
    done = gigstack("whoami")
    assert done.code in {0, 1, 4}
    assert "defect" not in done.err


def test_a_name_cannot_control_the_terminal(gigstack: Any, api: Any, key: str) -> None:
    team = {"id": "team_1", "legal_name": "A\x1b[2J\u202eB"}
    api.answers["/teams/team_1"] = (200, {"data": team})
    assert "A [2J B" in gigstack("whoami").out


def store(credentials: Path, *names: str) -> None:
    """Write a file with these profiles; the first is active."""
    profiles = {name: {"apiKey": f"key-of-{name}", "environment": "test"} for name in names}
    credentials.parent.mkdir(parents=True)
    credentials.write_text(json.dumps({"profiles": profiles, "activeProfile": names[0]}))
    credentials.chmod(0o600)


def test_switch_and_logout_change_the_active_profile(gigstack: Any, credentials: Path) -> None:
    store(credentials, "a", "b")
    assert gigstack("switch", "b").code == 0
    assert [p["active"] for p in gigstack("profiles", "--json").json] == [False, True]
    assert gigstack("logout").code == 0
    assert [p["name"] for p in gigstack("profiles", "--json").json] == ["a"]


@pytest.mark.parametrize(
    "command", [["switch", "c"], ["logout", "-p", "c"], ["config", "--profile", "c"]]
)
def test_an_unknown_profile_is_refused_with_the_names(
    gigstack: Any, credentials: Path, command: list[str]
) -> None:
    store(credentials, "a", "b")
    done = gigstack(*command)
    assert done.code == 2
    assert "a, b" in done.err


def test_a_key_of_the_environment_is_not_ours_to_forget(
    gigstack: Any, credentials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIGSTACK_API_KEY", "k")
    done = gigstack("logout")
    assert done.code == 2
    assert done.err.endswith("Forget it with: unset GIGSTACK_API_KEY\n")


def test_profiles_say_the_mode_in_the_language_spoken(
    gigstack: Any, credentials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(credentials, "a")
    monkeypatch.setenv("GIGSTACK_LANG", "es")
    assert "modo de prueba" in gigstack("profiles").out


def test_profiles_never_show_a_key(gigstack: Any, credentials: Path) -> None:
    store(credentials, "a")
    done = gigstack("profiles")
    assert "a" in done.out
    assert "key-of-a" not in done.out


def test_config_shows_value_and_origin_of_each_setting(
    gigstack: Any, credentials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(credentials, "a")
    monkeypatch.setenv("GIGSTACK_TIMEZONE", "America/Tijuana")
    shown = gigstack("config", "--json").json
    assert shown["timezone"] == {"value": "America/Tijuana", "origin": "GIGSTACK_TIMEZONE"}
    assert shown["api_key"]["origin"] == "profile a"
    assert "key-of-a" not in json.dumps(shown)


def test_an_exposed_file_is_warned_about_on_stderr(gigstack: Any, credentials: Path) -> None:
    store(credentials, "a")
    credentials.chmod(0o644)
    done = gigstack("config", "--json")
    assert "chmod 600" in done.err
    assert done.json["profile"]["value"] == "a"

"""Settings: who wins, where a value came from, and what is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.config import Settings, base_url, timezone, unknown_profile
from gigstack_sync.credentials import Credentials
from gigstack_sync.errors import AuthError, ConfigError, GigstackError

FILE = {
    "profiles": {
        "default": {"apiKey": "key-default", "environment": "production"},
        "shop": {"apiKey": "key-shop", "team": "team_shop", "db": "/tmp/shop.duckdb"},
    },
    "activeProfile": "default",
}


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment with the two profiles above, in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, FILE)
    return {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}


def write(folder: Path, document: Any) -> None:
    """Put the credentials file in place."""
    path = folder / "gigstack" / "credentials.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document))
    path.chmod(0o600)


def test_flag_beats_environment_beats_profile_beats_default(env: dict[str, str]) -> None:
    shop = {**env, "GIGSTACK_PROFILE": "shop"}
    named = {**shop, "GIGSTACK_TEAM": "team_env"}
    origins = [
        Settings.load({"team": "team_flag"}, named).team,
        Settings.load({}, named).team,
        Settings.load({}, shop).team,
        Settings.load({}, env).team,
    ]
    assert [(s.value, s.origin) for s in origins] == [
        ("team_flag", "--team"),
        ("team_env", "GIGSTACK_TEAM"),
        ("team_shop", "profile shop"),
        (None, "default"),
    ]


@pytest.mark.parametrize(
    ("flags", "variables", "key", "origin"),
    [
        ({}, {}, "key-default", "profile default"),
        ({}, {"GIGSTACK_PROFILE": "shop"}, "key-shop", "profile shop"),
        ({}, {"GIGSTACK_API_KEY": "key-env\n"}, "key-env", "GIGSTACK_API_KEY"),
        ({"profile": "shop"}, {"GIGSTACK_API_KEY": "key-env"}, "key-shop", "profile shop"),
        ({}, {"GIGSTACK_API_KEY": " "}, "key-default", "profile default"),
    ],
)
def test_which_key_is_used(
    env: dict[str, str],
    flags: dict[str, str | None],
    variables: dict[str, str],
    key: str,
    origin: str,
) -> None:
    settings = Settings.load(flags, env | variables)
    assert settings.require_key().reveal() == key
    assert settings.api_key.origin == origin


def test_a_key_from_the_environment_never_meets_the_settings_of_a_profile(
    env: dict[str, str], tmp_path: Path
) -> None:
    write(tmp_path, {"profiles": {"default": {"apiKey": "k", "baseUrl": "https://other.example"}}})
    settings = Settings.load({}, env | {"GIGSTACK_API_KEY": "key-env"})
    assert settings.base_url.origin == "default"


def test_an_unknown_profile_is_named_with_those_that_exist(env: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="'nope'") as caught:
        Settings.load({"profile": "nope"}, env)
    assert "default, shop" in caught.value.hint


def test_without_a_key_the_way_to_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(AuthError) as caught:
        Settings.load({}, {"XDG_CONFIG_HOME": str(tmp_path)}).require_key()
    assert "gigstack login" in caught.value.hint


def test_the_key_shows_itself_nowhere(env: dict[str, str]) -> None:
    settings = Settings.load({"profile": "shop"}, env)
    assert "key-shop" not in f"{settings!r} {settings} {settings.api_key} {vars(type(settings))}"


def test_the_database_is_in_data_when_there_is_such_a_folder(
    env: dict[str, str], tmp_path: Path
) -> None:
    away = Settings.load({}, env | {"XDG_DATA_HOME": str(tmp_path / "x")}).db.value
    (tmp_path / "data").mkdir()
    assert away == tmp_path / "x" / "gigstack" / "gigstack.duckdb"
    assert Settings.load({}, env).db.value == tmp_path / "data" / "gigstack.duckdb"


@pytest.mark.parametrize("name", ["mirror.duckdb", "Derived.duckdb", "temp"])
def test_a_database_is_not_named_like_a_schema_in_it(
    env: dict[str, str], tmp_path: Path, name: str
) -> None:
    with pytest.raises(ConfigError, match="schema"):
        Settings.load({"db": str(tmp_path / name)}, env)


def test_a_folder_as_database_means_the_file_in_it(env: dict[str, str], tmp_path: Path) -> None:
    assert Settings.load({"db": str(tmp_path)}, env).db.value == tmp_path / "gigstack.duckdb"


@pytest.mark.parametrize(
    ("variables", "lang", "origin"),
    [
        ({"GIGSTACK_LANG": "es", "LC_ALL": "en_US.UTF-8"}, "es", "GIGSTACK_LANG"),
        ({"LC_ALL": "es_MX.UTF-8", "LANG": "C"}, "es", "LC_ALL"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "es_MX"}, "es", "LANG"),
        ({"LANG": "C.UTF-8"}, "en", "LANG"),
        ({}, "en", "default"),
    ],
)
def test_language(env: dict[str, str], variables: dict[str, str], lang: str, origin: str) -> None:
    setting = Settings.load({}, env | variables).lang
    assert (setting.value, setting.origin) == (lang, origin)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GIGSTACK_BASE_URL", "http://api.gigstack.io/v2"),
        ("GIGSTACK_BASE_URL", "https://user:pw@api.gigstack.io"),
        ("GIGSTACK_BASE_URL", "https://api.gigstack.io/?x=1"),
        ("GIGSTACK_BASE_URL", "ftp://127.0.0.1"),
        ("GIGSTACK_BASE_URL", "https://127.0.0.1:99999"),
        ("GIGSTACK_BASE_URL", "//x"),
        ("GIGSTACK_TIMEZONE", "Mexico/Nowhere"),
        ("GIGSTACK_TIMEZONE", "../../etc/passwd"),
        ("GIGSTACK_CONNECTIONS", "0"),
        ("GIGSTACK_CONNECTIONS", "many"),
        ("GIGSTACK_MEMORY", "256MB'; attach"),
        ("GIGSTACK_LANG", "fr"),
        ("GIGSTACK_DB", "a\0b"),
        ("GIGSTACK_DB", "x" * 300),
    ],
)
def test_a_wrong_value_is_refused_and_its_origin_named(
    env: dict[str, str], name: str, value: str
) -> None:
    with pytest.raises(ConfigError, match=name):
        Settings.load({}, env | {name: value})


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/v2", "http://localhost", "http://[::1]:1/v2", "https://x.mx/v2"]
)
def test_good_addresses(url: str) -> None:
    assert base_url(f" {url}/ ") == url


def test_a_zone_may_be_any_of_iana() -> None:
    assert timezone("America/Tijuana") == "America/Tijuana"


@given(st.text())
def test_no_text_surprises_the_validators(text: str) -> None:
    for check in (base_url, timezone):
        with suppress(GigstackError):
            check(text)


def test_an_unknown_profile_comes_with_the_command_that_makes_it(tmp_path: Path) -> None:
    error = unknown_profile("my shop", Credentials(tmp_path / "credentials.json"))
    assert error.hint.endswith("gigstack login --profile 'my shop'")

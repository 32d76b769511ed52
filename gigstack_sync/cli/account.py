"""Whose key is in use: login, logout, whoami, profiles and switch."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gigstack_sync.cli.company import Company, find_company
from gigstack_sync.cli.declare import changes, profile_names
from gigstack_sync.cli.language import heads, marked, told, tr
from gigstack_sync.cli.session import Session, session_of
from gigstack_sync.cli.table import show_facts, show_table
from gigstack_sync.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from gigstack_sync.config import Settings
    from gigstack_sync.credentials import Credentials

ProfileName = Annotated[
    str | None,
    typer.Option(
        "--profile", "-p", metavar="NAME", help="Profile to act on.", autocompletion=profile_names
    ),
]


@changes("settings")
def login(
    context: typer.Context,
    api_key: Annotated[
        str | None,
        typer.Option("--api-key", "-k", metavar="KEY", help="The key; `-` reads it from stdin."),
    ] = None,
    profile: ProfileName = None,
) -> None:
    """Try an API key and store it. Without -k: GIGSTACK_API_KEY, or a hidden question.

    $ gigstack login
    $ gigstack login --profile prueba -k - < key.txt
    """
    from gigstack_sync.api.key import ApiKey
    from gigstack_sync.config import DEFAULT_PROFILE
    from gigstack_sync.credentials import Secret

    session = session_of(context)
    name = profile or session.profile or DEFAULT_PROFILE
    key = ApiKey.parse(text := _asked_key(api_key))
    file, damage = _readable_file()
    settings = _with_key(session, file, name, Secret(text))
    with session.client(settings) as client:
        company = find_company(client)
    if damage is not None:
        _set_aside(session, file, damage)
    elsewhere = settings.base_url.value if settings.base_url.origin != "default" else None
    mode = "test" if key.is_test else "production"
    file.put(name, Secret(text), mode, base_url=elsewhere)
    file.save()
    text = marked("Logged in: {company}, {mode}.")
    session.say(tr(text, company=company.title, mode=mode_text(is_test=key.is_test)))
    text = marked("The key is stored as profile {name} in {file}.")
    session.say(tr(text, name=repr(name), file=file.path))
    if session.json:
        session.emit({"profile": name, "mode": mode, **_facts(company)})


@changes("settings")
def logout(context: typer.Context, profile: ProfileName = None) -> None:
    """Forget a stored key: the active profile's, or that of -p.

    $ gigstack logout
    $ gigstack logout -p prueba
    """
    from gigstack_sync.config import unknown_profile

    session = session_of(context)
    file = _file()
    name = profile or session.profile or file.active
    if not file.remove(name):
        raise unknown_profile(name, file)
    file.save()
    text = marked("Profile {name} is forgotten. Revoke the key itself in gigstack's settings.")
    session.say(tr(text, name=repr(name)))
    if os.environ.get("GIGSTACK_API_KEY"):
        session.say(tr("GIGSTACK_API_KEY is still set."))
    if session.json:
        session.emit({"profile": name, "removed": True})


def whoami(context: typer.Context) -> None:
    """Show the company, mode and profile of the key in use.

    $ gigstack whoami
    $ gigstack whoami --json
    """
    session = session_of(context)
    with session.client() as client:
        company, key = find_company(client), client.key
    facts = {
        "Perfil": session.settings.profile.value,
        "Modo": "test" if key.is_test else "producción",
        "RFC": company.rfc,
        "Nombre": company.name,
        "SAT": "conectado" if company.sat_connected else "no conectado",
        "API Key": key.masked,
        "team": company.id,
        "origin": session.settings.api_key.origin,
        "base_url": session.settings.base_url.value,
    }
    if session.json:
        session.emit(facts)
    else:
        words = {name: tr(_WORDS[facts[name]]) for name in ("Modo", "SAT")}
        show_facts({tr(_FACTS.get(name, name)): value for name, value in (facts | words).items()})


_FACTS: Final = {
    "Perfil": marked("Profile"),
    "Modo": marked("Mode"),
    "Nombre": marked("Name"),
    "API Key": marked("API key"),
    "team": marked("Team"),
    "origin": marked("From"),
    "base_url": marked("API"),
}
"""The official keys of whoami, as a person reads them."""


_WORDS: Final = {
    "producción": marked("production"),
    "test": marked("test mode"),
    "conectado": marked("connected"),
    "no conectado": marked("not connected"),
}


def mode_text(*, is_test: bool) -> str:
    """Whether a key is one for tries."""
    return tr("test mode") if is_test else tr("production")


def profiles(context: typer.Context) -> None:
    """List the stored profiles; the active one has a star.

    $ gigstack profiles
    $ gigstack profiles --json
    """
    session = session_of(context)
    file = _file()
    stored = [p for name in file.names if (p := file.get(name))]
    rows = [(p.name, p.environment, _masked(p.key), p.name == file.active) for p in stored]
    if session.json:
        names = ("name", "environment", "api_key", "active")
        session.emit([dict(zip(names, row, strict=True)) for row in rows])
    elif rows:
        shown = [("*" if active else "", *rest) for *rest, active in rows]
        show_table(session, heads("", "profile", "mode", "key"), shown)
    else:
        session.say(tr("No profile is stored yet. Make one with: gigstack login"))


@changes("settings")
def switch(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A profile.", autocompletion=profile_names)
    ],
) -> None:
    """Make a stored profile the active one.

    $ gigstack switch default
    $ gigstack switch prueba
    """
    from gigstack_sync.config import unknown_profile

    session = session_of(context)
    file = _file()
    if not file.activate(name):
        raise unknown_profile(name, file)
    file.save()
    session.say(tr("The active profile is now {name}.", name=repr(name)))
    if session.json:
        session.emit({"profile": name})


def _asked_key(given: str | None) -> str:
    if given == "-":
        return sys.stdin.readline().strip()
    key = given or os.environ.get("GIGSTACK_API_KEY", "")
    if not key.strip():
        if not sys.stdin.isatty():
            raise UsageError("There is no key to log in with.", hint="Add: -k KEY, or -k - (stdin)")
        from getpass import getpass

        key = getpass(tr("API key (https://app.gigstack.pro/settings?subtab=api): "))
    return key.strip()


def _file() -> Credentials:
    from gigstack_sync.config import credentials_path
    from gigstack_sync.credentials import Credentials

    return Credentials.load(credentials_path(os.environ))


def _readable_file() -> tuple[Credentials, ConfigError | None]:
    """The file; an empty one and the reason when the present one is damaged."""
    from gigstack_sync.config import credentials_path
    from gigstack_sync.credentials import Credentials

    try:
        return _file(), None
    except ConfigError as error:
        return Credentials(credentials_path(os.environ)), error


def _with_key(session: Session, file: Credentials, name: str, key: Any) -> Settings:
    """The settings of that profile as they will be, with the key to try."""
    from dataclasses import replace

    from gigstack_sync.config import Setting, Settings

    flags = {**session.flags, "profile": name}
    settings = Settings.load(flags, file=file, may_be_new=True)
    return replace(settings, api_key=Setting(key, "login"))


def _set_aside(session: Session, file: Credentials, damage: ConfigError) -> None:
    from gigstack_sync.credentials import set_aside

    session.say(tr("Warning: {message}", message=told(damage.message)))
    session.say(tr("The old file is kept as {path}", path=set_aside(file.path)))


def _masked(key: Any) -> str:
    from gigstack_sync.api.key import ApiKey

    try:
        return ApiKey.parse(key.reveal()).masked if key else ""
    except ConfigError:
        return tr("(not a key)")


def _facts(company: Company) -> dict[str, str]:
    return {"team": company.id, "name": company.name, "rfc": company.rfc}

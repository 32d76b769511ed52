"""Settings: flag over environment over profile over default, each with where it came from."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from gigstack_sync.credentials import DEFAULT_PROFILE, Credentials, Profile, Secret
from gigstack_sync.errors import AuthError, ConfigError
from gigstack_sync.locale import language_of
from gigstack_sync.memory import bytes_in

DEFAULT_BASE_URL: Final = "https://api.gigstack.io/v2"
DEFAULT_TIMEZONE: Final = "America/Mexico_City"
DATABASE_NAME: Final = "gigstack.duckdb"
LEAST_MEMORY: Final = 64_000_000
# DuckDB names a database by its file and would find two of a name
_SCHEMAS = frozenset(
    {"derived", "history", "main", "mirror", "reference", "sync", "system", "temp"}
)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Setting(Generic[T_co]):
    """A value and its origin: a flag, a variable, `profile NAME`, or `default`."""

    value: T_co
    origin: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a command may depend on besides its own options."""

    profile: Setting[str]
    api_key: Setting[Secret | None]
    base_url: Setting[str]
    team: Setting[str | None]
    db: Setting[Path]
    timezone: Setting[str]
    lang: Setting[str]
    log_file: Setting[Path | None]
    connections: Setting[int]
    memory: Setting[str]
    credentials_file: Setting[Path]
    warnings: tuple[str, ...] = ()

    @classmethod
    def load(
        cls,
        flags: Mapping[str, str | None] | None = None,
        environment: Mapping[str, str] | None = None,
        *,
        file: Credentials | None = None,
        may_be_new: bool = False,
    ) -> Settings:
        """Resolve every value. `may_be_new` lets `login` name a profile that does not exist."""
        env = os.environ if environment is None else environment
        given = {name: value for name, value in (flags or {}).items() if value}
        file = Credentials.load(credentials_path(env)) if file is None else file
        name, profile = _choose(file, given, env, may_be_new=may_be_new)
        sources = _Sources(given, env, profile)
        return cls(
            profile=name,
            api_key=_key(name, profile, env),
            base_url=sources.pick("base_url", DEFAULT_BASE_URL, base_url),
            team=sources.pick("team", None, str.strip),
            db=sources.pick("db", _default_db(env), _database),
            timezone=sources.pick("timezone", DEFAULT_TIMEZONE, timezone),
            lang=_language(env),
            log_file=sources.pick("log_file", None, _path),
            connections=sources.pick("connections", 16, _connections),
            memory=sources.pick("memory", "256MB", _memory),
            credentials_file=Setting(file.path, _xdg_origin(env)),
            warnings=file.warnings,
        )

    def require_key(self) -> Secret:
        """The API key, or AuthError saying how to give one."""
        if self.api_key.value is None:
            raise AuthError(
                "There is no API key yet.",
                hint="Store one with `gigstack login`, or set GIGSTACK_API_KEY.",
            )
        return self.api_key.value

    def items(self) -> list[tuple[str, Setting[Any]]]:
        """Name and setting of each value, in the order they are declared."""
        named = ((f.name, getattr(self, f.name)) for f in fields(self))
        return [(name, value) for name, value in named if isinstance(value, Setting)]


def credentials_path(env: Mapping[str, str]) -> Path:
    """Where the official CLI keeps its keys; XDG_CONFIG_HOME moves it."""
    base = env.get("XDG_CONFIG_HOME", "")
    folder = Path(base) if os.path.isabs(base) else _home(env) / ".config"
    return folder / "gigstack" / "credentials.json"


def _xdg_origin(env: Mapping[str, str]) -> str:
    return "XDG_CONFIG_HOME" if os.path.isabs(env.get("XDG_CONFIG_HOME", "")) else "default"


def base_url(text: str) -> str:
    """Without its last slash; https anywhere, plain http only to this machine."""
    try:
        parts = urlsplit(text.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigError(f"The base URL {text!r} is not a URL: {error}.") from error
    if (
        not host
        or parts.username
        or parts.query
        or parts.fragment
        or not parts.netloc.isprintable()
    ):
        raise ConfigError(
            "The base URL must be a plain address, without user, query or fragment.",
            hint=f"For example: GIGSTACK_BASE_URL={DEFAULT_BASE_URL}",
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise ConfigError(
            f"The base URL {text.strip()} would send your API key unencrypted.",
            hint="Use https; http is for this machine alone (127.0.0.1).",
        )
    return text.strip().rstrip("/")


def timezone(text: str) -> str:
    """An IANA zone name known to this machine."""
    try:
        return ZoneInfo(text.strip()).key
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(
            f"There is no time zone {text!r}.", hint=f"For example: {DEFAULT_TIMEZONE}"
        ) from error


class _Sources:
    """The three places a value may come from before its default."""

    def __init__(
        self, flags: Mapping[str, str], env: Mapping[str, str], profile: Profile | None
    ) -> None:
        self._flags, self._env, self._profile = flags, env, profile

    def pick(self, name: str, default: T, check: Callable[[str], Any]) -> Setting[T]:
        """First source that has the value, checked; its origin is named in the error."""
        for origin, text in self._candidates(name):
            if text and text.strip():
                try:
                    return Setting(check(text), origin)
                except ConfigError as error:
                    raise ConfigError(f"{error.message} ({origin})", hint=error.hint) from error
        return Setting(default, "default")

    def _candidates(self, name: str) -> list[tuple[str, str | None]]:
        variable = {"log_file": "GIGSTACK_LOG"}.get(name, f"GIGSTACK_{name.upper()}")
        found = [
            (f"--{name.replace('_', '-')}", self._flags.get(name)),
            (variable, self._env.get(variable)),
        ]
        if self._profile is not None:
            key = _PROFILE_KEYS.get(name, name)
            found.append((f"profile {self._profile.name}", self._profile.settings.get(key)))
        return found


_PROFILE_KEYS: Final = {"base_url": "baseUrl"}


def _choose(
    file: Credentials, flags: Mapping[str, str], env: Mapping[str, str], *, may_be_new: bool
) -> tuple[Setting[str], Profile | None]:
    """An explicit --profile beats GIGSTACK_API_KEY, which replaces any other profile whole."""
    if "profile" in flags:
        name = Setting(flags["profile"], "--profile")
    elif env.get("GIGSTACK_API_KEY", "").strip():
        return Setting("env", "GIGSTACK_API_KEY"), None
    elif env.get("GIGSTACK_PROFILE", "").strip():
        name = Setting(env["GIGSTACK_PROFILE"].strip(), "GIGSTACK_PROFILE")
    else:
        return Setting(file.active, "credentials file" if file.names else "default"), file.get(
            file.active
        )
    profile = file.get(name.value)
    if profile is None and not may_be_new:
        raise unknown_profile(name.value, file)
    return name, profile


def unknown_profile(name: str, file: Credentials) -> ConfigError:
    """The error for a profile that does not exist; it lists those that do."""
    known = ", ".join(file.names) or "none yet"
    hint = f"Profiles: {known}. Create it with: gigstack login --profile {shlex.quote(name)}"
    return ConfigError(f"There is no profile {name!r} in {file.path}.", hint=hint)


def _key(
    name: Setting[str], profile: Profile | None, env: Mapping[str, str]
) -> Setting[Secret | None]:
    if name.origin == "GIGSTACK_API_KEY":
        return Setting(Secret(env["GIGSTACK_API_KEY"].strip()), name.origin)
    if profile is None or profile.key is None:
        return Setting(None, "default")
    return Setting(profile.key, f"profile {profile.name}")


def _default_db(env: Mapping[str, str]) -> Path:
    if Path("data").is_dir():
        return Path("data", DATABASE_NAME).absolute()
    return _data_home(env) / "gigstack" / DATABASE_NAME


def _data_home(env: Mapping[str, str]) -> Path:
    asked = env.get("XDG_DATA_HOME", "")
    if os.path.isabs(asked):
        return Path(asked)
    if sys.platform == "darwin":
        return _home(env) / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(env.get("LOCALAPPDATA") or _home(env) / "AppData" / "Local")
    return _home(env) / ".local" / "share"


def _home(env: Mapping[str, str]) -> Path:
    home = env.get("HOME", "")
    return Path(home) if os.path.isabs(home) and os.name != "nt" else Path.home()


def _database(text: str) -> Path:
    path = _path(text)
    try:
        path = path / DATABASE_NAME if path.is_dir() else path
        is_odd = path.exists() and not path.is_file()
    except OSError as error:
        raise ConfigError(f"{text!r} is not a path: {error.strerror}.") from error
    if is_odd:
        raise ConfigError(f"{path} is not a regular file.", hint="Name a file: --db FILE")
    if path.stem.lower() in _SCHEMAS:
        raise ConfigError(
            f"{path.name} cannot be told from the schema {path.stem} inside it.",
            hint="Choose another name, such as gigstack.duckdb.",
        )
    return path


def _path(text: str) -> Path:
    if not text.isprintable():  # a NUL is no part of any path
        raise ConfigError(f"{text!r} is not a path.")
    try:
        return Path(text).expanduser().absolute()
    except (OSError, RuntimeError) as error:
        raise ConfigError(f"{text!r} is not a path: {error}.") from error


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _language(env: Mapping[str, str]) -> Setting[str]:
    return Setting(*language_of(env))


def _connections(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text.strip()) or not 1 <= int(text) <= 64:
        raise ConfigError(f"{text!r} is not a number of connections.", hint="Use 1 to 64.")
    return int(text)


def _memory(text: str) -> str:
    amount = bytes_in(text)
    if amount is None:
        raise ConfigError(f"{text!r} is not an amount of memory.", hint="For example: 512MB")
    if amount < LEAST_MEMORY:
        raise ConfigError(
            f"{text} is too little memory to work with.",
            hint="Set 64MB or more; a sync wants 256MB.",
        )
    return text.strip().upper().replace("I", "i")


__all__ = [
    "DEFAULT_BASE_URL",
    "DEFAULT_PROFILE",
    "DEFAULT_TIMEZONE",
    "Setting",
    "Settings",
    "base_url",
    "credentials_path",
    "timezone",
    "unknown_profile",
]

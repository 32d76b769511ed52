"""Days of credit per client, from a small TOML or CSV file that the user keeps."""

from __future__ import annotations

import csv
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gigstack_sync.errors import UsageError

NAMES: Final = ("terms.toml", "terms.csv")
"""Looked for beside the database when no file is named."""
LONGEST: Final = 3650
_FORM: Final = 'Like: default = 15, then [clients] and "ABC010101AB1" = 30; or CSV: client,days'


@dataclass(frozen=True, slots=True)
class Terms:
    """`days` maps an RFC or a client's id to days of credit; `default` is for everybody else."""

    days: dict[str, int]
    default: int | None = None

    @property
    def variable(self) -> str:
        """The text that `cut.client_terms` holds."""
        named = {each: n for name, n in self.days.items() for each in (name, name.upper())}
        return json.dumps([{"client": name, "days": n} for name, n in named.items()])


def find_terms(database: Path) -> Path | None:
    """The file of terms beside the database, if there is one."""
    return next((p for name in NAMES if (p := database.parent / name).is_file()), None)


def read_terms(path: Path) -> Terms:
    """Terms of a .toml or .csv file; UsageError tells what is wrong with it."""
    try:
        text = path.expanduser().read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"Cannot read {path}: {error.strerror or error}.",
            hint="Name a file with lines `client,days`: --terms FILE.csv, or a .toml",
        ) from error
    except ValueError as error:
        raise UsageError(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from error
    return _of_csv(path, text) if path.suffix.lower() == ".csv" else _of_toml(path, text)


def _of_toml(path: Path, text: str) -> Terms:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}.", hint=_FORM) from error
    clients = found.get("clients", {})
    if not isinstance(clients, dict) or found.keys() - {"clients", "default"}:
        raise UsageError(f"{path} holds something else than terms.", hint=_FORM)
    days = {str(name).strip(): _days(path, name, n) for name, n in clients.items()}
    default = found.get("default")
    return Terms(days, None if default is None else _days(path, "default", default))


def _of_csv(path: Path, text: str) -> Terms:
    days = {}
    for line in csv.reader(text.splitlines()):
        if not line or [cell.strip().lower() for cell in line[1:2]] == ["days"]:
            continue
        if len(line) < 2:
            raise UsageError(f"{path} has a line without days: {line[0]!r}.", hint=_FORM)
        days[line[0].strip()] = _days(path, line[0], line[1].strip())
    default = days.pop("default", None)
    return Terms(days, default)


def _days(path: Path, name: str, value: Any) -> int:
    whole = value if isinstance(value, int) else str(value)
    if isinstance(whole, str) and whole.isascii() and whole.isdecimal():
        whole = int(whole)
    if isinstance(whole, bool) or not isinstance(whole, int) or not 0 <= whole <= LONGEST:
        raise UsageError(f"{path}: {name!r} has no number of days: {value!r}.", hint=_FORM)
    return whole

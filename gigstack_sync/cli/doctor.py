"""`gigstack doctor`: what is wrong here, and what to type next."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import typer

from gigstack_sync.cli.finding import Finding, note, ok, wrong
from gigstack_sync.cli.language import heads, marked, told, tr
from gigstack_sync.cli.session import Session, session_of
from gigstack_sync.cli.table import show_table
from gigstack_sync.errors import ConfigError, ExitCode, GigstackError

if TYPE_CHECKING:
    from gigstack_sync.config import Settings


def doctor(context: typer.Context) -> None:
    """Check key, API, SAT, database, disk and machine. Exit code 8 when something is wrong.

    $ gigstack doctor
    $ gigstack doctor --json
    """
    session = session_of(context)
    findings = list(_examine(session))
    healthy = all(finding.state != "wrong" for finding in findings)
    if session.json:
        session.emit({"ok": healthy, "findings": [asdict(finding) for finding in findings]})
    else:
        rows = [(tr(_STATES[f.state]), told(f.check), f.text, f.hint) for f in findings]
        show_table(session, heads("", "check", "found", "next"), rows)
    if not healthy:
        raise typer.Exit(ExitCode.DIFFERENCES)


_STATES: Final = {"ok": marked("ok"), "note": marked("note"), "wrong": marked("wrong")}


def _examine(session: Session) -> Iterator[Finding]:
    from gigstack_sync.cli import doctor_files, doctor_machine

    yield _version()
    yield from doctor_machine.examine()
    try:
        settings = session.settings
    except ConfigError as error:
        yield wrong("settings", told(error.message), told(error.hint))
        return
    yield from (note("credentials", told(warning)) for warning in settings.warnings)
    yield from doctor_files.examine(settings)
    yield from _key_and_api(session, settings)


def _key_and_api(session: Session, settings: Settings) -> Iterator[Finding]:
    from gigstack_sync.cli import doctor_api

    try:
        client = session.client(settings)
    except GigstackError as error:
        yield wrong("key", told(error.message), told(error.hint))
        return
    with client:
        mode = tr("test mode") if client.key.is_test else tr("production")
        facts = {"key": client.key.masked, "mode": mode, "origin": settings.api_key.origin}
        yield ok("key", tr("{key}, {mode}, from {origin}", **facts))
        yield from doctor_api.examine(client)


def _version() -> Finding:
    from importlib.metadata import version

    parts = [f"gigstack {version('gigstack-sync')}", f"DuckDB {version('duckdb')}"]
    parts += [f"Python {platform.python_version()}", sys.platform]
    return ok("version", ", ".join(parts))

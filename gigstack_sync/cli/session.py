"""What the options of every command decided: settings, output and how much to say."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gigstack_sync.cli.language import told, tr
from gigstack_sync.cli.text import clean, inert
from gigstack_sync.errors import UsageError

if TYPE_CHECKING:
    from gigstack_sync.api.client import Client
    from gigstack_sync.config import Settings


@dataclass
class Session:
    """One run of the command line. Options given after the command win over those before it."""

    json: bool = False
    team: str | None = None
    profile: str | None = None
    db: str | None = None
    quiet: bool = False
    verbose: bool = False
    color: bool | None = None
    is_guided: bool = False
    """Whether the command was put together by questions, so that it is shown before it is sent."""

    def adopt(self, options: Mapping[str, Any]) -> None:
        """Take over those of the options that were given."""
        for name, value in options.items():
            if value is not None:
                setattr(self, name, value)
        if self.quiet and self.verbose:
            raise UsageError("--quiet and --verbose exclude each other.")

    @property
    def flags(self) -> dict[str, str | None]:
        """The options that are settings."""
        return {"team": self.team, "profile": self.profile, "db": self.db}

    @cached_property
    def settings(self) -> Settings:
        """Resolved once, when first needed; warnings about the credentials file are told then."""
        from gigstack_sync.config import Settings

        settings = Settings.load(self.flags)
        for warning in settings.warnings:
            self.say(tr("Warning: {message}", message=told(warning)))
        return settings

    def client(
        self, settings: Settings | None = None, *, tries: int = 2, deadline: float = 15.0
    ) -> Client:
        """A client for a person who waits: it tries twice, not for minutes."""
        import logging

        from gigstack_sync.api.client import Client
        from gigstack_sync.api.retry import Policy
        from gigstack_sync.api.transport import Transport

        logging.getLogger("gigstack_sync").addHandler(logging.NullHandler())  # or Python prints it
        chosen = settings or self.settings
        key = chosen.require_key().reveal()
        policy = Policy(deadline=deadline, tries=tries, patience=10.0)
        transport = Transport(key, chosen.base_url.value, policy=policy)
        return Client(transport=transport, team=chosen.team.value)

    def say(self, text: str) -> None:
        """Narrate on stderr, unless --quiet."""
        if not self.quiet and sys.stderr is not None:
            print(clean(text, keep="\n"), file=sys.stderr)

    def detail(self, text: str) -> None:
        """Narrate what only --verbose wants to know."""
        if self.verbose:
            self.say(text)

    def chat(self, text: str) -> None:
        """Narrate success: to a person at a terminal, never into cron's mail."""
        if self.verbose or (sys.stderr is not None and sys.stderr.isatty()):
            self.say(text)

    def emit(self, data: object) -> None:
        """Print one JSON document on stdout."""
        import json

        print(inert(json.dumps(data, indent=2, ensure_ascii=False, default=str)))

    @property
    def draws(self) -> bool:
        """Whether stdout is a terminal that wants drawing rather than lines for a pipe."""
        return sys.stdout is not None and sys.stdout.isatty()


@contextmanager
def log_to_stderr() -> Iterator[None]:
    """What the libraries log is narrated while the block runs."""
    import logging

    logger = logging.getLogger("gigstack_sync")
    before = logger.level
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def can_ask() -> bool:
    """Whether a person sees questions and can answer them."""
    streams = (sys.stdin, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in streams)


def session_of(context: Any) -> Session:
    """The session of the command that runs in this Typer context."""
    session: Session = context.ensure_object(Session)
    return session

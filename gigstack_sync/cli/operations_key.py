"""Idempotency keys: the same command with the same input has the same one for a day."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gigstack_sync.cli.operations_parameters import Arguments
from gigstack_sync.cli.session import Session
from gigstack_sync.errors import AuthError, ConfigError, UsageError


def stable_key(session: Session, path: str, given: Arguments) -> str:
    """A digest of the day, the account, the command and all that goes into it."""
    import msgspec

    settings = session.settings
    day = datetime.now(ZoneInfo(settings.timezone.value)).date().isoformat()
    account = [settings.base_url.value, settings.team.value, *_account(session)]
    material = [day, account, path, list(given.place), dict(given.named)]
    encoder = msgspec.json.Encoder(enc_hook=_content, order="deterministic")
    try:
        digest = hashlib.sha256(encoder.encode(material)).hexdigest()
    except ValueError as error:  # half surrogates
        raise UsageError("This cannot be sent as JSON.") from error
    return f"gs-{day}-{digest[:32]}"


def _account(session: Session) -> list[Any]:
    """Team and mode of the key; nothing where there is none yet."""
    from gigstack_sync.api.key import ApiKey

    try:
        key = ApiKey.parse(session.settings.require_key().reveal())
    except (AuthError, ConfigError):
        return []
    return [key.team, key.is_test]


def _content(value: Any) -> Any:
    if isinstance(value, Path):
        return hashlib.sha256(value.read_bytes()).hexdigest()
    raise NotImplementedError

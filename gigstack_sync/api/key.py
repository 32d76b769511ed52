"""An API key: what can be read from it, and the care that it is never shown."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field

from gigstack_sync.errors import ConfigError

MAX_LENGTH = 8192
_HINT = "Copy the key again from https://app.gigstack.pro/settings?subtab=api"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """Facts of a key. `livemode` is None when the key does not say; `masked` is safe to print."""

    _secret: str = field(repr=False)
    team: str | None
    livemode: bool | None
    key_id: str | None
    masked: str

    @classmethod
    def parse(cls, text: str) -> ApiKey:
        """Read a key; ConfigError for what cannot be sent in a header. Never quotes it."""
        secret = _usable(text)
        claims = _claims(secret)
        livemode = claims.get("livemode")
        return cls(
            secret,
            team=_text(claims.get("team")),
            livemode=livemode if isinstance(livemode, bool) else None,
            key_id=_text(claims.get("key_id")),
            masked=_masked(secret),
        )

    @property
    def is_test(self) -> bool:
        """Whether it opens the test mode: by prefix, by claim, or by its key_id."""
        return (
            self._secret.startswith("sk_test")
            or self.livemode is False
            or "test" in (self.key_id or "").lower()
        )

    @property
    def authorization(self) -> str:
        """The value of the Authorization header. Secret."""
        return f"Bearer {self._secret}"

    def redact(self, text: str) -> str:
        """Replace every copy of the key in a text by its masked form."""
        return text.replace(self._secret, self.masked)

    def __str__(self) -> str:
        return self.masked


def _usable(text: str) -> str:
    if not text:
        raise ConfigError("The API key is empty.", hint="Set one: gigstack login")
    if len(text) > MAX_LENGTH:
        raise ConfigError(f"The API key is longer than {MAX_LENGTH} characters.", hint=_HINT)
    if not text.isascii():
        raise ConfigError("The API key has characters outside ASCII.", hint=_HINT)
    if not all("!" <= char <= "~" for char in text):
        raise ConfigError("The API key contains spaces, newlines or controls.", hint=_HINT)
    return text


def _claims(secret: str) -> dict[str, object]:
    """Read a JWT's payload; empty for other keys. The signature is the server's business."""
    parts = secret.split(".")
    if len(parts) != 3:
        return {}
    payload = parts[1].rstrip("=").replace("+", "-").replace("/", "_")
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _masked(secret: str) -> str:
    """First 12 and last 4 characters; fewer of a short key, so that most stays hidden."""
    if len(secret) >= 32:
        return f"{secret[:12]}...{secret[-4:]}"
    return f"{secret[: len(secret) // 4]}..."

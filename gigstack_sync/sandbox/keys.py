"""API keys shaped like gigstack's: JWTs that name a team, a mode and themselves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """What a key says of its bearer."""

    team: str
    livemode: bool
    key_id: str


class KeyRing:
    """Issues and reads keys; the same seed accepts the same keys after a restart."""

    def __init__(self, seed: int) -> None:
        self._secret = hashlib.sha256(f"sandbox {seed}".encode()).digest()
        self._read: dict[str, Key] = {}

    def issue(self, team: str, *, livemode: bool = True) -> str:
        """Make the key of a team in live or in test mode."""
        kind = "live" if livemode else "test"
        payload = {"team": team, "livemode": livemode, "key_id": f"key_{kind}_{team}"}
        head = f"{_encode({'alg': 'HS256', 'typ': 'JWT'})}.{_encode(payload)}"
        return f"{head}.{self._sign(head)}"

    def read(self, text: str) -> Key | None:
        """Decode a key this ring issued; None for any other text."""
        if text not in self._read:
            head, _, signature = text.rpartition(".")
            if not hmac.compare_digest(self._sign(head).encode(), signature.encode()):
                return None
            self._read[text] = _decode(head.partition(".")[2])
        return self._read[text]

    def _sign(self, head: str) -> str:
        digest = hmac.digest(self._secret, head.encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _encode(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _decode(part: str) -> Key:
    padded = part + "=" * (-len(part) % 4)
    return Key(**json.loads(base64.urlsafe_b64decode(padded)))

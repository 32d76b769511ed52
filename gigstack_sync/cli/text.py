"""Text from elsewhere, made safe to show: names and notes are written by strangers."""

from __future__ import annotations

import re
from typing import Final

# C0 and C1 controls, and the marks that reorder or hide what follows them
_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_MARKUP: Final = re.compile(r"(\\*)(\[)")


def clean(text: object, *, keep: str = "") -> str:
    """One line without control characters; `keep` names those to leave, such as a newline."""
    return _UNSAFE.sub(lambda found: found[0] if found[0] in keep else " ", str(text))


def escape(text: object) -> str:
    """Clean, and with Rich's markup made inert."""
    return _MARKUP.sub(lambda found: found[1] * 2 + "\\[", clean(text)) + _odd_end(str(text))


def _odd_end(text: str) -> str:
    """A lone backslash at the end would escape the markup that follows it."""
    return "\\" if (len(text) - len(text.rstrip("\\"))) % 2 else ""

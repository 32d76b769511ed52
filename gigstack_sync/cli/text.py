"""Text from elsewhere, made safe to show: names and notes are written by strangers."""

from __future__ import annotations

import re
from typing import Final

# C0 and C1 controls, and the marks that reorder or hide what follows them
_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def clean(text: object, *, keep: str = "") -> str:
    """One line without control characters; `keep` names those to leave, such as a newline."""
    return _UNSAFE.sub(lambda found: found[0] if found[0] in keep else " ", str(text))


def escape(text: object) -> str:
    """Clean, and with Rich's markup made inert."""
    from rich.markup import escape as inert

    return inert(clean(text))

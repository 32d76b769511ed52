"""Text from elsewhere, made safe to show: names and notes are written by strangers."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import IO, Final, Protocol
from unicodedata import combining, east_asian_width

# C0 and C1 controls, and the marks that reorder or hide what follows them
_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def clean(text: object, *, keep: str = "") -> str:
    """One line without control characters; `keep` names those to leave, such as a newline."""
    return _UNSAFE.sub(lambda found: found[0] if found[0] in keep else " ", str(text))


def columns_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(letter: str) -> int:
    return 2 if east_asian_width(letter) in "WF" else 0 if combining(letter) else 1


def shown(text: str) -> str:
    """What goes to stdout: as it is into a pipe, cleaned but for its lines on a terminal."""
    if sys.stdout is not None and sys.stdout.isatty():
        return clean(text, keep="\n")
    return text


def inert(document: str) -> str:
    """JSON that means the same, with escapes for what a terminal would obey or not show."""
    import json

    return _UNSAFE.sub(
        lambda found: found[0] if found[0] < " " else json.dumps(found[0])[1:-1], document
    )


class Out(Protocol):
    """What text is written to: a file, or stdout."""

    def write(self, text: str, /) -> object:
        """Write."""

    def writelines(self, lines: Iterable[str], /) -> None:
        """Write each."""


class Shown:
    """Stdout to write to; see `shown`."""

    def write(self, text: str, /) -> object:
        """Write what may be shown."""
        return sys.stdout.write(shown(text))

    def writelines(self, lines: Iterable[str], /) -> None:
        """Write each."""
        for line in lines:
            self.write(line)


def wrapped(text: str, stream: IO[str] | None) -> str:
    """Broken at spaces where the stream is a terminal too narrow for its lines."""
    if stream is None or not stream.isatty():
        return text
    from shutil import get_terminal_size
    from textwrap import fill

    width = get_terminal_size().columns
    return "\n".join(
        line
        if len(line) <= width
        else fill(line, width, break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    )


def escape(text: object) -> str:
    """Clean, and with Rich's markup made inert."""
    from rich.markup import escape as without_tags

    escaped = without_tags(clean(text))
    ends = len(escaped) - len(escaped.rstrip("\\"))
    return escaped + "\\" * (ends % 2)  # an odd one would take the next tag's meaning

"""English as it is written, or Spanish by the catalogue: texts, headings, help and errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

CATALOGUE: Final = Path(__file__).with_name("spanish.json")
"""Sections of English → Spanish: texts, headings, messages, help, metavars and Typer's own."""
LONGEST: Final = 4_000
"""Letters of a message that is looked for; a longer one is somebody else's, such as DuckDB's."""
DEEPEST: Final = 4
"""Messages within messages that are looked for."""
_HOLE: Final = re.compile(r"\{(\w+)(~?)\}")
_NAME: Final = re.compile("[A-Z]{2,}")
_ours = "en"


def speak(language: str) -> None:
    """From here on, in this process: `es` or `en`."""
    global _ours  # noqa: PLW0603 - a process has one reader, whose language never changes midway
    _ours = language


def spoken() -> str:
    """`es` or `en`."""
    return _ours


def tr(text: str, /, **holes: object) -> str:
    """The text in the language spoken, its `{holes}` filled with data as it is."""
    said = text if _ours == "en" else _section("texts").get(text, text)
    return said.format(**holes) if holes else said


def heads(*texts: str) -> tuple[str, ...]:
    """Headings of a table's columns."""
    return texts if _ours == "en" else tuple(_section("headings").get(t, t) for t in texts)


def marked(text: str) -> str:
    """The same text, to be given to `tr` later: so the catalogue is known to need it."""
    return text


def metavar(text: str) -> str:
    """The names of values in help, such as DATE, wherever they stand in a text."""
    if _ours == "en":
        return text
    known = _section("metavars")
    return _NAME.sub(lambda found: known.get(found[0], found[0]), text)


def typers(text: str) -> str:
    """What Typer itself says in help and errors, which its own code asks `_` for."""
    return text if _ours == "en" else _section("typer").get(text, text)


def helped(text: str) -> str:
    """A docstring's or an option's help, paragraph by paragraph."""
    if _ours == "en":
        return text
    known = _section("help")
    paragraphs = (" ".join(part.split()) for part in text.split("\n\n"))
    return "\n\n".join(known.get(paragraph, paragraph) for paragraph in paragraphs)


def told(message: str) -> str:
    """A message of a layer that knows no languages: found by its template, its data untouched."""
    return message if _ours == "en" or len(message) > LONGEST else _told(message, DEEPEST)


def _told(message: str, depth: int) -> str:
    """The same, of messages within messages to that depth."""
    if exact := _section("messages").get(message):
        return exact
    for literals, english, spanish in _templates() if depth else ():
        found = _filling(message, literals)
        if found is not None:
            holes = dict(zip((name for name, _ in _HOLE.findall(english)), found, strict=True))
            return _filled(spanish, holes, depth - 1)
    return message


def _filled(template: str, holes: Mapping[str, str], depth: int) -> str:
    """The template with its holes filled; those marked `~` hold a message of their own."""
    return _HOLE.sub(
        lambda hole: _told(holes[hole[1]], depth) if hole[2] else holes[hole[1]], template
    )


def _filling(message: str, literals: tuple[str, ...]) -> tuple[str, ...] | None:
    """What stands between a template's literal parts; None for a message of another one."""
    if not (message.startswith(literals[0]) and message.endswith(literals[-1])):
        return None
    if not all(literal in message for literal in literals):
        return None
    found = re.fullmatch("(.*?)".join(map(re.escape, literals)), message, re.DOTALL)
    return found and found.groups()


@cache
def _templates() -> tuple[tuple[tuple[str, ...], str, str], ...]:
    """Literal parts, English and Spanish of each message with holes, the most literal first."""
    pairs = ((k, v) for k, v in _section("messages").items() if _HOLE.search(k))
    parted = ((tuple(_HOLE.split(k)[::3]), k, v) for k, v in pairs)
    return tuple(sorted(parted, key=lambda each: -sum(map(len, each[0]))))


def _section(name: str) -> Mapping[str, str]:
    return _catalogue()[name]


@cache
def _catalogue() -> Mapping[str, Mapping[str, str]]:
    import json

    found: Mapping[str, Mapping[str, str]] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return found

"""Questions on a terminal: asked on stderr, again and again until the answer makes sense."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from gigstack_sync.cli.language import told, tr
from gigstack_sync.cli.text import clean
from gigstack_sync.errors import GigstackError, UsageError

Reader = Callable[[str, str], Any]
_MANY = 12
"""Choices shown at once; of more, those that fit the words typed."""


def ask(
    question: str, read: Reader | None = None, *, default: str = "", needed: bool = True
) -> str:
    """The answer as it was typed, once `read` accepts it; empty only where it is not needed."""
    while True:
        answer = _line(question, default) or default
        if not answer and needed:
            _tell(tr("This is needed."))
            continue
        try:
            if answer and read:
                read(question, answer)
        except UsageError as error:
            _tell(f"{told(error.message)} {told(error.hint)}".strip())
            continue
        return answer


def confirm(question: str, *, default: bool) -> bool:
    """Yes or no; the default when nothing is typed."""
    while True:
        answer = _line(f"{question} [{tr('Y/n') if default else tr('y/N')}]", "").lower()
        if answer in {"", "y", "yes", "s", "si", "sí", "n", "no"}:
            return answer[:1] in {"y", "s"} if answer else default
        _tell(tr("Answer y or n."))


def choose(question: str, choices: Mapping[str, str], *, default: str = "") -> str:
    """A code out of several, by the code, its number in the list, or words of what it means."""
    shown: Mapping[str, str] = {}
    if len(choices) <= _MANY:
        shown = _listed(choices)
    while True:
        hint = tr("code or words") if shown else tr("code or words, ? for all")
        answer = _line(f"{question} ({hint})", default) or default
        found = _meant(answer, choices, [*shown])
        if len(found) == 1:
            code = next(iter(found))
            _tell(f"  {code} {choices[code]}")
            return code
        if answer == "?":
            found = dict(choices)
        if found:
            shown = _listed(found)
        else:
            _tell(tr("Nothing is called {name}.", name=repr(answer)))


def _meant(answer: str, choices: Mapping[str, str], shown: list[str]) -> dict[str, str]:
    """What an answer may mean: a code itself, else a place in the list shown, else words."""
    for code in (answer.upper(), answer.zfill(2)):
        if code in choices:
            return {code: choices[code]}
    if answer.isascii() and answer.isdigit():
        place = int(answer) - 1
        return {shown[place]: choices[shown[place]]} if 0 <= place < len(shown) else {}
    words = _plain(answer).split()
    fits = {c: text for c, text in choices.items() if all(w in _plain(text) for w in words)}
    return fits if words and answer != "?" else {}


def _listed(choices: Mapping[str, str]) -> Mapping[str, str]:
    """Show them, numbered unless their codes are such numbers; those that a number picks."""
    if all(code.isdigit() and len(code) <= 2 for code in choices):
        for code, text in choices.items():
            _tell(f"  {code:>2}  {text}")
        return {}
    for place, (code, text) in enumerate(choices.items(), 1):
        _tell(f"  {place:>2}  {code}  {text}")
    return choices


def _plain(text: str) -> str:
    """Without accents and capitals."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _line(question: str, default: str) -> str:
    shown = f" [{default}]" if default else ""
    print(f"{question}{shown}: ", end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        _tell("")
        raise GigstackError("Nothing was sent.")
    return line.strip()


def _tell(text: str) -> None:
    print(clean(text), file=sys.stderr)

"""What may stand where the cursor is; asked by the shell at every press of Tab.

The words come as arguments, the unfinished one last, with _GIGSTACK_COMPLETE set. The answer is a
line each: a candidate, or `:file` or `:folder` where the shell itself knows best.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from gigstack_sync.cli import tree
from gigstack_sync.cli.declare import short_help
from gigstack_sync.cli.language import helped

if TYPE_CHECKING:
    from typer._click.core import Command, Parameter

_FILES: Final = {"FILE", "JSON", "CLIENT"}
_PLAIN: Final = re.compile(r"[\w.,:@%+/-]+")
"""What a shell takes as it stands; anything else is not offered."""


def answer(words: Sequence[str]) -> list[str]:
    """The candidates for the last word, each `value<TAB>what it is`."""
    from gigstack_sync.cli.app import root

    *typed, part = words or [""]
    place = _Place(root())
    for word in typed:
        place.pass_by(word)
    return [*place.offers("" if part == "=" else part)]


class _Place:
    """Where on the command line the cursor is, after the words before it."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.waiting: Parameter | None = None
        self.left = 0
        self.arguments: list[str] = []
        self.given: set[str] = set()
        self.is_over = False
        """Whether `--` ended the options."""

    def pass_by(self, word: str) -> None:
        """Take one finished word in; bash hands `=` over as a word of its own."""
        if word == "=":
            return
        if self.left:
            self.left -= 1
        elif word == "--" and not self.is_over:
            self.is_over = True
        elif word.startswith("-") and len(word) > 1 and not self.is_over:
            self._begin(word)
        elif below := self._named(word):
            self.command = below
            self.arguments = []
        else:
            self.arguments.append(word)

    def offers(self, part: str) -> Iterator[str]:
        """What the unfinished word may become."""
        flag, equals, value = part.partition("=")
        if self.left and self.waiting is not None:
            yield from self._values(self.waiting, part)
        elif part.startswith("-") and not self.is_over:
            option = self._options().get(flag)
            if equals and option is not None:
                found = self._values(option, value)
                yield from (f"{flag}={each}" for each in found if each[:1] != ":")
            else:
                yield from _matching(self._flags(), part)
        else:
            offered = [*self._places(part)]
            yield from offered or ([] if part else _matching(self._flags(), part))

    def _begin(self, word: str) -> None:
        flag, equals, _ = word.partition("=")
        option = self._options().get(flag)
        if option is None:
            return
        if not tree.is_repeated(option):
            self.given |= {*tree.flags_of(option)}
        if not equals and not getattr(option, "is_flag", False):
            self.waiting, self.left = option, max(option.nargs, 1)

    def _places(self, part: str) -> Iterator[str]:
        """Commands below, and values of the argument whose turn it is."""
        if not self.arguments:
            yield from _matching(self._below(), part)
        places = [p for p in self.command.params if tree.is_argument(p)]
        if len(self.arguments) < len(places):
            yield from self._values(places[len(self.arguments)], part)

    def _values(self, parameter: Parameter, part: str) -> Iterator[str]:
        """Values of a parameter: its own source, its choices, or files."""
        source = getattr(parameter, "type_descriptor").parameter_info.autocompletion  # noqa: B009
        values = source(self.arguments) if source else _choices(parameter)
        yield from _matching(values, part)
        kind = tree.type_of(parameter)
        if kind == "path" or (not values and parameter.metavar in _FILES):
            yield ":folder" if parameter.metavar == "FOLDER" else ":file"

    def _below(self) -> dict[str, str]:
        """The commands below, and what help says of each; the root's are not imported for it."""
        from gigstack_sync.cli.app import COMMANDS, Root

        if isinstance(self.command, Root):
            return {name: helped(e.help) for name, e in COMMANDS.items() if e.section}
        below = tree.subcommands(self.command).items()
        return {name: short_help(command, 60) for name, command in below}

    def _named(self, word: str) -> Command | None:
        """The command below of that name."""
        from gigstack_sync.cli.app import COMMANDS, Root, load

        if isinstance(self.command, Root):
            return load(word) if word in COMMANDS else None
        return tree.subcommands(self.command).get(word)

    def _options(self) -> dict[str, Parameter]:
        options = (p for p in self.command.params if not tree.is_argument(p))
        return {flag: option for option in options for flag in tree.flags_of(option)}

    def _flags(self) -> dict[str, str]:
        """Long options not given yet, and `--help`."""
        known = self._options().items()
        said = {flag: helped(getattr(option, "help", None) or "") for flag, option in known}
        said["--help"] = helped("Show this message and exit.")
        return {f: text for f, text in said.items() if f[:2] == "--" and f not in self.given}


def _choices(parameter: Parameter) -> list[str]:
    """Fixed values, also those that only the metavar tells, such as asc|desc."""
    if choices := tree.choices_of(parameter):
        return choices
    words = (parameter.metavar or "").split("|")
    is_list = len(words) > 1 and not all(len(word) > 1 and word.isupper() for word in words)
    return words if is_list else []


def _matching(values: Iterable[str], part: str) -> Iterator[str]:
    """Those that begin like it, with what they mean where that is told."""
    texts = values if isinstance(values, Mapping) else dict.fromkeys(values, "")
    for value, text in texts.items():
        if value.startswith(part) and _PLAIN.fullmatch(value):
            yield f"{value}\t{text.partition(chr(10))[0]}" if text else value

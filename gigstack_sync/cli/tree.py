"""The command tree as it stands, read off Typer: nothing here is written twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, get_args, get_origin

if TYPE_CHECKING:
    from typer._click.core import Command, Parameter

_TYPES: Final = {bool: "boolean", int: "integer", float: "number", Path: "path"}


class Node(NamedTuple):
    """One command: its words after `gigstack`, and what Typer made of it."""

    path: tuple[str, ...]
    command: Command


def walk() -> Iterator[Node]:
    """Every command and group, each before those below it."""
    for node in top():
        yield from below(node)


def top() -> Iterator[Node]:
    """The commands right below `gigstack`; other names of one are left out."""
    from gigstack_sync.cli.app import COMMANDS, load

    for name, entry in COMMANDS.items():
        if entry.section:
            yield Node((name,), load(name))


def below(node: Node) -> Iterator[Node]:
    """A node, and all nodes below it."""
    yield node
    for name, command in subcommands(node.command).items():
        yield from below(Node((*node.path, name), command))


def subcommands(command: Command) -> Mapping[str, Command]:
    """What a group holds by name; empty for a command."""
    return getattr(command, "commands", {})


def own_parameters(command: Command) -> list[Parameter]:
    """Arguments and options of a command, without those that every command takes."""
    shared = getattr(command, "_shared", ())
    return [p for p in command.params if p not in shared and not getattr(p, "hidden", False)]


def shared_options(command: Command) -> list[Parameter]:
    """The options of every command, `--help` apart."""
    return list(getattr(command, "_shared", ()))


def is_argument(parameter: Parameter) -> bool:
    """Whether it is given by its place."""
    return parameter.param_type_name == "argument"


def flags_of(parameter: Parameter) -> list[str]:
    """All spellings of an option, those that say no included."""
    return [*parameter.opts, *parameter.secondary_opts]


def choices_of(parameter: Parameter) -> list[str]:
    """The values it may have, where they are few; empty when anything goes."""
    kind = _inner(parameter)
    if get_origin(kind) is Literal:
        return [str(each) for each in get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(each.value) for each in kind]
    return []


def type_of(parameter: Parameter) -> str:
    """What is written: boolean (a flag without a value), integer, path, choice or text."""
    if choices_of(parameter):
        return "choice"
    return _TYPES.get(_inner(parameter), "text")


def is_repeated(parameter: Parameter) -> bool:
    """Whether it may be given several times."""
    return bool(getattr(parameter, "multiple", False))


def default_of(parameter: Parameter) -> Any:
    """What holds when it is not given, as JSON has it; None where nothing does."""
    default: Any = parameter.default
    if isinstance(default, Enum):
        return default.value
    return str(default) if isinstance(default, Path) else default


def _inner(parameter: Parameter) -> Any:
    """The type of one value."""
    kind: Any = getattr(parameter, "type_descriptor").annotation  # noqa: B009 - Typer's own class
    if get_origin(kind) in {list, tuple}:
        return get_args(kind)[0]
    return kind

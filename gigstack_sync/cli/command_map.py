"""`gigstack --map`: the whole command tree as one document, for agents and for the reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.cli import tree
from gigstack_sync.cli.declare import changes_of, examples_in
from gigstack_sync.cli.tree import Node
from gigstack_sync.errors import ExitCode

if TYPE_CHECKING:
    from typer._click.core import Command, Parameter


def written(root: Command, form: str) -> str:
    """The map of every command as `json` or `markdown`, without a newline at its end."""
    if form == "markdown":
        return "\n".join(_reference(root))
    import json

    return json.dumps(described(root), indent=2, ensure_ascii=False)


def described(root: Command) -> dict[str, Any]:
    """The tree as one document: see its key `about` for what the keys mean."""
    return {
        "name": "gigstack",
        "about": _ABOUT,
        "help": _prose(root),
        "examples": examples_in(root.help),
        "exit_codes": {code.name.lower(): code.value for code in ExitCode},
        "options": _all(tree.shared_options(root)),
        "commands": [_node(node, **_listing(node.path[0])) for node in tree.top()],
    }


def _listing(name: str) -> dict[str, Any]:
    """Where help lists a command, and the other names it has."""
    from gigstack_sync.cli.app import COMMANDS

    entry = COMMANDS[name]
    aliases = [n for n, other in COMMANDS.items() if other.target == entry.target and n != name]
    return {"section": entry.section, "aliases": aliases}


def _node(node: Node, **more: Any) -> dict[str, Any]:
    """A command with those below it; `runs` is false for a group that does nothing itself."""
    path, command = node
    own = tree.own_parameters(command)
    children = tree.subcommands(command).items()
    return {
        "command": " ".join(("gigstack", *path)),
        **more,
        "help": _prose(command),
        "runs": _runs(command),
        "changes": changes_of(command.callback) if _runs(command) else None,
        "arguments": _all(p for p in own if tree.is_argument(p)),
        "options": _all(p for p in own if not tree.is_argument(p)),
        "examples": examples_in(command.help),
        "commands": [_node(Node((*path, name), child)) for name, child in children],
    }


def _runs(command: Command) -> bool:
    is_group = bool(tree.subcommands(command))
    return not is_group or bool(getattr(command, "invoke_without_command", False))


def _all(parameters: Iterable[Parameter]) -> list[dict[str, Any]]:
    return [_parameter(each) for each in parameters]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    shown = parameter.metavar or (parameter.name or "").upper()
    name: dict[str, Any] = {"name": shown}
    if not tree.is_argument(parameter):
        name = {"flags": tree.flags_of(parameter)}
        name |= {"metavar": parameter.metavar} if parameter.metavar else {}
    said = {
        "type": tree.type_of(parameter),
        "required": bool(parameter.required),
        "repeats": tree.is_repeated(parameter),
        "values": 0 if getattr(parameter, "is_flag", False) else parameter.nargs,
        "default": tree.default_of(parameter),
        "choices": tree.choices_of(parameter),
        "help": getattr(parameter, "help", None) or "",
    }
    return {**name, **said}


def _prose(command: Command) -> str:
    lines = (command.help or "").splitlines()
    return "\n".join(line.strip() for line in lines if not line.strip().startswith("$ ")).strip()


_ABOUT: Final = (
    "Every command, its arguments (by place) and options; `options` at the top are taken by all. "
    "`changes` says what a command writes: `account` (at gigstack; it takes --dry-run, and --yes "
    "where nobody can be asked), `mirror`, `settings` or `files` of this machine; null reads only. "
    "Under --json stdout is one JSON document, errors included."
)


def _reference(root: Command) -> Iterator[str]:
    from gigstack_sync.cli.app import COMMANDS

    yield from ("# Commands", "", _INTRODUCTION, "")
    for section in dict.fromkeys(e.section for e in COMMANDS.values() if e.section):
        names = [name for name, entry in COMMANDS.items() if entry.section == section]
        links = [f"[{name}](#gigstack-{name})" for name in names]
        yield f"* {section}: {', '.join(links)}"
    yield from ("", "## Options of every command", "", "Besides `--help`, at any place.", "")
    yield from _table(tree.shared_options(root))
    for node in tree.walk():
        yield from _entry(node)


_INTRODUCTION: Final = (
    "Made from the commands themselves; `gigstack --map json` says the same to programs. "
    "Make it anew with:\n\n"
    "```sh\ngigstack --map markdown > gigstack_sync/cli/REFERENCE.md\n```"
)
_CHANGES: Final = {
    "account": "Changes the account at gigstack.",
    "mirror": "Writes the mirror.",
    "settings": "Writes settings of this machine.",
    "files": "Writes files.",
}


def _entry(node: Node) -> Iterator[str]:
    path, command = node
    name = " ".join(("gigstack", *path))
    yield from ("", f"{'#' * min(len(path) + 1, 4)} {name}", "", _prose(command))
    changes = changes_of(command.callback) if _runs(command) else None
    if changes:
        yield from ("", _CHANGES[changes])
    yield from ("", "```sh", *examples_in(command.help), "```")
    if own := tree.own_parameters(command):
        yield ""
        yield from _table(own)


def _table(parameters: Iterable[Parameter]) -> Iterator[str]:
    yield from ("| | |", "|---|---|")
    for parameter in parameters:
        said = [getattr(parameter, "help", None) or ""]
        said += ["Required."] if parameter.required else []
        default = tree.default_of(parameter)
        if default not in (None, False, "", []):
            shown = ",".join(default) if isinstance(default, list) else default
            said += [f"Default: `{shown}`."]
        yield f"| {_named(parameter)} | {_cell(' '.join(filter(None, said)))} |"


def _named(parameter: Parameter) -> str:
    value = parameter.metavar or "|".join(tree.choices_of(parameter))
    if tree.is_argument(parameter):
        return f"`{_cell(value or (parameter.name or '').upper())}`"
    flags = ", ".join(f"`{flag}`" for flag in tree.flags_of(parameter))
    return f"{flags} `{_cell(value)}`" if value else flags


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

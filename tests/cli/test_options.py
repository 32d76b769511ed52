"""The options of every command, before and after it; and the help."""

from __future__ import annotations

import logging
import shlex
from importlib.util import find_spec
from typing import Any

import pytest
import typer

from gigstack_sync.cli.app import COMMANDS, load, root
from gigstack_sync.cli.declare import examples_in
from gigstack_sync.cli.session import Session

LISTED = [n for n, e in COMMANDS.items() if e.section]
NAMES = [n for n in LISTED if find_spec(f"gigstack_sync.cli.{COMMANDS[n].target.split(':')[0]}")]


def present() -> dict[str, Any]:
    """Name and Typer command of each entry of the table."""
    return {name: load(name) for name in NAMES}


def leaves(command: Any, path: tuple[str, ...]) -> dict[tuple[str, ...], Any]:
    """A command and everything below it."""
    found = {path: command}
    for name, child in getattr(command, "commands", {}).items():
        found |= leaves(child, (*path, name))
    return found


def test_what_stands_after_the_command_wins(gigstack: Any) -> None:
    done = gigstack("--team", "before", "config", "--team", "after", "--json")
    assert done.json["team"] == {"value": "after", "origin": "--team"}


@pytest.mark.parametrize("arguments", [["--json", "config"], ["config", "--json"]])
def test_json_from_either_position(gigstack: Any, arguments: list[str]) -> None:
    assert "base_url" in gigstack(*arguments).json


def test_quiet_and_verbose_exclude_each_other(gigstack: Any) -> None:
    assert gigstack("-q", "config", "-v").code == 2


def test_quiet_silences_narration(gigstack: Any) -> None:
    assert gigstack("profiles").err != ""
    assert gigstack("profiles", "-q").err == ""


def test_verbose_is_over_with_its_command(gigstack: Any) -> None:
    gigstack("profiles", "--verbose")
    log = logging.getLogger("gigstack_sync")
    assert [type(h) for h in log.handlers if type(h) is logging.StreamHandler] == []


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_version_is_that_of_the_wheel(gigstack: Any, flag: str) -> None:
    from importlib.metadata import version

    done = gigstack(flag)
    assert (done.code, done.out) == (0, f"gigstack {version('gigstack-sync')}\n")


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_help_groups_the_commands_and_is_plain_text(gigstack: Any, arguments: list[str]) -> None:
    done = gigstack(*arguments)
    assert done.code == 0
    assert all(f"\n{section}:\n" in done.out for section in ("Mirror", "Account", "Development"))
    assert "\x1b" not in done.out
    assert "─" not in done.out


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_and_two_examples_that_parse(name: str) -> None:
    for path, command in leaves(load(name), (name,)).items():
        examples = examples_in(command.help)
        assert len(examples) >= 2, path
        for example in examples:
            parse(example, path)


def parse(example: str, path: tuple[str, ...]) -> None:
    """Parse an example without running it; it must be of the command at `path`."""
    words = shlex.split(example.partition(" < ")[0].partition(" | ")[0].partition(" > ")[0])
    assert words[0] == "gigstack"
    command: Any = root()
    arguments = words[1:]
    context = command.make_context("gigstack", arguments, obj=Session())
    for expected in path:
        name, command, arguments = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        assert name == expected
        context = command.make_context(name, arguments, parent=context)


@pytest.mark.parametrize("name", NAMES)
def test_every_option_has_help(name: str) -> None:
    for path, command in leaves(load(name), (name,)).items():
        silent = [p.name for p in command.params if not (p.help or p.hidden)]
        assert silent == [], path


def test_all_commands_take_the_global_options() -> None:
    for name, command in present().items():
        for path, leaf in leaves(command, (name,)).items():
            flags = {flag for p in leaf.params for flag in p.opts}
            assert {"--json", "--team", "--profile", "--db", "--quiet"} <= flags, path


def test_a_name_without_a_section_works_and_is_not_listed(gigstack: Any) -> None:
    hidden = [n for n, e in COMMANDS.items() if not e.section]
    for name in hidden:
        assert gigstack(name, "--help").code == 0
        assert f"  {name} " not in gigstack("--help").out


def test_the_table_is_made_of_typer_commands() -> None:
    assert all(
        isinstance(c, typer.core.TyperCommand | typer.core.TyperGroup) for c in present().values()
    )

"""Groups of commands derived from the API's typed methods; each is built when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from gigstack_sync.cli.declare import App
from gigstack_sync.cli.operations_parameters import Parameters
from gigstack_sync.cli.operations_run import run
from gigstack_sync.cli.operations_tree import TREE, Branch, Op


def __getattr__(name: str) -> App:
    """The group of that name, such as `clients`; AttributeError when there is none."""
    if name not in TREE:
        raise AttributeError(name)
    return build(name, TREE[name])


def build(path: str, branch: Branch) -> App:
    """A group with its commands and the groups below it."""
    app = App()
    leads = [f"$ gigstack {path} {name} --help" for name in branch.entries]
    about = "\n".join([branch.help, "", *leads[:2]])
    if branch.default:
        listing = f"$ gigstack {path}"
        about = "\n".join([branch.help, "", listing, f"{listing} --limit 100"])
        default = command(path, branch.default)
        app.callback(help=about, invoke_without_command=True)(default)
    else:
        app.callback(help=about)(_nothing)
    for name, entry in branch.entries.items():
        if isinstance(entry, Branch):
            app.add_typer(build(f"{path} {name}", entry), name=name)
        else:
            app.command(name)(command(f"{path} {name}", entry))
    return app


def command(path: str, op: Op) -> Callable[..., None]:
    """One operation as a function that Typer makes a command of."""
    parameters = Parameters.of(op)

    def called(context: typer.Context, **given: Any) -> None:
        if context.invoked_subcommand is None:
            run(context, path, op, parameters.read(given))

    called.__doc__ = "\n".join([op.help or parameters.help, "", *parameters.examples(path)])
    called.__signature__ = parameters.signature()  # type: ignore[attr-defined]
    called.__annotations__ = {}
    return called


def _nothing() -> None:
    """Typer wants a callback to hang the group's help on."""

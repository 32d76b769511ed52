"""Groups of commands derived from the API's typed methods; each is built when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from gigstack_sync.cli.declare import App, changes
from gigstack_sync.cli.operations_op import Branch, Op
from gigstack_sync.cli.operations_parameters import Parameters
from gigstack_sync.cli.operations_run import run
from gigstack_sync.cli.operations_tree import TREE
from gigstack_sync.cli.wizard import GUIDED, Guided


def __getattr__(name: str) -> App:
    """The group of that name, such as `clients`; AttributeError when there is none."""
    if name not in TREE:
        raise AttributeError(name)
    return build(name, TREE[name])


def build(path: str, branch: Branch) -> App:
    """A group with its commands and the groups below it."""
    app = App()
    about = "\n".join([branch.help, "", *_examples(path, branch)])
    if branch.default:
        default = command(path, branch.default)
        app.callback(help=about, invoke_without_command=True)(default)
    else:
        app.callback(help=about)(_nothing)
    for name, entry in branch.entries.items():
        if isinstance(entry, Branch):
            app.add_typer(build(f"{path} {name}", entry), name=name)
        else:
            app.command(name, **_guidance(f"{path} {name}"))(command(f"{path} {name}", entry))
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
    if parameters.is_write or op.files:
        return changes("account" if parameters.is_write else "files")(called)
    return called


def _guidance(path: str) -> dict[str, Any]:
    """The class of a command that asks for what it needs."""
    return {"cls": Guided} if path in GUIDED else {}


def _examples(path: str, branch: Branch) -> list[str]:
    """What the group's first two commands show; the group alone, where it is one of them."""
    ops = [(name, entry) for name, entry in branch.entries.items() if isinstance(entry, Op)][:2]
    if branch.default:
        ops = [("", branch.default), *ops[1:]]
    return [Parameters.of(op).examples(f"{path} {name}".strip())[0] for name, op in ops]


def _nothing() -> None:
    """Typer wants a callback to hang the group's help on."""

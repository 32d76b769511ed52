"""What every derived command does once its arguments are read."""

from __future__ import annotations

from functools import reduce
from typing import Any

import typer

from gigstack_sync.cli.operations_op import Op
from gigstack_sync.cli.operations_parameters import Arguments
from gigstack_sync.cli.session import session_of


def run(context: typer.Context, path: str, op: Op, given: Arguments) -> None:
    """Carry the operation out as its sort asks: a change, files, a list, or one answer."""
    session = session_of(context)
    if given.is_write:
        from gigstack_sync.cli.operations_write import change

        change(session, path, op, given)
    elif op.files:
        from gigstack_sync.cli.operations_files import save_files

        with session.client() as client:
            save_files(session, client, op, given)
    else:
        from gigstack_sync.cli.operations_read import show

        with session.client() as client:
            show(session, method_of(client, op), op, given)


def method_of(client: Any, op: Op) -> Any:
    """The bound method of a client, or of a rehearsal."""
    return reduce(getattr, op.method.split("."), client)

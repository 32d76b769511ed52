"""What every derived command does once its arguments are read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo

import typer

from gigstack_sync.cli.operations_op import Op
from gigstack_sync.cli.operations_parameters import Arguments
from gigstack_sync.cli.session import Session, session_of
from gigstack_sync.errors import UsageError


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
        _read(session, op, given)


def _read(session: Session, op: Op, given: Arguments) -> None:
    """From the mirror where it can answer, else from the API."""
    if given.options.get("jsonl") and session.json:
        raise UsageError("--json and --jsonl exclude each other.")
    given = _in_zone(session, given)
    _refuse_inverted(given)
    if op.records:
        from gigstack_sync.cli.mirror_read import answered

        if answered(session, op, given):
            return
    from gigstack_sync.cli.operations_read import show

    with session.client() as client:
        show(session, method_of(client, op), op, given)


def _in_zone(session: Session, given: Arguments) -> Arguments:
    """Days begin and end on the team's wall clock, wherever that is."""
    zone = ZoneInfo(session.settings.timezone.value)
    named = {
        name: value.replace(tzinfo=zone) if isinstance(value, datetime) else value
        for name, value in given.named.items()
    }
    return replace(given, named=named)


def method_of(client: Any, op: Op) -> Any:
    """The bound method of a client, or of a rehearsal."""
    return reduce(getattr, op.method.split("."), client)


def _refuse_inverted(given: Arguments) -> None:
    """A period that ends before it begins would be an empty list, which says something else."""
    for first, last in (("created_gte", "created_lte"), ("from_", "to")):
        begins, ends = given.named.get(first), given.named.get(last)
        if begins is not None and ends is not None and begins > ends:
            raise UsageError(
                "--to is a day before --from.", hint="For example: --from 2026-01 --to 2026-03"
            )

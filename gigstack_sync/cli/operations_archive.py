"""The files of a whole period; run again, it goes on where it was stopped."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

import typer

from gigstack_sync.cli.language import told, tr
from gigstack_sync.cli.operations_files import save_document, tell
from gigstack_sync.cli.operations_op import Op
from gigstack_sync.cli.operations_parameters import Arguments
from gigstack_sync.cli.operations_show import document
from gigstack_sync.cli.operations_values import KINDS
from gigstack_sync.cli.session import Session
from gigstack_sync.cli.text import clean
from gigstack_sync.errors import ApiError, ExitCode, UsageError

if TYPE_CHECKING:
    from gigstack_sync.api.client import Client


def archive(session: Session, client: Client, op: Op, given: Arguments) -> None:
    """Save the files of every stamped document; exit 3 when some have none that is whole."""
    if given.place:
        raise UsageError("An id and --all exclude each other.")
    saved: list[dict[str, Any]] = []
    failed: list[dict[str, str]] = []
    documents = list(_stamped(client, op, _period(given)))
    for record_id in _counted(session, documents):
        try:
            files = save_document(client, op, given, record_id)
        except ApiError as error:
            failed.append({"id": record_id, "message": error.message})
            session.say(clean(f"{record_id}: {told(error.message)}"))
            continue
        saved += files
        if not session.json:
            tell(files)
    if session.json:
        print(document({"files": saved, "failed": failed}))
    if failed:
        raise typer.Exit(ExitCode.PARTIAL)


def _counted(session: Session, documents: Sequence[str]) -> Iterator[str]:
    """The same, with a bar on a terminal that counts those done."""
    if session.quiet or sys.stderr is None or not sys.stderr.isatty():
        yield from documents
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(
        stderr=True, no_color=session.color is False or None, force_terminal=session.color
    )
    columns = (tr("documents"), BarColumn(24), MofNCompleteColumn(), TimeRemainingColumn())
    # What goes to a pipe stays in the pipe; on the same terminal it is written above the bar.
    with Progress(*columns, console=console, redirect_stdout=session.draws) as progress:
        task = progress.add_task("", total=len(documents))
        for document_id in documents:
            yield document_id
            progress.advance(task)


def _period(given: Arguments) -> dict[str, Any]:
    """Both ends of the period as filters; UsageError without a beginning."""
    first, last = given.options["first"], given.options["last"]
    if not first:
        raise UsageError("--all needs a period.", hint="For example: --from 2026-10 --to 2026-10")
    begin = KINDS["moment"].read("--from", first)
    end = KINDS["moment"].read("--to", last) if last else None
    if end and end < begin:
        raise UsageError(f"The period ends on {end.date()}, before it begins.")
    return {"created_gte": begin, **({"created_lte": end} if end else {})}


def _stamped(client: Client, op: Op, period: dict[str, Any]) -> Iterator[str]:
    """SAT UUIDs of the period's documents; what is not stamped has no files."""
    for name in op.archives:
        collection: Any = reduce(getattr, name.split("."), client)
        for row in collection.iterate(**period):
            if isinstance(row.get("uuid"), str) and row["uuid"]:
                yield row["uuid"]

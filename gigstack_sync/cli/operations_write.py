"""Changes: rehearsed, asked about, sent once, and told as what they became."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from gigstack_sync.cli.mirror_write import bring_in
from gigstack_sync.cli.operations_ask import agree
from gigstack_sync.cli.operations_key import stable_key
from gigstack_sync.cli.operations_op import Op
from gigstack_sync.cli.operations_parameters import Arguments
from gigstack_sync.cli.operations_run import method_of
from gigstack_sync.cli.operations_show import document, show_record
from gigstack_sync.cli.session import Session
from gigstack_sync.errors import (
    ApiError,
    BadAnswer,
    ExitCode,
    GigstackError,
    UnknownOutcome,
    UsageError,
)

if TYPE_CHECKING:
    from gigstack_sync.api.rehearsal import Planned


def change(session: Session, path: str, op: Op, given: Arguments) -> None:
    """Rehearse, which checks everything; then print that, or ask and send."""
    given, key = _with_key(session, path, op, given)
    planned = _rehearsed(session, op, given)
    if given.options["dry_run"]:
        _show_plan(session, planned)
        return
    with session.client() as client:
        agree(session, client, path, planned, given.options, asks=op.asks)
        if op.files:
            from gigstack_sync.cli.operations_files import save_files

            save_files(session, client, op, given)
            return
        try:
            answer = method_of(client, op)(*given.place, **given.named)
        except UsageError:
            raise
        except GigstackError as error:
            error.hint = _advice(error, look(path, op, given.place), key)
            raise
        except KeyboardInterrupt:
            session.say(f"Interrupted: it may have been carried out. {look(path, op, given.place)}")
            raise
        record = answer if isinstance(answer, dict) and answer else _done(given)
        show_answer(session, record)
        bring_in(session, client, op, given.place, record)
    _finish(session, record, given, key)


def _with_key(session: Session, path: str, op: Op, given: Arguments) -> tuple[Arguments, str]:
    """The arguments with an idempotency key, where the operation takes one."""
    if "idempotency_key" not in given.accepts:
        return given, ""
    key = given.named.get("idempotency_key") or stable_key(session, path, given)
    return replace(given, named={**given.named, "idempotency_key": key}), str(key)


def _rehearsed(session: Session, op: Op, given: Arguments) -> Planned:
    """The request as it would go out, each of its values encoded once."""
    import io

    from gigstack_sync.api.body import encoded
    from gigstack_sync.api.rehearsal import Rehearsal

    rehearsal = Rehearsal(team=session.settings.team.value)
    sink = [io.BytesIO()] if op.files else []
    try:
        method_of(rehearsal, op)(*given.place, *sink, **given.named)
    except BadAnswer:  # a rehearsal has no file to give
        if not rehearsal.planned:
            raise
    [planned] = rehearsal.planned
    if planned.body is not None:
        encoded(planned.body)
    return planned


def _show_plan(session: Session, planned: Planned) -> None:
    """The request, as text or as a document."""
    from gigstack_sync.api.body import Form

    body: Any = planned.body
    if isinstance(body, Form):
        sent = {"name": body.file_name, "type": body.content_type, "bytes": len(body.content)}
        body = {"file": sent, **body.fields}
    base = session.settings.base_url.value.rstrip("/")
    shown = {"dry_run": True, "method": planned.method, "url": f"{base}{planned.path}"}
    shown |= {"params": dict(planned.params), "body": body}
    if session.json:
        print(document(shown))
        return
    from urllib.parse import urlencode

    query = f"?{urlencode(planned.params)}" if planned.params else ""
    print(f"{planned.method} {shown['url']}{query}")
    if body is not None:
        print(document(body))
    session.say("Nothing was sent.")


def show_answer(session: Session, record: Mapping[str, Any]) -> None:
    """What the API said of it, as facts or as the one document."""
    if session.json:
        print(document(record), flush=True)
    else:
        show_record(session, record)


def _finish(session: Session, record: Mapping[str, Any], given: Arguments, key: str) -> None:
    """Tell the key that was made up; exit 3 when a part of it failed."""
    if key and "idempotency_key" not in given.given:
        session.chat(f"Idempotency key: {key}. The same command today makes no second one.")
    failed = record.get("failed")
    if isinstance(failed, int) and failed > 0:
        raise typer.Exit(ExitCode.PARTIAL)


def _done(given: Arguments) -> Mapping[str, Any]:
    """What to say where the API says nothing."""
    return {"id": given.place[0] if given.place else None, "done": True}


def _advice(error: GigstackError, where: str, key: str) -> str:
    """What to do next: nothing was done if it was refused; with a key repeat, else look first."""
    is_refused = isinstance(error, ApiError) and 400 <= error.status < 500
    if key and not is_refused:
        again = "The same command today is safe to repeat: it carries the idempotency key"
        return " ".join(filter(None, [error.hint, f"{again} {key}."]))
    if isinstance(error, UnknownOutcome):
        return f"{error.hint} {where}"
    return error.hint


def look(path: str, op: Op, place: Sequence[Any]) -> str:
    """The command that shows what became of it."""
    if op.look:
        return f"Look: gigstack {op.look.format(*place)}"
    group = path.rpartition(" ")[0]
    return f"Look: gigstack {group} {f'get {place[0]}' if place else 'list --limit 5'}"

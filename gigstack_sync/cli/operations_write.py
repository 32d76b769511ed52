"""Changes: rehearsed, asked about, sent once, and told as what they became."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING, Any

import typer

from gigstack_sync.cli.cancellation import sentence, with_acceptance
from gigstack_sync.cli.language import marked, told, tr
from gigstack_sync.cli.lookback import get, look_back
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
    from gigstack_sync.api.client import Client
    from gigstack_sync.api.rehearsal import Planned


@dataclass(frozen=True, slots=True)
class Change:
    """The request, and the key under which it is carried out once; empty where there is none."""

    planned: Planned
    key: str


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
        answer = _sent(session, client, path, op, given, Change(planned, key))
        record = answer if isinstance(answer, dict) and answer else _done(given)
        if op.method == "invoices.cancel":
            record = _with_acceptance(session, client, op, given, record)
        show_answer(session, record)
        bring_in(session, client, op, given.place, record)
    _finish(session, record, given, key)


def _sent(
    session: Session, client: Client, path: str, op: Op, given: Arguments, change: Change
) -> Any:
    """What the API answered; where its answer was lost, what a look afterwards makes certain."""
    where = look(path, op, given.place)
    try:
        return method_of(client, op)(*given.place, **given.named)
    except UsageError:
        raise
    except GigstackError as error:
        error.hint = _advice(error, where, change.key)
        if not isinstance(error, UnknownOutcome):
            raise
        if (record := _looked_back(session, op, given, change, error)) is None:
            raise
        return record
    except KeyboardInterrupt:
        session.say(f"{tr('Interrupted: it may have been carried out.')} {where}")
        raise


def _looked_back(
    session: Session, op: Op, given: Arguments, change: Change, error: UnknownOutcome
) -> Any:
    """The answer in place of the lost one, where that is certain; else None, and a better hint."""
    with session.client(tries=1, deadline=5.0) as client:
        found = look_back(client, op, given.place, change.planned, change.key)
        if found is None:
            return None
        if found.is_certain:
            session.say(f"{told(error.message)} {told(found.text)}")
            return found.record or _done(given)
        error.hint = f"{told(found.text)} {told(error.hint)}"
        if found.record and not given.place:
            bring_in(session, client, op, given.place, found.record)
    return None


def _with_acceptance(
    session: Session, client: Client, op: Op, given: Arguments, record: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The answer, and what SAT still has to accept; a person is told in a sentence."""
    name = str(given.place[0])
    told = with_acceptance(record, lambda: get(client, op, name))
    if not session.json:
        session.say(sentence(told, name))
    return told


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
    session.say(tr("Nothing was sent."))


def show_answer(session: Session, record: Mapping[str, Any]) -> None:
    """What the API said of it, as facts or as the one document."""
    if session.json:
        print(document(record), flush=True)
    else:
        show_record(session, record)


def _finish(session: Session, record: Mapping[str, Any], given: Arguments, key: str) -> None:
    """Tell the key that was made up; exit 3 when a part of it failed."""
    if key and "idempotency_key" not in given.given:
        text = marked("Idempotency key: {key}. The same command today makes no second one.")
        session.chat(tr(text, key=key))
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
        text = marked(
            "The same command today is safe to repeat: it carries the idempotency key {key}."
        )
        return " ".join(filter(None, [told(error.hint), tr(text, key=key)]))
    if isinstance(error, UnknownOutcome):
        return f"{told(error.hint)} {where}"
    return error.hint


def look(path: str, op: Op, place: Sequence[Any]) -> str:
    """The command that shows what became of it."""
    place = [quote(str(each)) for each in place]
    if op.look:
        return tr("Look: gigstack {command}", command=op.look.format(*place))
    group = path.rpartition(" ")[0]
    shown = f"get {place[0]}" if place else "list --limit 5"
    return tr("Look: gigstack {command}", command=f"{group} {shown}")

"""What a command changed is read again and brought into the mirror, so that `list` shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.cli.language import told, tr
from gigstack_sync.cli.operations_op import Op
from gigstack_sync.cli.session import Session
from gigstack_sync.errors import GigstackError, SyncRunning
from gigstack_sync.reports.records import RECORDS

if TYPE_CHECKING:
    from gigstack_sync.api.client import Client
    from gigstack_sync.sync.touch import Name

INVOICES: Final = ("invoices_income", "invoices_egress", "invoices_payment", "invoices_transfer")
_BY_TYPE: Final = dict(zip("IEPT", INVOICES, strict=True))
_LEAVES_AS_IS: Final = frozenset({"add_document", "portal", "preview"})
_MOST: Final = 12
"""Records read again for one change; the next sync sees to the rest."""


def bring_in(
    session: Session, client: Client, op: Op, place: Sequence[Any], answer: Mapping[str, Any]
) -> None:
    """Note the change in the mirror, or say in one line why the next sync will."""
    names = list(named(op, place, answer))[:_MOST]
    if not names:
        return
    from gigstack_sync.store.places import Places
    from gigstack_sync.sync.touch import touch

    settings = session.settings
    places = Places(settings.db.value)
    if not (places.mirror.exists() or places.published.exists()):
        session.say(tr("There is no mirror to show this in; gigstack sync makes one."))
        return
    zone, memory = settings.timezone.value, settings.memory.value
    try:
        done = touch(places, client, names, zone=zone, memory=memory)
    except SyncRunning:
        session.say(tr("A sync is running: the mirror shows this once the next one has ended."))
    except KeyboardInterrupt:
        session.say(tr("The change is made; the mirror shows it after the next sync."))
    except (GigstackError, OSError) as error:
        reason = told(str(error))
        session.say(tr("The mirror shows this after the next sync: {reason}", reason=reason))
    else:
        if done.changed and not done.is_published:
            session.say(tr("The mirror is large: it shows this after the next sync."))


def named(op: Op, place: Sequence[Any], answer: Mapping[str, Any]) -> Iterator[Name]:
    """The records a change concerns: the one it is about, what it made, what its answer names."""
    from gigstack_sync.sync.touch import Name

    streams = streams_of(op)
    if not streams or op.verb in _LEAVES_AS_IS:
        return
    own, made = (str(place[0]) if place else ""), _id_in(answer.get("id"))
    known = {own, *(str(answer.get(name) or "") for name in ("id", "uuid"))}
    if own and (own == made or own != answer.get("uuid") or op.verb == "stamp"):
        yield Name(own, streams, may_be_gone=True)
    if made and made != own:
        made_in = INVOICES if op.verb == "stamp" else streams
        yield Name(made, _likely(made_in, answer.get("invoice_type")))
    for name in dict.fromkeys(_related(answer)):
        if name[0] not in known:
            yield Name(*name)


def streams_of(op: Op) -> tuple[str, ...]:
    """The streams whose records an operation changes; none for what is not mirrored."""
    if op.stem == "invoices":
        return INVOICES
    return (RECORDS[op.stem].stream,) if op.stem in RECORDS else ()


def _related(answer: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, streams in (
        ("payments", ("payments",)),
        ("invoices", INVOICES),
        ("invoice", INVOICES),
        ("invoice_id", INVOICES),
        ("receipts", ("receipts",)),
        ("receipt_id", ("receipts",)),
        ("client", ("clients",)),
    ):
        value = answer.get(name)
        for each in value if isinstance(value, list) else [value]:
            if record_id := _id_in(each):
                yield record_id, streams


def _id_in(value: Any) -> str:
    """An id, from itself or from the record that has it; empty when there is none."""
    if isinstance(value, Mapping):
        value = value.get("id") or value.get("uuid")
    is_id = isinstance(value, str) and value.isprintable() and value not in {".", ".."}
    return str(value) if is_id else ""


def _likely(streams: tuple[str, ...], kind: Any) -> tuple[str, ...]:
    first = _BY_TYPE.get(kind) if isinstance(kind, str) else None
    return tuple(sorted(streams, key=lambda stream: stream != first))

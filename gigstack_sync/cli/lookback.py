"""After an answer was lost: one look at the API, and what it says of the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.cli.mirror_write import INVOICES, streams_of
from gigstack_sync.cli.operations_op import Op
from gigstack_sync.errors import GigstackError, NotFound
from gigstack_sync.reports.records import RECORDS, spellings

if TYPE_CHECKING:
    from gigstack_sync.api.client import Client
    from gigstack_sync.api.rehearsal import Planned

_MAKES: Final = frozenset({"create", "register", "request"})
_NEWEST: Final = 20
_RECENT: Final = 600
"""Seconds within which a record may be the one just made."""
_STATES: Final[Mapping[str, frozenset[str]]] = {
    "cancel": frozenset(spellings("cancelled")),
    "paid": frozenset(spellings("succeeded")),
    "stamp": frozenset({"invoiced", "stamped", "completed"}),
    "reopen": frozenset({"pending", "open"}),
}
"""The state that a change leads to."""
_NOT_KEPT: Final = frozenset(
    {"client", "items", "idempotency_key", "send_email", "emails", "search", "automation_type"}
)
"""What requests say and records do not repeat, or not in the same way."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the look showed. `is_certain`: it was carried out, the record itself says so."""

    text: str
    is_certain: bool = False
    record: Mapping[str, Any] = field(default_factory=dict)


def look_back(
    client: Client, op: Op, place: Sequence[Any], planned: Planned, key: str
) -> Finding | None:
    """One look; None where a look tells nothing, or could not be had."""
    if not streams_of(op):
        return None
    try:
        if place:
            return _by_id(client, op, str(place[0]), planned)
        return _by_trace(client, op, planned, key) if op.verb in _MAKES else None
    except GigstackError:
        return None


def _by_id(client: Client, op: Op, record_id: str, planned: Planned) -> Finding | None:
    record = get(client, op, record_id)
    if record is None:
        if op.verb == "delete":
            return Finding(f"{record_id} is gone: it was carried out.", is_certain=True)
        if op.verb == "stamp":
            return Finding(f"{record_id} is no draft any more, as when it has been stamped.")
        return Finding(f"{record_id} is not there.")
    done = _is_done(op.verb, record, planned)
    if done is None:
        return None
    if done:
        return Finding(f"{record_id} shows it: it was carried out.", True, record)
    state = f" ({record['status']})" if isinstance(record.get("status"), str) else ""
    return Finding(f"{record_id} does not show it now{state}.", record=record)


def get(client: Client, op: Op, record_id: str) -> dict[str, Any] | None:
    """The record as it is now, an invoice whatever its type; None when there is none."""
    stems = [s for s, r in RECORDS.items() if s != "invoices" and r.stream in INVOICES]
    for stem in stems if op.stem == "invoices" else [op.stem]:
        try:
            record = attrgetter(stem)(client).get(record_id)
        except NotFound:
            continue
        return record if isinstance(record, dict) else {}
    return None


def _is_done(verb: str, record: Mapping[str, Any], planned: Planned) -> bool | None:
    """Whether the record is as the change would leave it; None where that does not show."""
    if verb == "delete":
        return False
    if verb == "update":
        sent = planned.body if isinstance(planned.body, dict) else {}
        shown = [name for name in sent if name in record]
        return len(shown) == len(sent) and all(_same(sent[name], record[name]) for name in shown)
    if verb == "cancel" and is_asked(record):
        return True
    states = _STATES.get(verb)
    return None if states is None else str(record.get("status")).lower() in states


def is_asked(record: Mapping[str, Any]) -> bool:
    """Whether SAT has been asked to cancel, and the receiver has not answered yet."""
    cancellation = record.get("cancellation")
    word = cancellation.get("cancellation_status") if isinstance(cancellation, dict) else None
    return isinstance(word, str) and word.lower() == "pending"


def _by_trace(client: Client, op: Op, planned: Planned, key: str) -> Finding:
    """Among the newest records, the one with the key, or one just made of the same."""
    from gigstack_sync.api.moments import epoch_seconds

    page = attrgetter(op.stem)(client).list(limit=_NEWEST)
    now = client.traffic.server_time or 0.0
    body = planned.body if isinstance(planned.body, dict) else {}
    for record in page:
        created = epoch_seconds(record.get("created_at") or record.get("created"))
        age = max(0, int(now - created)) if created is not None else None
        known = f"Found {record.get('id')}" + ("" if age is None else f", created {age} s ago")
        if key and record.get("idempotency_key") == key:
            return Finding(f"{known}, with this key: it was carried out.", record=record)
        if age is not None and age <= _RECENT and _is_of(body, record):
            return Finding(
                f"{known}, with the same contents: it seems to be this one.", record=record
            )
    return Finding("Not there now: it was not carried out, or does not show yet.")


def _is_of(sent: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Whether a record may be what this request made: all that both tell is the same."""
    names = [name for name in sent if name in record and name not in _NOT_KEPT]
    if not all(_same(sent[name], record[name]) for name in names):
        return False
    if "client" in sent and not _is_client(sent["client"], record.get("client")):
        return False
    if "items" in sent and not _are_items(sent["items"], record.get("items")):
        return False
    return bool(names) or "items" in sent


def _is_client(sent: Any, shown: Any) -> bool:
    if not isinstance(sent, dict) or not isinstance(shown, dict):
        return bool(sent == shown)
    search = sent.get("search")
    wanted = dict(sent)
    if isinstance(search, dict) and search.get("on_key"):
        wanted[search["on_key"]] = search.get("on_value")
    names = [name for name in ("id", "tax_id", "email") if wanted.get(name)]
    return bool(names and wanted[names[0]] == shown.get(names[0]))


def _are_items(sent: Any, shown: Any) -> bool:
    if not isinstance(sent, list) or not isinstance(shown, list) or len(sent) != len(shown):
        return False
    return all(
        _same(mine[name], theirs.get(name))
        for mine, theirs in zip(sent, shown, strict=True)
        for name in ("description", "quantity", "unit_price")
        if name in mine
    )


def _same(sent: Any, shown: Any) -> bool:
    """Equal, whatever the record has beside what was sent."""
    if isinstance(sent, dict) and isinstance(shown, dict):
        return all(_same(value, shown.get(name)) for name, value in sent.items())
    if isinstance(sent, list) and isinstance(shown, list):
        return len(sent) == len(shown) and all(map(_same, sent, shown))
    return bool(sent == shown)

"""What SAT still has to accept after a cancellation was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.cli.language import marked, tr
from gigstack_sync.errors import GigstackError
from gigstack_sync.reports.records import spellings

if TYPE_CHECKING:
    from collections.abc import Callable

PENDING: Final = "pending"
ACCEPTED: Final = "accepted"
REJECTED: Final = "rejected"
_WORDS: Final = (
    (REJECTED, ("rech", "reject", "no acept", "not accept")),
    (PENDING, ("pend", "proces", "request")),
    (ACCEPTED, ("acept", "accept", "cancel", "plazo", "expir")),
)
"""Parts of the words that gigstack and SAT use, told apart in this order; silence accepts."""
_SENTENCES: Final = {
    PENDING: marked(
        "SAT: pending. The receiver has three working days to refuse; silence accepts. "
        "Until then the invoice is in force. See: gigstack invoices get {id} --live"
    ),
    ACCEPTED: marked("SAT: accepted. The invoice is cancelled."),
    REJECTED: marked("SAT: rejected. The receiver refused, and the invoice stays in force."),
}


def with_acceptance(
    record: Mapping[str, Any], look: Callable[[], Mapping[str, Any] | None]
) -> dict[str, Any]:
    """The answer with `acceptance`; `look` fetches the invoice where the answer tells nothing."""
    found = acceptance(record)
    if found is None:
        try:
            found = acceptance(look() or {})
        except GigstackError:
            found = None
    return {**record, "acceptance": found}


def acceptance(record: Mapping[str, Any]) -> str | None:
    """pending, accepted or rejected; another word as it came, None where nothing is told."""
    cancellation = record.get("cancellation")
    nested = cancellation.get("cancellation_status") if isinstance(cancellation, dict) else None
    for word in (nested, record.get("cancellation_status")):
        if isinstance(word, str) and word.strip():
            plain = word.strip().lower()
            return next(
                (mean for mean, parts in _WORDS if any(part in plain for part in parts)), word
            )
    is_cancelled = str(record.get("status")).lower() in spellings("cancelled")
    return ACCEPTED if is_cancelled else None


def sentence(record: Mapping[str, Any], name: str) -> str:
    """What a person is told; `name` is the invoice as it was named."""
    found = record["acceptance"]
    if found is None:
        return tr("SAT: nobody says yet. See: gigstack invoices get {id} --live", id=name)
    return tr(_SENTENCES[found], id=name) if found in _SENTENCES else f"SAT: {found}."

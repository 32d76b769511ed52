"""Cursors of lists that come from the mirror: its own, and good for one question only."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from gigstack_sync.errors import UsageError

MARK: Final = "mirror."


def write_cursor(binding: str, at: Any, row_id: str) -> str:
    """Text that leads behind the row with this place in the order, and this id."""
    import msgspec

    text = msgspec.json.encode((binding, at, row_id))
    return MARK + base64.urlsafe_b64encode(text).decode().rstrip("=")


def read_cursor(binding: str, cursor: str) -> tuple[Any, str]:
    """Place in the order and id; UsageError for a cursor of the API, or of another question."""
    import msgspec

    if not is_ours(cursor):
        raise UsageError(
            f"--next {cursor} comes from the API, and this list from the mirror.",
            hint="Go on with the API: --live. Or begin again without --next.",
        )
    text = cursor.removeprefix(MARK)
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        bound, at, row_id = msgspec.json.decode(raw, type=tuple[str, int | str | None, str])
    except (ValueError, msgspec.ValidationError) as error:
        raise UsageError("--next is not a whole cursor.", hint="Copy `next` as it is.") from error
    if bound != binding:
        raise UsageError(
            "--next belongs to another list, or to other filters.",
            hint="Repeat the command of the page before, with --next added.",
        )
    return at, row_id


def is_ours(cursor: str) -> bool:
    """Whether a cursor was made here rather than by the API."""
    return cursor.startswith(MARK)


def binding_of(*question: Mapping[str, Any] | str | bool) -> str:
    """A few letters that differ for different questions."""
    import msgspec

    text = msgspec.json.encode(question, order="deterministic")
    return hashlib.sha256(text).hexdigest()[:8]

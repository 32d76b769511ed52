"""What nobody knows of the real API, as switches: each doubt has a default and its variants.

`--quirk NAME=VALUE` sets one; `describe_quirks()` lists them with their choices.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from gigstack_sync.errors import UsageError


def _choice(*choices: str, about: str) -> Any:
    return field(default=choices[0], metadata={"choices": choices, "about": about})


def _number(default: float, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True)
class Quirks:
    """How this server differs from its siblings; every default is the likeliest reading."""

    canceled_spelling: str = _choice("canceled", "cancelled", about="word for a cancelled row")
    valid_spelling: str = _choice("valid", "stamped", about="word for a stamped invoice")
    timestamps: str = _choice(
        "as_stored", "seconds", "ms", "iso", "firestore", about="form of every *_at"
    )
    receipt_dates: str = _choice(
        "snake", "created", "mixed", "both", about="created_at/valid_until or created/validUntil"
    )
    ids: str = _choice("both", "uuid_only", "same", about="id and uuid of an invoice")
    odd_ids: str = _choice("no", "yes", about="ids with spaces, slashes, % and accents")
    last_next: str = _choice("null", "absent", "empty", about="`next` on the last page")
    has_more: str = _choice("present", "missing", about="the has_more key")
    total: str = _choice(
        "unfiltered", "filtered", "absent", "null", "wrong", "text", about="total_results"
    )
    sat_count: str = _choice("page", "total", about="`count` of the SAT list")
    webhook_envelope: str = _choice("list", "standard", about="standard has no cursor")
    max_limit: int = _number(100, "largest page")
    over_limit: str = _choice("clamp", "refuse", about="a limit above the largest")
    cursor: str = _choice("keyset", "offset", about="what a cursor remembers")
    date_filter: str = _choice(
        "any", "seconds", "ms", "ignored", about="unit of created filters the server knows"
    )
    date_names: str = _choice(
        "both", "brackets", "underscores", about="created[gte] and created_gte"
    )
    sort: str = _choice("honoured", "ignored", about="the sort parameter")
    default_sort: str = _choice("desc", "asc", about="order when none is asked for")
    list_rows: str = _choice("full", "no_items", "subset", about="rows of lists against GET")
    null_rows: int = _number(0, "a null row after every N rows, 0 for none")
    stripe_totals: str = _choice(
        "as_stored", "present", "missing", about="total of Stripe payments"
    )
    tax_numbers: str = _choice("number", "text", about="rate and base of taxes")
    numbers: str = _choice("number", "text", about="all money")
    client_form: str = _choice("object", "id", about="the client inside a row")
    key_order: str = _choice("same", "reversed", about="keys of GET against the list's")
    errors: str = _choice("status", "ok", about="ok: HTTP 200 with success:false")
    error_shape: str = _choice(
        "prose", "object", "code", "message", "standard", about="form of error bodies"
    )
    transfer: str = _choice("present", "missing", about="/invoices/transfer exists")
    sat: str = _choice("active", "forbidden", "refused", about="Descarga Masiva activated")
    auth: str = _choice("any", "bearer", "bare", about="accepted Authorization forms")
    json: str = _choice("compact", "pretty", about="whitespace of bodies")
    escapes: str = _choice("utf8", "unicode", about=r"non-ASCII text as \uXXXX")
    own_team: str = _choice("listed", "absent", about="the key's team in GET /teams")
    files: str = _choice(
        "local", "storage", "base64", "missing", about="what /invoices/{id}/files gives"
    )
    late_seconds: int = _number(0, "simulated seconds before a new row is listed")
    late_requests: int = _number(0, "requests before a row made meanwhile is listed")
    search_lag: int = _number(0, "simulated seconds before a row is found by search")
    hidden: float = _number(0.0, "share of rows lists leave out while GET answers")
    idempotency: str = _choice("honoured", "ignored", about="idempotency keys of writes")
    stamping: str = _choice(
        "at_once", "pending", "late", about="new invoices: pending a while, or 404 at first"
    )
    stamp_seconds: int = _number(5, "seconds until a new invoice is stamped, unless at once")
    cancellation: str = _choice(
        "asks", "at_once", "rejected", about="whether SAT asks the receiver, and the answer"
    )
    cancel_seconds: int = _number(259_200, "seconds until the receiver has answered")
    credits: int = _number(0, "stamps a team has, 0 for no limit")
    draft_update: str = _choice("replace", "merge", about="fields left out of a draft's PUT")
    create_status: int = _number(201, "HTTP status of what was created")
    empty_deletes: str = _choice("no", "yes", about="DELETE answers 204 without a body")
    webhook_events: str = _choice("optional", "required", about="events of a new webhook")
    sat_retry: str = _choice("ok", "rejected", "gateway", about="what retry-xml comes to")
    clock_skew: float = _number(0.0, "seconds added to the Date header")

    def __post_init__(self) -> None:
        for quirk in fields(self):
            _check(quirk.name, getattr(self, quirk.name))

    @classmethod
    def everything(cls) -> Quirks:
        """Every quirk at once that loses no information."""
        return cls(**_EVERYTHING)

    @classmethod
    def worst(cls) -> Quirks:
        """`everything`, with offset cursors, subset rows, no totals and no sorting."""
        return replace(cls.everything(), **_WORST)


_EVERYTHING: dict[str, Any] = {
    "canceled_spelling": "cancelled",
    "valid_spelling": "stamped",
    "timestamps": "firestore",
    "receipt_dates": "created",
    "ids": "uuid_only",
    "odd_ids": "yes",
    "last_next": "empty",
    "has_more": "missing",
    "total": "text",
    "max_limit": 37,
    "default_sort": "asc",
    "null_rows": 7,
    "stripe_totals": "missing",
    "tax_numbers": "text",
    "numbers": "text",
    "client_form": "id",
    "key_order": "reversed",
    "error_shape": "standard",
    "json": "pretty",
    "escapes": "unicode",
    "own_team": "absent",
}
_WORST: dict[str, Any] = {
    "cursor": "offset",
    "list_rows": "subset",
    "total": "wrong",
    "sort": "ignored",
    "date_filter": "ignored",
    "errors": "ok",
    "transfer": "missing",
}
_FIELDS = {quirk.name: quirk for quirk in fields(Quirks)}


def describe_quirks() -> list[tuple[str, str, str, str]]:
    """Name, default, choices (or the kind of number) and meaning of each quirk."""
    return [
        (q.name, str(q.default), _allowed(q.name), q.metadata["about"]) for q in _FIELDS.values()
    ]


def parse_quirk(text: str) -> tuple[str, Any]:
    """Read `name=value`; UsageError names the choices."""
    name, equals, value = text.partition("=")
    if name not in _FIELDS:
        raise UsageError(f"There is no quirk {name!r}.", hint=f"Known: {', '.join(_FIELDS)}")
    if not equals:
        raise UsageError(f"Quirk {name} needs a value.", hint=f"{name}={_allowed(name)}")
    return name, _coerce(name, value)


def parse_quirks(texts: Iterable[str], base: Quirks | None = None) -> Quirks:
    """Apply `name=value` texts to `base`; the word `everything` or `worst` is a preset."""
    quirks = Quirks() if base is None else base
    for text in texts:
        if text in ("everything", "worst"):
            quirks = getattr(Quirks, text)()
        else:
            quirks = replace(quirks, **dict([parse_quirk(text)]))
    return quirks


def _coerce(name: str, value: str) -> Any:
    kind: Any = type(_FIELDS[name].default)
    try:
        coerced = kind(value)
    except ValueError:
        coerced = value
    _check(name, coerced)
    return coerced


def _check(name: str, value: Any) -> None:
    choices = _FIELDS[name].metadata.get("choices")
    wanted: Any = (int, float) if isinstance(_FIELDS[name].default, float) else int
    fits = value in choices if choices else isinstance(value, wanted)
    if not fits:
        raise UsageError(f"Quirk {name} cannot be {value!r}.", hint=f"{name}={_allowed(name)}")


def _allowed(name: str) -> str:
    choices = _FIELDS[name].metadata.get("choices")
    return "|".join(choices) if choices else type(_FIELDS[name].default).__name__.upper()

"""Small changes to old rows anywhere, for comparing a mirror with the truth."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.fiscal.money import cents, money
from gigstack_sync.sandbox.world import World


class Mutation(NamedTuple):
    """What was done to which row."""

    stream: str
    team: str
    id: str
    kind: str


_DELETABLE = ("payments", "receipts", "clients", "services", "invoices_draft", "webhooks")


def mutate(world: World, seed: int, count: int) -> list[Mutation]:
    """Change, delete or bring back `count` rows of any age over all streams that have rows."""
    rng = Random(f"mutate/{seed}")
    with world.lock:
        return [_mutate_one(world, rng, nth) for nth in range(count)]


def _mutate_one(world: World, rng: Random, nth: int) -> Mutation:
    if world.graveyard and rng.random() < 0.05:
        return _bring_back(world, rng)
    team = world.teams[rng.choice(sorted(world.teams))]
    stream = rng.choice(sorted(name for name in _KINDS if len(team[name])))
    collection = team[stream]
    row = collection.row(collection.newest_first()[rng.randrange(len(collection))])
    if stream in _DELETABLE and len(collection) > 1 and rng.random() < 0.2:
        world.graveyard.append((team.id, stream, row))
        collection.delete(row.id)
        return Mutation(stream, team.id, row.id, "deleted")
    kind = rng.choice(_KINDS[stream])
    collection.change(row.id, **_CHANGES[kind](row, nth))
    return Mutation(stream, team.id, row.id, kind)


def _bring_back(world: World, rng: Random) -> Mutation:
    team_id, stream, row = world.graveyard.pop(rng.randrange(len(world.graveyard)))
    world.collection(team_id, stream).add(row, alias=row["uuid"])
    return Mutation(stream, team_id, row.id, "returned")


def _status(row: Row, _nth: int) -> Json:
    return {"status": "canceled" if row["status"] != "canceled" else "valid"}


def _payment_status(row: Row, _nth: int) -> Json:
    return {"status": "refunded" if row["status"] == "succeeded" else "succeeded"}


def _receipt_status(row: Row, _nth: int) -> Json:
    return {"status": "stamped" if row["status"] == "pending" else "pending"}


def _balance(row: Row, nth: int) -> Json:
    left = cents(row["last_balance"] or row["total"])
    return {"last_balance": money(left // 2 + nth), "installments": (row["installments"] or 0) + 1}


def _metadata(_row: Row, nth: int) -> Json:
    return {"metadata": {"touched": nth}}


def _linked(row: Row, nth: int) -> Json:
    return {"payments": [*(row["payments"] or []), f"payment_touched{nth}"]}


def _sat_status(row: Row, nth: int) -> Json:
    gone = row["status"] == "Vigente"
    return {
        "status": "Cancelado" if gone else "Vigente",
        "cancellation_date": row["issue_date"] if gone else None,
        "updated_at": row["updated_at"] + 1 + nth,
    }


def _draft(row: Row, nth: int) -> Json:
    return {"invoice_pdf_notes": f"nota {nth}", "updated_at": row["updated_at"] + 1 + nth}


_CHANGES: dict[str, Callable[[Row, int], Json]] = {
    "status": _status,
    "payment status": _payment_status,
    "receipt status": _receipt_status,
    "balance": _balance,
    "metadata": _metadata,
    "linked": _linked,
    "SAT status": _sat_status,
    "edited": _draft,
    "renamed": lambda _row, nth: {"name": f"Renombrada Ñ {nth}"},
    "re-addressed": lambda _row, nth: {"email": f"nuevo{nth}@ejemplo.mx"},
    "repriced": lambda _row, nth: {"unit_price": money(12_345 + nth)},
    "described": lambda _row, nth: {"description": f"cambio {nth}"},
}
_DOCUMENT = ("status", "metadata", "linked")
_KINDS: dict[str, tuple[str, ...]] = {
    "invoices_income": (*_DOCUMENT, "balance"),
    "invoices_egress": _DOCUMENT,
    "invoices_payment": _DOCUMENT,
    "invoices_transfer": _DOCUMENT,
    "invoices_draft": ("edited",),
    "invoices_sat": ("SAT status",),
    "payments": ("payment status", "metadata"),
    "receipts": ("receipt status", "metadata"),
    "clients": ("renamed", "re-addressed", "metadata"),
    "services": ("repriced", "described"),
    "webhooks": ("described",),
    "teams": ("renamed",),
    "users": ("renamed",),
}

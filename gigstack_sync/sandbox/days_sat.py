"""The nightly mass download: what the SAT knows of us, late and not always the same."""

from __future__ import annotations

from gigstack_sync.sandbox import business_calendar as calendar
from gigstack_sync.sandbox.collection import Row
from gigstack_sync.sandbox.days_shop import DAY, HOUR, Shop
from gigstack_sync.sandbox.fiscal.cfdi import Cfdi
from gigstack_sync.sandbox.fiscal.identity import fiscal_uuid
from gigstack_sync.sandbox.fiscal.sat import Facts, Sighting, sight

_RECEIVED_PER_ISSUED = 0.3
_KINDS = ("I", "I", "I", "I", "I", "I", "P", "P", "E")


def nightly(shop: Shop, at: int) -> None:
    """Download what was stamped up to a few hours ago; comes again tomorrow."""
    waiting, shop.team.unseen_by_sat = shop.team.unseen_by_sat, []
    for document in waiting:
        _download(shop, at, document)
    cancelled, shop.team.cancelled_at_sat = shop.team.cancelled_at_sat, []
    for uuid, when in cancelled:
        if not shop.chance(0.03):  # some cancellations never reach the SAT
            _turn_cancelled(shop, at, uuid, calendar.local_text(when))
    shop.later(at + DAY, nightly)


def _download(shop: Shop, at: int, document: Row) -> None:
    source = document.source
    if not isinstance(source, Cfdi):
        return
    dice = shop.rng.random()
    if source.issued > at - 6 * HOUR or dice > 0.94:
        shop.team.unseen_by_sat.append(document)  # the SAT lags, by three days at worst
        return
    if dice > 0.05:
        _add(shop, at, sight(source, calendar.local_text(source.issued)), source.issued)
    elif dice > 0.004:
        off_by = 1 + int(dice * 30_000) % 300 if dice < 0.008 and source.kind != "P" else 0
        facts = sight(source, calendar.local_text(source.issued), off_by=off_by)
        _add(shop, at, facts, source.issued)
        if 0.008 <= dice < 0.0095:
            shop.later(at + 20 * DAY, _cancel_at_sat, source.uuid)
    if shop.chance(_RECEIVED_PER_ISSUED):
        _receive(shop, at, "received")
    elif shop.chance(0.002):
        _receive(shop, at, "issued")  # somebody stamps with our seal elsewhere


def _add(shop: Shop, at: int, facts: Facts, issued: float) -> Row:
    offset = calendar.behind_utc(calendar.on(calendar.day_of(issued)))
    row = Row(facts[0], int(issued) - offset, Sighting(facts, at))
    dice = shop.rng.random()
    if dice < 0.006:
        row.state = {"has_xml": False, "resource_status": "building"}
        shop.later(at + DAY, _fetch_xml, row.id)
    elif dice < 0.008:
        row.state = {"has_xml": False, "resource_status": "error", "xmlError": "timeout"}
    shop.team["invoices_sat"].add(row)
    shop.tally["SAT rows"] += 1
    return row


def _fetch_xml(shop: Shop, at: int, row_id: str) -> None:
    if row_id in shop.team["invoices_sat"]:
        shop.team["invoices_sat"].change(
            row_id, has_xml=True, resource_status="ready", updated_at=at * 1000
        )


def _receive(shop: Shop, at: int, direction: str) -> None:
    rng = shop.rng
    tax_id, name = shop.suppliers[int(len(shop.suppliers) * rng.random() ** 2)]
    us = shop.team.profile["tax_id"], shop.team.profile["legal_name"]
    parties = (tax_id, name, *us) if direction == "received" else (*us, tax_id, name)
    kind = _KINDS[int(rng.random() * len(_KINDS))] if direction == "received" else "I"
    issued = at - 8 * HOUR - int(rng.random() * 30 * HOUR)
    subtotal = 5_000 + int(rng.paretovariate(1.1) * 30_000) % 90_000_000
    total = subtotal + (subtotal * 16 + 50) // 100 if rng.random() < 0.9 else subtotal
    currency = "USD" if rng.random() < 0.06 else "MXN"
    amounts = subtotal, total, currency, shop.rate(at, currency)
    if kind == "P":
        amounts = 0, 0, "XXX", 10_000
    number = rng.choice(("F", "A", "")), str(rng.randrange(1, 90_000))
    text = calendar.local_text(issued)
    facts = fiscal_uuid(rng), direction, parties, kind, number, amounts, text
    _add(shop, at, facts, issued)
    if rng.random() < 0.03:
        shop.later(at + int(rng.random() * 60) * DAY, _cancel_at_sat, facts[0])


def _cancel_at_sat(shop: Shop, at: int, uuid: str) -> None:
    _turn_cancelled(shop, at, uuid, calendar.local_text(at - 5 * HOUR))


def _turn_cancelled(shop: Shop, at: int, uuid: str, when: str) -> None:
    mirror = shop.team["invoices_sat"]
    if uuid in mirror and mirror.row(uuid)["status"] == "Vigente":
        mirror.change(uuid, status="Cancelado", cancellation_date=when, updated_at=at * 1000)
        shop.tally["SAT rows cancelled"] += 1

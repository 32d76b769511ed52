"""The office: clients move, prices rise, drafts come and go."""

from __future__ import annotations

from gigstack_sync.sandbox.business_names import CITIES
from gigstack_sync.sandbox.business_people import snapshot
from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.days_shop import DAY, Shop
from gigstack_sync.sandbox.fiscal import rules
from gigstack_sync.sandbox.fiscal.money import money


def arrive(shop: Shop, at: int) -> None:
    """Welcome a new customer."""
    shop.welcome(at)
    shop.tally["clients new"] += 1


def edit_client(shop: Shop, _at: int) -> None:
    """Change a client's record; documents issued before keep what they say."""
    customer = shop.customers[int(len(shop.customers) * shop.rng.random())]
    code, city, state = shop.rng.choice(CITIES)
    dice = shop.rng.random()
    if dice < 0.5:
        address = {**customer.sheet["address"], "zip": code, "city": city, "state": state}
        fields: Json = {"address": address}
    elif dice < 0.8:
        fields = {"email": f"pagos{shop.rng.randrange(1000)}@ejemplo.mx"}
    else:
        fields = {"metadata": {**(customer.sheet["metadata"] or {}), "vip": True}}
    customer.sheet = {**customer.sheet, **fields}
    customer.snapshot = snapshot(customer.sheet)
    if customer.sheet["id"] in shop.team["clients"]:
        shop.team["clients"].change(customer.sheet["id"], **fields)
        shop.tally["clients edited"] += 1


def delete_client(shop: Shop, _at: int) -> None:
    """Delete the record of the customer who buys least."""
    if len(shop.customers) > 20:
        customer = shop.customers.pop()
        if customer.sheet["id"] in shop.team["clients"]:
            shop.team["clients"].delete(customer.sheet["id"])
            shop.tally["clients deleted"] += 1


def edit_service(shop: Shop, _at: int) -> None:
    """Raise a price by 3 %; lines sold before keep theirs."""
    good = shop.goods[int(len(shop.goods) * shop.rng.random())]
    good.price = good.price * 103 // 1000 * 10
    if good.service["id"] in shop.team["services"]:
        shop.team["services"].change(good.service["id"], unit_price=money(good.price))
        shop.tally["services edited"] += 1


def draft(shop: Shop, at: int) -> None:
    """Write a draft; it will be edited, stamped, thrown away, or forgotten."""
    row = rules.save_draft(shop.team, "I", shop.order(shop.any_customer(), at), at + 0.576)
    shop.tally["drafts"] += 1
    dice = shop.rng.random()
    if dice < 0.7:
        shop.later(shop.in_days(at, dice * 10), _edit_draft, row.id)
    if dice < 0.6:
        shop.later(shop.in_days(at, 1 + dice * 20), _stamp_draft, row.id)
    elif dice < 0.92:
        shop.later(shop.in_days(at, 1 + dice * 30), _delete_draft, row.id)


def _edit_draft(shop: Shop, at: int, draft_id: str) -> None:
    if draft_id in shop.team["invoices_draft"]:
        order = shop.order(shop.any_customer(), at)
        rules.edit_draft(shop.team, draft_id, order, at + 0.123)
        shop.tally["drafts edited"] += 1


def _stamp_draft(shop: Shop, at: int, draft_id: str) -> None:
    if draft_id in shop.team["invoices_draft"] and shop.room():
        rules.stamp_draft(shop.team, draft_id, at)
        shop.tally["drafts stamped"] += 1
        shop.tally["invoices"] += 1


def _delete_draft(shop: Shop, _at: int, draft_id: str) -> None:
    if draft_id in shop.team["invoices_draft"]:
        shop.team["invoices_draft"].delete(draft_id)
        shop.tally["drafts deleted"] += 1


def plan_day(shop: Shop, morning: int, hours: float, sales: int) -> None:
    """Put a day's office work on the agenda: a slice of `hours` that brings `sales`."""
    end = hours * 3600
    rate = hours / 24
    for act, mean in (
        (draft, 0.05 * sales + 0.01 * rate),
        (edit_client, 0.6 * rate + 0.01 * sales),
        (edit_service, 0.08 * rate),
        (delete_client, 0.05 * rate),
        (arrive, shop.arrivals * rate),
    ):
        times = int(mean) + shop.chance(mean % 1)
        for _ in range(times):
            shop.later(morning + shop.rng.random() * min(end, DAY), act)

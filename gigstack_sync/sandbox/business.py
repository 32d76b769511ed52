"""A Mexican business with years of invoices behind it, drawn from a seed."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from gigstack_sync.sandbox import business_calendar as calendar
from gigstack_sync.sandbox.business_team import equip
from gigstack_sync.sandbox.collection import Row
from gigstack_sync.sandbox.days import Days, expected_sales, pass_time
from gigstack_sync.sandbox.days_receipts import end_of_month, import_receipts
from gigstack_sync.sandbox.days_sales import sell, slow_stamp
from gigstack_sync.sandbox.days_sat import nightly
from gigstack_sync.sandbox.days_shop import DAY, HOUR, Shop
from gigstack_sync.sandbox.days_upkeep import arrive
from gigstack_sync.sandbox.world import World

FOUNDED_AT = 1_795_197_600  # 2026-11-20T18:00:00Z, noon in Mexico City
_SUBSCRIBED = 1_000  # invoices from which a business has monthly subscriptions
_BIG = 20_000  # invoices from which a business imports slips in bulk


def found_business(
    *,
    seed: int = 1,
    invoices: int = 2000,
    months: int = 36,
    now: int | None = None,
    connect_teams: int = 2,
) -> World:
    """Found an account whose own team issued `invoices` income CFDIs in `months` until `now`."""
    world = World(seed=seed, now=FOUNDED_AT if now is None else now, own_team="team_own")
    shops = []
    with _no_garbage():
        for place in range(connect_teams + 1):
            share = invoices if place == 0 else min(max(invoices // 40, 30), 400)
            shops.append(_found(world, place, share, months))
    world.life = Days(shops)
    return world


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Spare the collector: millions of objects are made to stay, and none is in a cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # else each later collection would walk them all: seconds
        atexit.register(gc.unfreeze)  # or native modules report everything alive as leaked
        if was_on:
            gc.enable()


def _found(world: World, place: int, invoices: int, months: int) -> Shop:
    rng = Random(f"{world.seed}/{place}")
    today = calendar.on(calendar.day_of(world.now))
    start = calendar.midnight(calendar.number(calendar.months_before(today, months)))
    team = equip(world, place, rng, start)
    shop = Shop(team, rng, start)
    _people(shop, invoices, world.now)
    _scale(shop, invoices, world.now)
    _standing_appointments(shop, invoices, world.now)
    shop.ceiling = invoices
    pass_time(shop, world.now)
    while shop.room():  # what the global invoices and corrections of the last day left over
        sell(shop, world.now)
    shop.ceiling, shop.due = None, float(invoices)
    _leave_one_unstamped(shop, world.now)
    shop.tally.clear()
    return shop


def _people(shop: Shop, invoices: int, now: int) -> None:
    customers = min(max(invoices // 20, 12), 2500)
    early = max(customers * 2 // 5, 8)
    for place in range(early):
        shop.welcome(shop.clock - 30 * DAY + place * 997)
    days = max((now - shop.clock) / DAY, 1)
    shop.arrivals = (customers - early) / days
    if customers < 60:
        for _ in range(customers - early):  # a small business meets everybody early
            shop.later(shop.clock + shop.rng.random() * min(days, 60) * DAY, arrive)
        shop.arrivals = 0.02


def _scale(shop: Shop, invoices: int, now: int) -> None:
    first, last = shop.first_day, calendar.day_of(now)
    shop.growing_days = max(last - first, 1)
    shop.scale = 1.0
    ends = [calendar.midnight(day + 1) for day in range(first, last)] + [now]
    starts = [shop.clock, *ends[:-1]]
    shop.scale = invoices / sum(map(expected_sales, [shop] * len(ends), starts, ends))


def _standing_appointments(shop: Shop, invoices: int, now: int) -> None:
    first = calendar.on(shop.first_day)
    month_end = calendar.midnight(calendar.number(calendar.next_month(first))) - 60
    shop.later(month_end, end_of_month)
    shop.later(shop.clock + 9 * HOUR + 10 * 60, nightly)
    if invoices >= _SUBSCRIBED:
        shop.later(month_end + 60 + 9 * HOUR, subscriptions)
    else:
        shop.later((shop.clock + now) // 2, invoice_together)
    if invoices >= _BIG:
        for age in (0.6, 0.97):
            shop.later(shop.clock + int((now - shop.clock) * age), import_receipts)


def invoice_together(shop: Shop, at: int) -> None:
    """Issue a few invoices in one second."""
    for _ in range(4):
        if shop.room():
            sell(shop, at)


def subscriptions(shop: Shop, at: int) -> None:
    """Invoice the monthly subscriptions together; comes again next month."""
    invoice_together(shop, at)
    month = calendar.next_month(calendar.on(calendar.day_of(at)))
    shop.later(calendar.midnight(calendar.number(month)) + 9 * HOUR, subscriptions)


def _leave_one_unstamped(shop: Shop, now: int) -> None:
    income = shop.team["invoices_income"]
    for row_id in income.newest_first()[:20]:
        row: Row = income.row(row_id)
        if row["status"] == "valid" and row["last_balance"] is None and not row["invoices"]:
            slow_stamp(shop, now, row, 3 * HOUR)
            return

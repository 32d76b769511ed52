"""Time goes by: every day brings sales, slips, links, office work, and what was on the agenda."""

from __future__ import annotations

from gigstack_sync.sandbox import business_calendar as calendar
from gigstack_sync.sandbox.collection import Row
from gigstack_sync.sandbox.days_receipts import ring_up
from gigstack_sync.sandbox.days_sales import ask, sell
from gigstack_sync.sandbox.days_shop import Shop
from gigstack_sync.sandbox.days_upkeep import plan_day

_LINKS_PER_SALE = 0.1
_SLIPS_PER_SALE = 0.3


class Days:
    """The companies of a world, living side by side. Holds no reference back to the world."""

    def __init__(self, shops: list[Shop]) -> None:
        self.shops = shops

    def live(self, until: int) -> dict[str, int]:
        """Live until a moment (epoch s); counts per kind of event over all companies."""
        totals: dict[str, int] = {}
        for shop in self.shops:
            shop.tally.clear()
            pass_time(shop, until)
            for kind, count in shop.tally.items():
                totals[kind] = totals.get(kind, 0) + count
        return dict(sorted(totals.items()))


def pass_time(shop: Shop, until: int) -> None:
    """Live from the shop's clock until a moment, one local day at a time."""
    while shop.clock < until:
        end = min(calendar.midnight(calendar.day_of(shop.clock) + 1), until)
        _live_slice(shop, shop.clock, end)


def expected_sales(shop: Shop, start: int, end: int) -> float:
    """Invoices to be issued in a slice of one local day; a fraction is kept for later."""
    day = calendar.day_of(start)
    progress = min((day - shop.first_day) / shop.growing_days, 1.2)
    low, high = _shares(day, start, end)
    return shop.scale * calendar.busyness(day, progress) * (high - low)


def _shares(day: int, start: int, end: int) -> tuple[float, float]:
    dawn = calendar.midnight(day)
    return calendar.share_by(start - dawn), calendar.share_by(end - dawn)


def _live_slice(shop: Shop, start: int, end: int) -> None:
    shop.due += expected_sales(shop, start, end)
    target = int(shop.due + 1e-6)
    income = shop.team["invoices_income"]
    sales = max(0, target - len(income))
    plan_day(shop, start, (end - start) / 3600, sales)
    low, high = _shares(calendar.day_of(start), start, end)
    dawn = calendar.midnight(calendar.day_of(start))
    shares = sorted([low + (high - low) * shop.rng.random() for _ in range(sales)])
    for share in shares:
        shop.happen_until(max(dawn + calendar.second_at(share), start))
        _serve(shop, shop.clock, selling=len(income) < target)
    shop.happen_until(end)


def _serve(shop: Shop, at: int, *, selling: bool) -> Row | None:
    if shop.chance(_SLIPS_PER_SALE):
        ring_up(shop, at)
    if shop.chance(_LINKS_PER_SALE):
        ask(shop, at)
    return sell(shop, at) if selling and shop.room() else None

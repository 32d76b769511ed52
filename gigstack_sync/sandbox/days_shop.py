"""The workings of one simulated company: its people, its agenda, its dice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from heapq import heappop, heappush
from math import sin
from random import Random
from typing import Any, Concatenate, ParamSpec

from gigstack_sync.sandbox import business_calendar as calendar
from gigstack_sync.sandbox.business_people import Customer, Good, meet, stock, supplier
from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.fiscal.cfdi import Line, Order
from gigstack_sync.sandbox.fiscal.identity import FOREIGN
from gigstack_sync.sandbox.fiscal.money import half_up
from gigstack_sync.sandbox.world import Team

P = ParamSpec("P")
HOUR, DAY = 3600, 86_400

_LINES = (1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5)
_CONDITIONS = ("{} días", "Crédito a {} días", "Net {}", "Pago a {} días.")


class Shop:
    """A team with an agenda of things to come. Acts are functions of (shop, at, …)."""

    def __init__(self, team: Team, rng: Random, start: int) -> None:
        self.team = team
        self.rng = rng
        self.clock = start  # epoch seconds up to which everything has happened
        self.first_day = calendar.day_of(start)
        self.growing_days = 1  # days it took to grow to the size of today
        self.scale = 0.0  # invoices per unit of busyness
        self.due = 0.0  # invoices that should exist by now
        self.ceiling: int | None = None  # while founding: how many invoices there may be
        self.arrivals = 0.0  # new customers a day
        self.tally: Counter[str] = Counter()
        self.till: list[Row] = []  # receipts that wait for the global invoice
        self.promised: dict[str, int] = {}  # cents paid on an invoice, complement to come
        self._agenda: list[Any] = []  # heap of (at, entry, act, arguments)
        self._entries = 0
        self.goods: list[Good] = stock(rng, start, team.id)
        for good in self.goods:
            team["services"].put(good.service)
        self.suppliers = [supplier(rng) for _ in range(24)]
        self.customers: list[Customer] = []

    def later(
        self,
        at: float,
        act: Callable[Concatenate[Shop, int, P], None],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Put an act on the agenda; what is planned for the past happens next."""
        self._entries += 1
        assert not kwargs  # the agenda keeps positional arguments only
        heappush(self._agenda, (int(at), self._entries, act, args))

    def happen_until(self, moment: int) -> None:
        """Do what is on the agenda up to a moment, unless a row it is about is gone."""
        agenda = self._agenda
        while agenda and agenda[0][0] <= moment:
            at, _, act, args = heappop(agenda)
            self.clock = max(self.clock, at)
            if not any(type(arg) is Row and arg.gone for arg in args):
                act(self, self.clock, *args)
        self.clock = max(self.clock, moment)

    def chance(self, probability: float) -> bool:
        """Throw the dice."""
        return self.rng.random() < probability

    def opening(self, day: int) -> int:
        """Draw a moment in the business hours of the local day, or of the Monday after."""
        return calendar.midnight(calendar.workday(day)) + calendar.second_at(self.rng.random())

    def in_days(self, at: int, days: float) -> int:
        """Draw a moment in business hours about so many days after `at`, never before it."""
        if days < 0.5:
            return at + int(days * DAY)
        return max(self.opening((at - 6 * HOUR) // DAY + int(days + 0.5)), at + 60)

    def room(self) -> bool:
        """Tell whether one more income invoice may be issued."""
        return self.ceiling is None or len(self.team["invoices_income"]) < self.ceiling

    def welcome(self, at: int) -> Customer:
        """Make a new customer."""
        customer = meet(self.rng, len(self.customers), at, self.team.id)
        customer.sheet["owner"] = self.team.owner
        self.customers.append(customer)
        self.team["clients"].put(customer.sheet)
        return customer

    def any_customer(self) -> Customer:
        """Pick a customer; the early ones buy most, the general public is not among them."""
        return self.customers[1 + int((len(self.customers) - 1) * self.rng.random() ** 1.8)]

    def rate(self, at: int, currency: str) -> int:
        """Ten-thousandths of MXN per unit of currency on the day of `at`."""
        day = at // DAY
        wave = 178_000 + 9_000 * sin(day / 97) + 3_500 * sin(day / 23) + 1_234 * sin(day * 1.7)
        return 10_000 if currency == "MXN" else int(wave)

    def order(self, customer: Customer, at: int) -> Order:
        """Draw what a customer orders; paid at once by transfer unless said otherwise."""
        rng = self.rng
        rate = self.rate(at, customer.currency)
        lines = tuple([self._line(customer, rate) for _ in range(rng.choice(_LINES))])
        order = Order(customer.snapshot, lines, customer.currency, rate, customer.sheet["use"])
        dice = rng.random()
        if dice < 0.28:
            order.extras = {"metadata": {"order_id": f"ORD-{rng.randrange(10**7)}"}}
        elif dice < 0.30:
            order.extras = {"metadata": None}
        elif dice < 0.31:
            order.extras = {"metadata": {"sucursal": "Mérida ñ", "nota": "año 🧾", "vip": True}}
        order.text_rates = dice > 0.97
        order.series = "B" if customer.currency == "USD" else "A"
        return order

    def on_credit(self, order: Order, terms: int) -> None:
        """Turn an order into one to be paid later."""
        order.method, order.form = "PPD", "99" if self.rng.random() > 0.003 else "03"
        if terms:
            words = _CONDITIONS[self.rng.randrange(len(_CONDITIONS))].format(terms)
            order.extras = {**order.extras, "payment_conditions": words}

    def _line(self, customer: Customer, rate: int) -> Line:
        rng = self.rng
        good = self.goods[int(len(self.goods) * rng.random())]
        dice = rng.random()
        price = good.price if dice < 0.5 else good.price * (800 + int(dice * 400)) // 10_000 * 10
        price = max(half_up(price * 10_000, rate), 1)
        levies = good.levies
        if levies in ("flete", "honorarios") and not customer.company:
            levies = "iva16"
        if customer.sheet["tax_id"] == FOREIGN:
            levies = "iva0"
        tenths = self._quantity(good.service, price)
        discount = 0
        if dice > 0.94:
            discount = half_up(half_up(tenths * price, 10) * (5, 10, 15)[int(dice * 1000) % 3], 100)
        return Line(good.service, tenths, price, discount, levies)

    def _quantity(self, service: Json, price: int) -> int:
        dice = self.rng.random()
        if service["unit_key"] in ("HUR", "KGM") and price % 10 == 0:
            return 5 + int(dice * 195)
        if dice < 0.62:
            return 10
        bulk = service["unit_key"] == "H87" and dice > 0.9
        return 10 * (10 + int((dice - 0.9) * 400) if bulk else 2 + int((dice - 0.62) * 14))

"""The forecast beside the official formula on invented businesses of different shapes.

`python tests/bench/forecast_backtest.py [--seeds N] [--first SEED]`. Every business is a mirror of
its own: credit and cash sales, clients with habits, complements and payments. Both methods see
the same past, all of it, through `gigstack forecast --backtest`.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
from subjects import Setting
from table import show

from gigstack_sync.reports import Cut, apply
from gigstack_sync.reports.forecast_backtest import Score, backtest
from gigstack_sync.store.columns import BOOKKEEPING, insert_batch, kept, load_texts
from gigstack_sync.store.derive import refresh
from gigstack_sync.store.schema_page import blank_database

END = date(2026, 11, 30)
SEEDS = 6
Json = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """What a month is expected to bring, given its number from the first; 100 is usual."""

    name: str
    months: int
    level: Callable[[random.Random], Callable[[int], float]]
    invoices: float = 40.0
    """A month, on average."""
    spread: float = 0.9
    """Of an amount, as the deviation of its logarithm."""


def _steady(_: random.Random) -> Callable[[int], float]:
    return lambda _month: 100.0


def _growing(rng: random.Random) -> Callable[[int], float]:
    rate = rng.uniform(0.015, 0.05)
    return lambda month: 100 * (1 + rate) ** month


def _shrinking(rng: random.Random) -> Callable[[int], float]:
    rate = rng.uniform(0.01, 0.03)
    return lambda month: 300 * (1 - rate) ** month


def _seasonal(rng: random.Random) -> Callable[[int], float]:
    height, phase = rng.uniform(0.25, 0.6), rng.uniform(0, 12)
    return lambda month: 100 * (1 + height * math.sin(2 * math.pi * (month + phase) / 12))


def _shifting(rng: random.Random) -> Callable[[int], float]:
    breaks = {rng.randrange(4, 36): rng.choice((0.6, 1.5)) for _ in range(2)}
    return lambda month: 100 * math.prod(f for at, f in breaks.items() if month >= at)


SHAPES = (
    Shape("steady", 30, _steady),
    Shape("growing", 30, _growing),
    Shape("shrinking", 30, _shrinking),
    Shape("seasonal", 42, _seasonal),
    Shape("shifting", 36, _shifting),
    Shape("lumpy", 30, _steady, invoices=2.0, spread=1.2),
    Shape("short", 8, _growing),
)


@dataclass
class Client:
    """Who buys, and when this one pays: days after issue, and how often never."""

    id: str
    days: float
    steadiness: float
    never: float
    terms: int
    weight: float


@dataclass
class Books:
    """The records of one business, as the API would send them."""

    invoices: list[Json] = field(default_factory=list)
    complements: list[Json] = field(default_factory=list)
    payments: list[Json] = field(default_factory=list)


def invent(shape: Shape, seed: int) -> Books:
    """A business from its first month until END."""
    rng = random.Random(f"{shape.name} {seed}")
    clients = [_client(rng, n) for n in range(rng.randint(8, 30))]
    level, books = shape.level(rng), Books()
    first = END.year * 12 + END.month - shape.months
    for month in range(shape.months):
        start = date((first + month) // 12, (first + month) % 12 + 1, 1)
        mood = math.exp(rng.gauss(0, 0.08))
        for _ in range(_poisson(rng, shape.invoices * mood)):
            share = level(month) / 100
            amount = 5000 * share * math.exp(rng.gauss(0, shape.spread))
            _sell(books, rng, _business_day(rng, start), amount, clients)
    return books


def _client(rng: random.Random, number: int) -> Client:
    return Client(
        f"client_{number}",
        days=rng.choice((8, 20, 32, 45, 70)) * rng.uniform(0.8, 1.2),
        steadiness=rng.uniform(0.15, 0.6),
        never=rng.choice((0, 0, 0.01, 0.04, 0.15)),
        terms=rng.choice((0, 0, 15, 30)),
        weight=rng.random() ** 2 + 0.05,
    )


def _poisson(rng: random.Random, mean: float) -> int:
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count, product = count + 1, product * rng.random()
    return count


def _business_day(rng: random.Random, start: date) -> date:
    length = ((start + timedelta(31)).replace(day=1) - start).days
    while True:
        day = start + timedelta(rng.randrange(length))
        if day.weekday() < 5 or rng.random() < 0.1:
            return day


def _sell(
    books: Books, rng: random.Random, day: date, amount: float, clients: Sequence[Client]
) -> None:
    client = rng.choices(clients, [c.weight for c in clients])[0]
    total, number = round(max(amount, 50), 2), len(books.invoices) + 1
    uuid = f"{number:08X}-0000-4000-A000-000000000000"
    on_credit = rng.random() < 0.65
    invoice: Json = {
        "id": f"invoice_{number}",
        "uuid": uuid,
        "invoice_type": "I",
        "status": "valid",
        "client": {"id": client.id, "name": client.id, "tax_id": f"ABC{client.id[7:]:0>9}"},
        "created_at": _epoch(day),
        "currency": "MXN",
        "exchange_rate": 1,
        "total": total,
        "payment_method": "PPD" if on_credit else "PUE",
        "payment_conditions": f"{client.terms} días" if client.terms else None,
        "stamp": {"stamp_at": _epoch(day)},
    }
    if on_credit:
        invoice["last_balance"] = total
    books.invoices.append(invoice)
    if not on_credit:
        _receive(books, day, total)
    elif rng.random() >= client.never:
        _collect(books, rng, invoice, day, client)


def _collect(books: Books, rng: random.Random, invoice: Json, day: date, client: Client) -> None:
    """One payment, or two for one invoice in ten, each with its complement."""
    parts = 2 if rng.random() < 0.1 else 1
    owed, at = invoice["total"], day
    for part in range(parts):
        late = math.exp(rng.gauss(0, client.steadiness))
        at += timedelta(max(1, round(client.days * late / (part + 1))))
        if at > END:
            return
        paid = round(owed / 2, 2) if parts - part == 2 else owed
        _receive(books, at, paid)
        _complement(books, invoice, at, (part + 1, owed, paid))
        owed = round(owed - paid, 2)
        invoice["last_balance"], invoice["installments"] = owed, part + 1


def _receive(books: Books, day: date, amount: float) -> None:
    number = len(books.payments) + 1
    moment = _epoch(day)
    books.payments.append(
        {
            "id": f"payment_{number}",
            "status": "succeeded",
            "currency": "MXN",
            "total": amount,
            "created_at": moment,
            "succeeded_at": moment,
        }
    )


def _complement(books: Books, invoice: Json, day: date, row: tuple[int, float, float]) -> None:
    instalment, before, paid = row
    number = len(books.complements) + 1
    document = {
        "uuid": invoice["uuid"],
        "currency": "MXN",
        "payment_number": instalment,
        "previous_balance": before,
        "paid_amount": paid,
        "remaining_balance": round(before - paid, 2),
    }
    pago = {
        "payment_date": f"{day}T12:00:00",
        "payment_form": "03",
        "currency": "MXN",
        "exchange_rate": 1,
        "amount": paid,
        "related_documents": [document],
    }
    books.complements.append(
        {
            "id": f"complement_{number}",
            "uuid": f"{number:08X}-0000-4000-B000-000000000000",
            "invoice_type": "P",
            "status": "valid",
            "created_at": _epoch(day),
            "currency": "MXN",
            "total": 0,
            "invoices": [invoice["uuid"]],
            "stamp": {"stamp_at": _epoch(day)},
            "complements": [{"type": "pago", "data": pago}],
        }
    )


def _epoch(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 18, tzinfo=UTC).timestamp())


@contextmanager
def mirrored(blank: duckdb.DuckDBPyConnection, books: Books) -> Iterator[None]:
    """The blank warehouse with these books in it, until the end of the block."""
    blank.execute("begin")
    try:
        _load(blank, "invoices_income", books.invoices)
        _load(blank, "invoices_payment", books.complements)
        _load(blank, "payments", books.payments)
        blank.execute(
            "insert into sync.runs by name select 1 as run_id, ?::timestamp as started_at, "
            "?::timestamp as finished_at, 'ok' as outcome, 0 as exit_code",
            [f"{END} 18:00:00", f"{END} 18:00:00"],
        )
        refresh(blank, everything=True)
        yield
    finally:
        blank.execute("rollback")


def _load(con: duckdb.DuckDBPyConnection, stream: str, rows: list[Json]) -> None:
    con.execute(
        """create or replace temp table arrived as
        select md5_number_lower(id) as key, 'team_1' as team_id, id, 0 as position, payload
        from (select unnest(?::varchar[]) as id, unnest(?::varchar[]) as payload)""",
        [[row["id"] for row in rows], [json.dumps(row) for row in rows]],
    )
    fields = dict.fromkeys(BOOKKEEPING, "null")
    fields |= {name: name for name in ("team_id", "id", "key", "payload", "position")}
    fields |= dict.fromkeys(("payload_hash", "list_hash"), "hash(payload)")
    fields |= dict.fromkeys(("first_seen_at", "changed_at"), f"timestamp '{END} 18:00:00'")
    fields |= {"is_partial": "false", "run_id": "1"}
    con.execute(
        f"create or replace temp view batch as select {kept(fields)} as kept, payload from arrived"
    )
    con.execute(insert_batch(stream, load_texts()[stream]))


def scores_of(
    blank: duckdb.DuckDBPyConnection, shape: Shape, seeds: Sequence[int]
) -> dict[str, Score]:
    """Comparison → score over the businesses of one shape, each weighing the same."""
    added: dict[str, Score] = {}
    for seed in seeds:
        books = invent(shape, seed)
        scale = sum(invoice["total"] for invoice in books.invoices) / shape.months
        with mirrored(blank, books):
            cut = Cut(as_of=END.replace(day=(5, 12, 18, 25)[seed % 4]))
            apply(blank, cut)
            for name, score in backtest(blank, cut).get("MXN", {}).items():
                _add(added.setdefault(name, Score()), score, scale)
    return added


def _add(whole: Score, part: Score, scale: float) -> None:
    whole.cases += part.cases
    whole.actual += part.actual / scale
    for who in whole.missed:
        whole.missed[who] += part.missed[who] / scale
        whole.signed[who] += part.signed[who] / scale
    whole.banded += part.banded
    whole.inside += part.inside


def measure(seeds: Sequence[int], shapes: Sequence[Shape] = SHAPES) -> Iterator[Json]:
    """One row per shape and comparison; a shape, and all, by the geometric mean of its ratios."""
    means: list[float] = []
    with blank_database() as blank:
        blank.execute("set variable zone = 'America/Mexico_City'")
        for shape in shapes:
            scores = scores_of(blank, shape, seeds)
            rows = [_row(shape, name, score) for name, score in scores.items() if score.actual]
            means.append(_mean([row["ratio"] for row in rows]))
            yield from rows
            yield {"case": rows[0]["case"], "subject": "geometric mean", "ratio": means[-1]}
    yield {"case": "forecast: in total", "subject": "geometric mean", "ratio": _mean(means)}


def _mean(ratios: Sequence[float]) -> float:
    return math.exp(sum(math.log(max(ratio, 1e-3)) for ratio in ratios) / len(ratios))


def compare(setting: Setting) -> Iterator[Json]:
    """As one case of the benchmark: a single business of two shapes when it shall be quick."""
    shapes = [shape for shape in SHAPES if shape.name in ("short", "lumpy")]
    return measure([1], shapes) if setting.is_quick else measure(range(1, SEEDS + 1))


def _row(shape: Shape, name: str, score: Score) -> Json:
    ours, theirs = score.wape("ours"), score.wape("official")
    return {
        "case": f"forecast: {shape.name} ({shape.months} months)",
        "subject": name,
        "cases": score.cases,
        "wape": ours,
        "official_wape": theirs,
        "ratio": ours / theirs if theirs else 1.0,
        "bias": score.bias("ours"),
        "official_bias": score.bias("official"),
        "coverage": score.coverage,
    }


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="businesses of each shape")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--shape", choices=[s.name for s in SHAPES], action="append")
    given = parser.parse_args()
    chosen = [s for s in SHAPES if not given.shape or s.name in given.shape]
    show(list(measure(range(given.first, given.first + given.seeds), chosen)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What the conciliation keeps after each run finds as much as working it all out anew."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import pytest

from gigstack_sync.store import derive

CUTS = ("2026-03-31", "2026-03-10", "2026-02-15")
NAMES = "ABCDEFGH"
TOTALS = (100, 100, 100, 250)


@pytest.fixture(autouse=True)
def derived_each_run(books: Any) -> None:
    """Several runs at once would be one, and hide what each has to follow."""
    books.derives_each_run = True


def at_sat(make: Any, name: str, total: int, day: str, **fields: Any) -> dict[str, Any]:
    """A CFDI in SAT's records, whose id is its folio fiscal or another."""
    return {
        "id": make.fiscal(name),
        "uuid": make.fiscal(name),
        "direction": "issued",
        "invoice_type": "I",
        "status": "Vigente",
        "total": total,
        "currency": "MXN",
        "exchange_rate": 1,
        "issue_date": f"{day}T12:00:00",
        "stamp_date": f"{day}T12:00:00",
        "issuer": {"rfc": "CAC1507157U2", "name": "US"},
        "receiver": {"rfc": "AAA010101AA1", "name": "ACME"},
    } | fields


def of_gigstack(dice: random.Random, make: Any, name: str) -> tuple[str, dict[str, Any]]:
    """Some state of one CFDI: whatever may change has changed."""
    kind = dice.choice("IIIE")
    fields: dict[str, Any] = {
        "id": f"{kind}{name}",
        "uuid": make.fiscal(dice.choice((name, name, name, "A"))),
        "payment_method": dice.choice(("PPD", "PUE")),
        "payment_form": dice.choice(("99", "03")),
        "currency": dice.choice(("MXN", "MXN", "USD")),
        "payments": dice.choice(([], [dice.choice(NAMES)])),
    }
    if dice.random() < 0.3:
        day = make.epoch(f"2026-03-{dice.randint(1, 28):02}")
        motive = dice.choice(("01", "02"))
        fields |= {"status": "canceled", "cancellation": {"cancelled_at": day, "motive": motive}}
    elif dice.random() < 0.2:
        replaced = [make.fiscal(dice.choice(NAMES))]
        fields["related_documents"] = [{"relationship": "04", "documents": replaced}]
    fields["stamp"] = {"uuid": fields["uuid"], "stamp_at": make.epoch(day_of(name))}
    body = make.cfdi(name, dice.choice(TOTALS), day_of(name), kind, **fields)
    return {"I": "invoices_income", "E": "invoices_egress"}[kind], body


def day_of(name: str) -> str:
    """Two days after the one before."""
    return f"2026-02-{2 * NAMES.index(name) + 1:02}"


def something(dice: random.Random, make: Any) -> tuple[str, dict[str, Any]]:
    """A record as it is from now on."""
    name = dice.choice(NAMES)
    if dice.random() < 0.4:
        return of_gigstack(dice, make, name)
    if dice.random() < 0.5:
        return dice.choice((a_payment, a_payment, a_complement, a_complement, a_receipt))(
            dice, make, name
        )
    fields: dict[str, Any] = {"direction": dice.choice(("issued", "issued", "received"))}
    if dice.random() < 0.2:
        fields["id"] = f"other_{name}"
    if dice.random() < 0.3:
        fields |= {"status": "Cancelado", "cancellation_date": "2026-03-05T10:00:00"}
    return "invoices_sat", at_sat(make, name, dice.choice(TOTALS), day_of(name), **fields)


def a_payment(dice: random.Random, make: Any, name: str) -> tuple[str, dict[str, Any]]:
    """Money received, which may name one invoice or two, in either way."""
    one, other = dice.choice(NAMES), dice.choice(NAMES)
    named = dice.choice(
        ([], [make.fiscal(one)], [f"I{one}"], [f"I{one}", f"I{other}"], ["P_" + one])
    )
    fields = dice.choice(({}, {}, {"status": "refunded"}, {"total_refunded": 40}))
    at = f"{day_of(name)}T{dice.choice(('09:00', '15:00'))}:00"
    body = make.payment(name, dice.choice(TOTALS), at, invoices=named, **fields)
    return "payments", body | {"receipts": dice.choice(([], [], ["R" + one]))}


def a_complement(dice: random.Random, make: Any, name: str) -> tuple[str, dict[str, Any]]:
    """A REP of one instalment, in time or late, that may name a payment."""
    part = make.instalment(dice.choice(NAMES), 1, 250, dice.choice(TOTALS))
    on = f"2026-02-{dice.randint(1, 20):02}"
    stamped = dice.choice((on, on, "2026-03-07"))
    named = dice.choice(([], [dice.choice(NAMES)]))
    body = make.complement("P_" + name, on, part, stamped=stamped, payments=named)
    if dice.random() < 0.3:
        day = make.epoch(f"2026-03-{dice.randint(1, 28):02}")
        body |= {"status": "canceled", "cancellation": {"cancelled_at": day}}
    return "invoices_payment", body


def a_receipt(dice: random.Random, make: Any, name: str) -> tuple[str, dict[str, Any]]:
    """A receipt of some payment, which may have become an invoice."""
    return "receipts", {
        "id": "R" + name,
        "status": dice.choice(("pending", "stamped", "expired")),
        "payments": dice.choice(([], [dice.choice(NAMES)])),
        "invoices": dice.choice(([], [f"I{dice.choice(NAMES)}"])),
        "created_at": make.epoch(day_of(name)),
        "valid_until": make.epoch(f"2026-03-{dice.randint(1, 28):02}"),
    }


def bury(books: Any, dice: random.Random) -> None:
    """One record is gone, as a run that looked for it would mark it."""
    stream = dice.choice(
        ("invoices_income", "invoices_payment", "invoices_sat", "payments", "receipts")
    )
    gone = datetime(2026, 3, 20, 18)
    newest = books.one("select max(run_id) as run_id from sync.runs")["run_id"]
    books.con.execute(
        f"update mirror.{stream} set deleted_at = ?, run_id = ? where key in "
        f"(select key from mirror.{stream} order by hash(key, ?) limit 1)",
        [gone, newest + 1, dice.random()],
    )


def everything_found(books: Any) -> list[list[Any]]:
    """What every check says at each cut, and the states of both sides."""
    answers = []
    for day in CUTS:
        books.cut(day)
        answers += [
            books.con.execute(f"from {view} order by all").fetchall()
            for view in ("conciliation_candidates", "conciliation_pairs", "conciliation_matrix")
        ]
    return answers


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_after_each_run_finds_as_much_as_a_rebuild_in_slices(
    books: Any, make: Any, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(derive, "SLICE", 3)
    dice = random.Random(seed)
    for _ in range(20):
        if dice.random() < 0.1:
            bury(books, dice)
        books.load(*something(dice, make))
    kept = everything_found(books)
    assert len({row[1] for row in kept[0]}) > 3
    derive.refresh(books.con, everything=True)
    assert everything_found(books) == kept


@pytest.mark.parametrize("seed", range(2))
def test_no_record_that_was_left_out_would_be_found(books: Any, make: Any, seed: int) -> None:
    dice = random.Random(100 + seed)
    for _ in range(20):
        books.load(*something(dice, make))
    kept = everything_found(books)
    suspect_everyone(books)
    assert everything_found(books) == kept


def suspect_everyone(books: Any) -> None:
    """Keep every folio fiscal as if gigstack and SAT had it otherwise."""
    from gigstack_sync.store.sqlfiles import read

    books.con.execute("create or replace temp table touched_folios (key varchar)")
    books.con.execute("delete from derived.unlike_folios")
    for stream in ("invoices_income", "invoices_egress", "invoices_payment", "invoices_sat"):
        books.con.execute(f"insert into touched_folios select uuid_fiscal from mirror.{stream}")
        books.con.execute(
            "insert into derived.unlike_folios "
            f"select distinct hash(team_id, uuid_fiscal), uuid_fiscal from mirror.{stream} "
            "where uuid_fiscal not in (select uuid_fiscal from derived.unlike_folios)"
        )
    for name in ("unlike_documents", "unlike_sat_records"):
        books.con.execute(f"delete from derived.{name}")
        books.con.execute(f"insert into derived.{name} {read('derived')[name]}")


def test_what_is_no_double_any_more_is_forgotten(books: Any, make: Any) -> None:
    books.load(
        "invoices_income", make.cfdi("A", 100, "2026-02-01"), make.cfdi("B", 100, "2026-02-02")
    )
    books.load(
        "payments", make.payment("p", 100, "2026-02-01"), make.payment("q", 100, "2026-02-01")
    )
    doubles = "select code from conciliation_doubles order by code"
    assert [row["code"] for row in books.ask(doubles)] == ["C09", "C24"]
    books.load("invoices_income", make.cfdi("B", 70, "2026-02-02"))
    books.load("payments", make.payment("q", 70, "2026-02-01"))
    assert books.ask(doubles) == []
    books.load("invoices_income", make.cfdi("C", 70, "2026-02-03"))
    assert [row["code"] for row in books.ask(doubles)] == ["C09"]


def test_a_complement_with_the_folio_of_an_invoice_is_followed_too(books: Any, make: Any) -> None:
    books.load("invoices_income", make.cfdi("A", 100, "2026-02-01"))
    books.load("payments", make.payment("p", 100, "2026-02-01", invoices=[make.fiscal("A")]))
    body = make.complement("P_A", "2026-02-02", make.instalment("B", 1, 250, 100))
    gone = {"status": "canceled", "cancellation": {"cancelled_at": make.epoch("2026-02-05")}}
    books.load("invoices_payment", body | {"uuid": make.fiscal("A")} | gone)
    kept = everything_found(books)
    derive.refresh(books.con, everything=True)
    assert everything_found(books) == kept

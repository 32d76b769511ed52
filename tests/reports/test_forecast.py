"""The forecast of small businesses whose numbers can be followed by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from gigstack_sync.reports import Cut, apply
from gigstack_sync.reports.forecast import add_months, forecast
from gigstack_sync.reports.forecast_backtest import backtest
from gigstack_sync.reports.forecast_collections import band
from gigstack_sync.reports.forecast_document import document

CUT = date(2026, 3, 31)


def sell(books, make, count, *, days, first="2025-06-02", never=0, client="ACME"):
    """One PPD of 1,000 a week, each paid after so many days, the last `never` never."""
    begin = date.fromisoformat(first)
    who = {"client": client, "tax_id": f"{client[:3]}010101AA1"}
    invoices, complements = [], []
    for n in range(count):
        on, name = begin + timedelta(7 * n), f"{client}-{n}"
        invoices.append(make.cfdi(name, 1000, str(on), last_balance=1000, **who))
        paid_on = on + timedelta(days)
        if n < count - never and paid_on <= CUT:
            invoices[-1] |= {"last_balance": 0, "installments": 1}
            row = make.instalment(name, 1, 1000, 1000)
            complements.append(make.complement(f"P-{name}", str(paid_on), row))
    books.load("invoices_income", *invoices)
    books.load("invoices_payment", *complements)


@pytest.fixture
def weekly(books, make):
    """A business of 43 weeks whose only client pays after 20 days."""
    sell(books, make, 43, days=20)
    return books


def test_months_are_those_known_at_the_cut(books, make):
    books.load(
        "invoices_income",
        make.cfdi("a", 100, "2026-02-01T00:30:00"),
        make.cfdi("b", 30, "2026-02-28", currency="USD", exchange_rate=17),
        make.cfdi("c", 7, "2026-02-10", status="cancelled", cancellation={"cancelled_at": 1}),
        make.cfdi("d", 900, "2026-04-01"),
    )
    books.load("payments", make.payment("p", 40, "2026-03-05"))
    rows = books.ask(
        "select currency, month_start, invoiced, collected from forecast_months order by all"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("MXN", date(2026, 2, 1), Decimal(100), Decimal(0)),
        ("MXN", date(2026, 3, 1), Decimal(0), Decimal(40)),
        ("USD", date(2026, 2, 1), Decimal(30), Decimal(0)),
    ]


def test_up_to_the_day_is_up_to_the_cuts_day_of_each_month(books, make):
    books.load(
        "invoices_income",
        make.cfdi("a", 1, "2026-01-10"),
        make.cfdi("b", 2, "2026-01-11"),
        make.cfdi("c", 4, "2026-02-10"),
    )
    books.cut("2026-02-10")
    rows = books.ask("select invoiced, invoiced_to_day from forecast_months order by month_start")
    assert [tuple(map(int, row.values())) for row in rows] == [(3, 1), (4, 4)]


def test_who_always_pays_after_20_days_is_expected_to(weekly):
    young = {row["days_open"]: row for row in weekly.ask("forecast_open")}
    assert sorted(young) == [8, 15]
    assert all(row["paid_60"] > 0.9 for row in young.values())
    assert young[15]["paid_30"] > young[8]["paid_30"] > 0.5


def test_what_is_owed_is_split_without_a_rest(weekly):
    owed = forecast(weekly.con, 3)["MXN"].collections
    opened = weekly.one(
        "select sum(balance) as balance, sum(expected) as expected from forecast_open"
    )
    assert owed.balance == opened["balance"] == owed.expected + owed.loss
    assert owed.expected == opened["expected"]
    dated = sum(period.expected for period in owed.weeks) + owed.undated
    assert owed.expected * Decimal("0.95") < dated <= owed.expected + Decimal("0.1")


def test_months_and_weeks_agree(weekly):
    rows = weekly.ask("forecast_periods")
    year = next(row["expected"] for row in rows if row["kind"] == "year")
    months = sum(row["expected"] for row in rows if row["kind"] == "month")
    assert months == pytest.approx(year, abs=Decimal("0.2"))
    weeks = sorted(row["starts_on"] for row in rows if row["kind"] == "week")
    assert weeks == [CUT + timedelta(1 + 7 * n) for n in range(13)]


def test_old_debts_get_no_date(books, make):
    sell(books, make, 43, days=20)
    sell(books, make, 3, days=20, never=3, client="BROKE", first="2025-06-02")
    rows = books.ask("select * from forecast_open where client_name = 'BROKE'")
    assert len(rows) == 3
    assert all(row["is_undated"] and row["paid_365"] < 0.5 for row in rows)
    owed = forecast(books.con, 1)["MXN"].collections
    assert (owed.undated_balance, owed.undated_invoices) == (Decimal(3000), 3)
    assert owed.riskiest[0].client == "BROKE"


def test_a_slow_client_is_told_from_a_quick_one(books, make):
    for days, client in ((6, "QUICK"), (48, "SLOW")):
        sell(books, make, 60, days=days, first="2025-02-06", client=client)
    young = books.ask("select client_name, speed, paid_30 from forecast_open where days_open = 5")
    quick, slow = sorted(young, key=lambda row: str(row["client_name"]))
    assert 0 < quick["speed"] < slow["speed"]
    assert quick["paid_30"] > 0.8 > 0.2 > slow["paid_30"]


def test_with_few_payments_there_is_no_estimate_and_it_is_said(books, make):
    sell(books, make, 8, days=20, first="2026-02-02")
    found = document(books.con, 3)
    risk = found["collections_risk"]
    assert (risk["expected_recovery"], risk["likely_loss"], risk["weeks"]) == (None, None, [])
    assert risk["total_pending"] > 0
    assert any("no estimate" in note for note in found["notes"])
    assert any("insufficient" in note for note in found["notes"])


def test_nothing_at_all_is_no_error(books):
    found = document(books.con, 3)
    assert found["currencies"] == {}
    assert found["revenue"]["projected_this_month"] == 0
    assert len(found["revenue"]["projections"]) == 3


def test_currencies_are_apart_and_pesos_first(books, make):
    books.load(
        "invoices_income",
        make.cfdi("a", 9000, "2026-02-10", currency="USD", exchange_rate=17),
        make.cfdi("b", 10, "2026-02-10"),
    )
    found = document(books.con, 1)
    assert list(found["currencies"]) == ["MXN", "USD"]
    assert found["revenue"] == found["currencies"]["MXN"]["revenue"]
    assert found["currencies"]["USD"]["collections_risk"]["total_pending"] == 9000


def link(make, name, on, status, paid_on=None):
    moment = {"created_at": make.epoch(on), "succeeded_at": paid_on and make.epoch(paid_on)}
    return make.payment(name, 100, on, status=status, **moment)


def test_links_bring_what_links_of_their_age_brought(books, make):
    links = [link(make, f"w{n}", "2025-12-01", "succeeded", "2025-12-05") for n in range(6)]
    links += [link(make, f"l{n}", "2025-12-01", "failed") for n in range(6)]
    links += [make.payment(f"r{n}", 100, "2025-12-01") for n in range(50)]
    books.load(
        "payments",
        *links,
        link(make, "new", "2026-03-30", "pending"),
        link(make, "old", "2026-03-15", "pending"),
    )
    rows = {row["payment_id"]: row for row in books.ask("forecast_links")}
    assert rows.keys() == {"new", "old"}
    assert rows["new"]["paid_30"] == pytest.approx(0.5, abs=0.01)
    assert rows["old"]["paid_30"] < 0.2


def receipt(make, name, on, status, **fields):
    return make.payment(name, 100, on, status=status, periodicity="month") | {
        "valid_until": make.epoch("2026-12-31"),
        **fields,
    }


def test_receipts_nobody_claims_end_in_a_global_invoice(books, make):
    books.load(
        "invoices_income",
        make.cfdi("own", 100, "2026-01-20"),
        make.cfdi("all", 900, "2026-01-31", **{"global": {"periodicity": "04", "months": "01"}}),
    )
    past = [receipt(make, f"s{n}", "2026-01-10", "stamped", invoices=["own"]) for n in range(3)]
    past += [receipt(make, f"g{n}", "2026-01-10", "stamped", invoices=["all"]) for n in range(9)]
    books.load("receipts", *past, receipt(make, "now", "2026-03-05", "pending"))
    books.cut("2026-03-06")
    row = books.one("forecast_receipts")
    assert (row["receipt_id"], row["period_end"]) == ("now", date(2026, 3, 31))
    assert row["self_invoiced"] == pytest.approx(0.25)
    assert row["expected_global"] == Decimal("75.00")


def test_a_backtest_leaves_the_cut_as_it_was(weekly):
    cut = Cut(as_of=CUT)
    apply(weekly.con, cut)
    scores = backtest(weekly.con, cut)["MXN"]
    assert weekly.one("select as_of from cut")["as_of"] == CUT
    owed = scores["owed, collected in 60 days"]
    assert owed.cases >= 1
    assert owed.wape("ours") < owed.wape("official") + 0.2
    assert scores["invoiced, this month"].cases == 5


def test_the_views_are_left_as_they_were(weekly):
    before = weekly.ask("select * from forecast_open order by invoice_id")
    forecast(weekly.con, 2)
    assert weekly.ask("select * from forecast_open order by invoice_id") == before
    assert weekly.ask("select 1 from duckdb_tables() where table_name like 'forecast_%'") == []


def test_a_band_never_leaves_what_is_possible():
    assert band(50.0, 1e9, 100.0) == (0.0, 100.0)
    low, high = band(1000.0, 0.0, 5000.0)
    assert low < 1000 < high


def test_months_are_counted_across_years():
    assert add_months(date(2026, 11, 1), 2) == date(2027, 1, 1)
    assert add_months(date(2026, 1, 1), -1) == date(2025, 12, 1)

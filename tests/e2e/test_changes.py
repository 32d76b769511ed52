"""What happens to rows after they were mirrored: edits, deletions, returns, late arrivals."""

from __future__ import annotations

import pytest

from gigstack_sync.sandbox import meddling
from gigstack_sync.sandbox.quirks import Quirks
from gigstack_sync.sync.windows import promised_age

CLIENTS, INCOME, PAYMENTS = "clients", "invoices_income", "payments"
DAY = 86_400


@pytest.fixture
def shop(account):
    """A business with a year behind it, mirrored once."""
    shop = account(invoices=300, months=14)
    shop.sync(INCOME, PAYMENTS, CLIENTS)
    return shop


def rows(shop, stream):
    return shop.world.collection(shop.team, stream)


def changes(shop, row):
    sql = "select change from history.changes where id = ? order by run_id"
    return [change for (change,) in shop.query(sql, row)]


def sleep_days(shop, days):
    """Time passes and nothing else happens."""
    with shop.world.lock:
        shop.world.now += int(days * DAY)


@pytest.mark.parametrize("age", [3, 20, 60, 200])
def test_fault_26_an_edit_of_an_old_row_is_found_within_the_promised_time(age, shop):
    """Runs go on daily; by the time the promise names, the edit has been seen."""
    now = shop.world.now
    ids = list(rows(shop, PAYMENTS).newest_first())
    row = min(ids, key=lambda i: abs(now - age * DAY - rows(shop, PAYMENTS).position(i)))
    with shop.world.lock:
        rows(shop, PAYMENTS).change(row, metadata={"edited": age})
    promise = promised_age(int(rows(shop, PAYMENTS).position(row)), now) / DAY
    days = 0.0
    while days < promise:
        sleep_days(shop, step := min(1, promise - days + 0.01))
        days += step
        shop.sync(PAYMENTS)
    assert shop.differences(PAYMENTS) == []
    assert changes(shop, row) == ["inserted", "updated"]


def test_no_window_is_ever_older_than_promised_after_a_run(shop):
    for days in (0.2, 1, 3, 9, 40):
        sleep_days(shop, days)
        shop.sync(PAYMENTS)
        now = shop.world.now
        windows = shop.look("select ends, walked_at from sync.windows where stream = 'payments'")
        assert all(now - walked <= promised_age(ends - 1, now) + 60 for ends, walked in windows)


@pytest.mark.parametrize("age", [0.01, 30, 300])
def test_fault_25_a_row_that_appears_late_is_found_by_the_next_run(age, shop):
    """Its second was looked at long ago; the server's total gives it away."""
    sleep_days(shop, 1)
    with shop.world.lock:
        meddling.insert(rows(shop, PAYMENTS), shop.world.now - age * DAY, 2)
    report = shop.sync(PAYMENTS)
    assert (report.exit_code, report.totals["inserted"]) == (0, 2)
    assert shop.differences(PAYMENTS) == []


def test_fault_25_a_row_that_appears_late_is_found_in_time_where_no_total_is_given(account):
    shop = account(quirks=["total=absent"], invoices=200)
    shop.sync(PAYMENTS)
    with shop.world.lock:
        meddling.insert(rows(shop, PAYMENTS), shop.world.now - 100 * DAY)
    for _ in range(8):
        sleep_days(shop, 1)
        shop.sync(PAYMENTS)
    assert shop.differences(PAYMENTS) == []


@pytest.mark.parametrize(
    ("stream", "where"), [(PAYMENTS, "newest"), (PAYMENTS, "oldest"), (CLIENTS, "middle")]
)
def test_fault_27_a_deletion_is_found_by_the_next_run_and_the_body_stays(where, stream, shop):
    with shop.world.lock:
        ids = meddling.choose(rows(shop, stream), 2, where)
        meddling.remove(rows(shop, stream), ids)
    sleep_days(shop, 1)
    report = shop.sync(stream)
    assert (report.exit_code, report.totals["deleted"]) == (0, 2)
    assert shop.differences(stream) == []
    sql = f"select count(payload) from mirror.{stream} where deleted_at is not null"
    assert shop.query(sql) == [(2,)]


def test_a_row_deleted_and_one_made_in_its_place_leave_the_total_and_are_found(shop):
    """Counts are equal: only ids tell. The day-old row is due within a tenth of its age."""
    with shop.world.lock:
        ids = meddling.choose(rows(shop, PAYMENTS), 1, "middle")
        at = rows(shop, PAYMENTS).position(ids[0])
        meddling.remove(rows(shop, PAYMENTS), ids)
        meddling.insert(rows(shop, PAYMENTS), at + 5)
    for _ in range(8):
        sleep_days(shop, 1)
        shop.sync(PAYMENTS)
    assert shop.differences(PAYMENTS) == []


def test_fault_27_a_row_that_returns_is_revived_and_the_history_has_both(shop):
    with shop.world.lock:
        ids = meddling.choose(rows(shop, PAYMENTS), 1, "oldest")
        bodies = meddling.remove(rows(shop, PAYMENTS), ids)
    assert shop.sync(PAYMENTS).totals["deleted"] == 1
    with shop.world.lock:
        rows(shop, PAYMENTS).put(bodies[0])
    assert shop.sync(PAYMENTS).exit_code == 0
    assert shop.differences(PAYMENTS) == []
    assert changes(shop, ids[0]) == ["inserted", "deleted", "returned"]


def test_fault_28_when_many_rows_vanish_at_once_nothing_is_buried_until_a_person_says_so(shop):
    with shop.world.lock:
        meddling.remove(rows(shop, PAYMENTS), meddling.choose(rows(shop, PAYMENTS), 150, "random"))
    report = shop.sync(PAYMENTS, is_full=True)
    assert report.exit_code == 3
    assert "--accept-deletes" in report.streams[0].errors[0]
    assert shop.tombstones() == 0
    assert shop.sync(PAYMENTS, is_full=True).exit_code == 3
    accepted = shop.sync(PAYMENTS, is_full=True, accepts_deletes=True)
    assert (accepted.exit_code, accepted.totals["deleted"]) == (0, 150)
    assert shop.differences(PAYMENTS) == []


def test_fault_28_a_list_that_is_empty_for_one_run_buries_nobody(shop):
    """An index that lags, a filter gone wrong: the rows come back, and nothing was said of them."""
    shop.server.set_quirks(Quirks(hidden=1.0))
    assert shop.sync(PAYMENTS, INCOME, CLIENTS, is_full=True).exit_code == 3
    assert shop.tombstones() == 0
    shop.server.set_quirks(Quirks())
    assert shop.sync(PAYMENTS, INCOME, CLIENTS).exit_code == 0
    assert shop.differences(PAYMENTS, INCOME, CLIENTS) == []
    assert shop.query("select count(*) from history.changes where change <> 'inserted'") == [(0,)]


def test_rows_a_list_hides_are_no_deletions_while_get_has_them(shop):
    shop.server.set_quirks(Quirks(hidden=0.05))
    assert shop.sync(PAYMENTS, is_full=True).exit_code in (0, 3)
    assert shop.tombstones() == 0
    shop.server.set_quirks(Quirks())
    assert shop.sync(PAYMENTS, is_full=True).exit_code == 0
    assert shop.differences(PAYMENTS) == []


@pytest.mark.parametrize("lie", ["+5", "-5", "0", '"many"', "-0.5"])
def test_fault_29_a_total_that_lies_costs_a_look_and_no_row(lie, shop):
    """The first runs look at everything; after a few the lie is known and costs nothing."""
    shop.suffer(f"total={lie},path=/payments")
    exits = [shop.sync(PAYMENTS).exit_code for _ in range(5)]
    assert exits[-1] == 0
    assert len(shop.server.requests) <= 6
    assert shop.tombstones() == 0
    assert shop.differences(PAYMENTS) == []
    shop.suffer()
    shop.recover(PAYMENTS)


@pytest.mark.parametrize("skew", [-86_400, 3_600, 400 * 86_400])
def test_fault_32_a_server_whose_clock_is_wrong_loses_no_row(skew, account):
    shop = account(quirks=[f"clock_skew={skew}"], invoices=150)
    assert shop.sync(PAYMENTS, INCOME).exit_code == 0
    shop.world.live_days(2)
    assert shop.sync(PAYMENTS, INCOME).exit_code == 0
    found = shop.differences(PAYMENTS, INCOME)
    assert [line for line in found if "lacks" in line or "invents" in line] == []


def test_fault_32_a_clock_that_is_put_right_loses_no_row(account):
    """A look may have been dated a day ahead; what came meanwhile must still be found."""
    shop = account(quirks=["clock_skew=86400"], invoices=150)
    shop.sync(PAYMENTS)
    shop.server.set_quirks(Quirks())
    with shop.world.lock:
        meddling.insert(rows(shop, PAYMENTS), shop.world.now + 600, 150)
        shop.world.now += 3_600
    assert shop.sync(PAYMENTS).exit_code == 0
    assert shop.differences(PAYMENTS) == []


def test_what_changes_in_every_run_is_looked_at_in_every_run(shop):
    """An invoice with a balance is collected long after its month was last looked at."""
    with shop.world.lock:
        invoices = rows(shop, INCOME)
        bodies = {i: invoices.row(i) for i in invoices}
        open_ones = [
            i for i, b in bodies.items() if b["status"] == "valid" and (b["last_balance"] or 0) > 1
        ]
        assert open_ones
        for row in open_ones:
            invoices.change(row, last_balance=0.5)
    assert shop.sync(INCOME).totals["updated"] == len(open_ones)
    assert shop.differences(INCOME) == []

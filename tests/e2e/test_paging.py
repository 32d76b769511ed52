"""Lists that change, repeat themselves or lead nowhere while they are paged through."""

from __future__ import annotations

import pytest

INCOME = "invoices_income"
WAYS = {
    "by time": [],
    "by keyset cursor": ["date_filter=ignored"],
    "by counting cursor": ["date_filter=ignored", "cursor=offset"],
    "by counting cursor, no totals": ["date_filter=ignored", "cursor=offset", "total=absent"],
}


def rarely(value):
    return pytest.param(value, marks=pytest.mark.rare)


EACH = [name if n % 2 == 0 else rarely(name) for n, name in enumerate(WAYS)]
every_way = pytest.mark.parametrize("way", WAYS)
way = pytest.mark.parametrize("way", EACH)
by_cursor = pytest.mark.parametrize("way", EACH[1:])


@pytest.fixture
def shop(account, way):
    """Four pages of invoices, walked in one of the ways there are."""
    return account(quirks=WAYS[way], invoices=350, months=12)


def on_invoices(fault):
    return f"{fault},path=/invoices/income"


@every_way
def test_fault_01_rows_made_while_paging_are_found(shop):
    """An insertion shifts every later page of a list that counts rows."""
    shop.endure(on_invoices("insert=2,times=3"), exits=(0, 3), most=60, names=(INCOME,))


@way
def test_fault_01_old_rows_made_while_paging_are_found(shop):
    """A row may appear behind the place a walk has reached."""
    fault = on_invoices("insert=2,age=200000,times=3,after=2")
    shop.suffer(fault)
    assert shop.sync(INCOME).exit_code in (0, 3)
    assert shop.false_claims() == [] or shop.sync(INCOME).totals["inserted"]
    shop.suffer()
    shop.recover(INCOME)


@every_way
@pytest.mark.parametrize("where", ["newest", "middle", rarely("oldest")])
def test_fault_02_rows_deleted_while_paging_hide_no_other(way, where, shop):
    """A deletion pulls a row across the boundary of two pages, where a count misses it."""
    shop.suffer(on_invoices(f"delete=3,where={where},times=3,after=1"))
    report = shop.sync(INCOME)
    assert report.exit_code in (0, 3)
    assert len(shop.server.requests) <= 80
    assert shop.false_claims() == []
    shop.suffer()
    shop.recover(INCOME)


@every_way
def test_fault_02_rows_deleted_again_and_again_end_in_a_partial_run_at_worst(shop):
    shop.endure(on_invoices("delete=1,where=random"), exits=(0, 3), most=80, names=(INCOME,))


@way
def test_rows_edited_while_paging_are_mirrored_as_they_are_in_the_end(shop):
    shop.suffer(on_invoices("change=5,where=random,times=4"))
    assert shop.sync(INCOME).exit_code in (0, 3)
    assert shop.false_claims() == []
    shop.suffer()
    assert shop.sync(INCOME, is_full=True).exit_code == 0
    assert shop.differences(INCOME) == []


@way
def test_fault_03_rows_that_move_in_time_are_neither_lost_nor_doubled(shop):
    """The sort key itself is edited: old rows jump to the front, new ones to the back."""
    moves = ("move=3,where=oldest,times=2", "move=3,where=newest,age=9000000,times=2,after=2")
    shop.suffer(*map(on_invoices, moves))
    assert shop.sync(INCOME).exit_code in (0, 3)
    shop.suffer()
    assert shop.sync(INCOME, is_full=True).exit_code == 0
    assert shop.differences(INCOME) == []


@way
def test_fault_04_of_two_bodies_on_one_walk_the_later_one_stays(shop):
    shop.suffer(on_invoices("repeat_row,times=3"))
    assert shop.sync(INCOME).exit_code in (0, 3)
    assert shop.false_claims() == []
    assert shop.query(
        f"select max(n) from (select count(*) n from mirror.{INCOME} group by id)"
    ) == [(1,)]
    shop.suffer()
    shop.recover(INCOME)


@way
def test_fault_05_a_row_twice_on_one_page_is_one_row(shop):
    shop.endure(on_invoices("duplicate_row=7"), exits=(0,), most=40, names=(INCOME,))
    assert shop.query("select count(*) from history.changes") == [(350,)]


@way
def test_fault_06_one_empty_page_that_promises_more_is_passed_over(shop):
    shop.endure(on_invoices("empty_page,at=2"), exits=(0,), most=40, names=(INCOME,))


@way
def test_fault_06_empty_pages_for_ever_are_given_up(way, shop):
    report = shop.endure(on_invoices("empty_page,after=1"), exits=(3,), most=60, names=(INCOME,))
    assert "empty pages" in report.streams[0].errors[0]


def test_nothing_but_empty_pages_is_no_empty_account(account):
    shop = account(invoices=30)
    shop.endure("empty_page,path=/payments", exits=(3,), most=60, names=("payments", "clients"))


@by_cursor
@pytest.mark.parametrize("fault", ["repeat_cursor", "cycle_cursor"])
def test_fault_07_cursors_that_go_round_in_circles_are_named(way, fault, shop):
    report = shop.endure(on_invoices(fault), exits=(3,), most=40, names=(INCOME,))
    assert "repeats its cursor" in report.streams[0].errors[0]


@pytest.mark.parametrize("fault", ["repeat_cursor", "cycle_cursor", "expired_cursor=410"])
def test_a_walk_by_time_needs_no_cursor(fault, account):
    shop = account(invoices=400)
    shop.endure(on_invoices(fault), exits=(0,), most=20, names=(INCOME,))


@way
@pytest.mark.parametrize(
    "fault", ["no_next=null", rarely("no_next=absent"), rarely("no_next=empty")]
)
def test_fault_08_more_without_a_cursor_is_not_the_end(way, fault, shop):
    """Walked by time all but the last second is complete; by cursor hardly anything is."""
    shop.suffer(on_invoices(fault))
    assert shop.sync(INCOME).exit_code == 3
    assert len(shop.server.requests) <= 60
    assert shop.false_claims() == []
    assert (shop.differences(INCOME) == []) == (way == "by time")
    shop.suffer()
    shop.recover(INCOME)


@way
@pytest.mark.parametrize(
    "fault", ["more_false", "has_more=absent", rarely("has_more=null"), rarely("has_more=text")]
)
def test_fault_08_a_cursor_is_followed_whatever_has_more_says(way, fault, shop):
    shop.endure(on_invoices(fault), exits=(0,), most=60, names=(INCOME,))


@by_cursor
@pytest.mark.parametrize("status", [400, rarely(404), rarely(410)])
def test_fault_09_an_expired_cursor_begins_its_walk_again(way, status, shop):
    fault = on_invoices(f"expired_cursor={status},at=2")
    shop.endure(fault, exits=(0,), most=60, names=(INCOME,))


@by_cursor
def test_fault_09_a_cursor_that_always_expires_is_given_up(shop):
    shop.endure(on_invoices("expired_cursor"), exits=(3,), most=60, names=(INCOME,))


@way
def test_fault_10_no_cursor_outlives_its_run(shop):
    """What a stopped run left is continued a day later, when its cursors are worth nothing."""
    assert shop.sync(INCOME, budget=2).exit_code == 3
    assert shop.false_claims() == []
    shop.world.live_days(1)
    shop.suffer(on_invoices("expired_cursor,at=1"))
    assert shop.sync(INCOME).exit_code == 0
    assert shop.differences(INCOME) == []


@pytest.mark.parametrize(
    "quirks", [rarely([]), ["cursor=offset"], ["default_sort=asc"], rarely(["max_limit=30"])]
)
def test_fault_31_hundreds_of_rows_of_one_second_are_paged_by_the_servers_cursor(quirks, account):
    shop = account(quirks=quirks, invoices=120)
    rows = shop.world.collection(shop.team, INCOME)
    with shop.world.lock:
        crowd(rows, shop.world.now - 86_400, 350)
    assert shop.sync(INCOME).exit_code == 0
    assert shop.differences(INCOME) == []
    assert shop.sync(INCOME).changed == 0


@pytest.mark.parametrize("fault", ["repeat_cursor", rarely("cycle_cursor"), "empty_page,after=2"])
def test_a_second_that_cannot_be_paged_spoils_no_other(fault, account):
    shop = account(invoices=300)
    rows = shop.world.collection(shop.team, INCOME)
    with shop.world.lock:
        crowd(rows, shop.world.now - 20 * 86_400, 350)
    shop.endure(on_invoices(fault), exits=(3,), most=60, names=(INCOME,))


def crowd(rows, second, count):
    """`count` rows created in one second."""
    from gigstack_sync.sandbox import meddling

    meddling.insert(rows, second, count)


@pytest.mark.parametrize("size", [10, 37])
def test_fault_24_a_page_smaller_than_asked_for_is_only_slower(size, account):
    shop = account(invoices=150)
    names = (INCOME, "payments", "invoices_sat")
    shop.endure(f"low_limit={size}", exits=(0,), most=200, names=names)


def test_fault_23_a_page_much_larger_than_asked_for_is_taken_as_it_is(account):
    shop = account(invoices=400)
    shop.endure("giant_page=5000", exits=(0,), most=12, names=(INCOME, "invoices_sat"))


def test_fault_23_more_than_the_largest_answer_is_refused_and_spoils_no_other(account, impatient):
    shop = account(invoices=60)
    small = impatient(max_bytes=1 << 20)
    fault = "huge_row=2000000,path=/payments,row=1"
    report = shop.endure(fault, exits=(3,), most=60, policy=small, names=("payments", "clients"))
    assert [s.stream for s in report.streams if s.errors] == ["payments"]

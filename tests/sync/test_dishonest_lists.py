"""Lists that ignore the filter, the order, the cursor or the truth; the mirror must still match."""

from __future__ import annotations

from itertools import count

import pytest

from gigstack_sync.errors import ApiError

SERVICES = "/services"
DAY = 86_400


def only(report):
    (stream,) = report.streams
    return stream


@pytest.mark.parametrize("spelling", ["brackets", "underscores", "brackets-ms"])
def test_the_spelling_of_the_filter_that_works_is_found_and_kept(lab, api, spelling):
    api.filter = spelling
    api.fill(SERVICES, 1_000)
    assert lab.run().exit_code == 0
    assert lab.is_equal()
    assert lab.rows("select dialect from sync.streams") == [(spelling,)]


def test_a_filter_that_nothing_honours_means_listing_everything(lab, api):
    api.filter = None
    api.fill(SERVICES, 730)
    report = lab.run()
    assert report.exit_code == 0
    assert lab.is_equal()
    assert "everything is listed instead" in only(report).warnings[0]
    assert lab.run().requests == 8


def test_a_filter_that_begins_to_work_is_used_again_after_a_full_run(lab, api):
    api.filter = None
    api.fill(SERVICES, 730)
    lab.run()
    api.filter = "brackets"
    lab.run(is_full=True)
    api.now += 60
    assert lab.run().requests == 1


def test_a_filter_that_stops_working_in_mid_run_loses_nothing(lab, api):
    def stop_working(number, _path, _params):
        api.filter = "brackets" if number < 6 else None

    api.before = stop_working
    api.fill(SERVICES, 1_000)
    assert lab.run().exit_code == 0
    assert lab.is_equal()


def test_what_a_lying_filter_seemed_to_cover_is_not_claimed(lab, api, monkeypatch):
    monkeypatch.setattr("gigstack_sync.sync.writer.ROWS_PER_COMMIT", 100)

    def stop_working(number, _path, params):
        api.filter = "brackets" if number < 8 else None
        if number >= 8 and "created[gte]" not in params:
            raise ApiError("broken", status=500)

    api.before = stop_working
    api.fill(SERVICES, 2_000)
    assert lab.run().exit_code == 3
    assert lab.rows("from sync.windows") == []


@pytest.mark.parametrize("step", [0, 1, 3_600])
@pytest.mark.parametrize("cursors", ["keyset", "offset"])
def test_oldest_first_is_as_good_as_newest_first(lab, api, step, cursors):
    api.order, api.cursors = "asc", cursors
    api.fill(SERVICES, 930, step=step)
    report = lab.run()
    assert (report.exit_code, only(report).warnings) == (0, [])
    assert lab.is_equal()
    api.now += 60
    api.put(SERVICES, "new", api.now - 5)
    lab.run()
    assert lab.is_equal()


def test_a_list_in_no_order_is_gone_through_by_its_cursor(lab, api):
    api.order = "shuffled"
    api.fill(SERVICES, 730)
    assert lab.run().exit_code == 0
    assert lab.is_equal()


@pytest.mark.parametrize("size", [1, 7, 30])
def test_a_page_size_below_the_one_asked_for_is_only_slower(lab, api, size):
    api.size = size
    api.fill(SERVICES, 140)
    assert lab.run().exit_code == 0
    assert lab.is_equal()


def test_a_cursor_that_counts_rows_loses_none_when_rows_vanish_meanwhile(lab, api):
    api.cursors, api.filter = "offset", None
    api.fill(SERVICES, 730)

    def delete_now_and_then(number, _path, _params):
        if number in (3, 4):
            del api.rows[SERVICES][f"row_{number:05}"]

    api.before = delete_now_and_then
    assert lab.run().exit_code == 0
    assert lab.bodies().keys() >= api.rows[SERVICES].keys()
    lab.run()
    assert lab.is_equal()


def test_without_total_two_passes_have_to_agree(lab, api):
    api.cursors, api.filter, api.total = "offset", None, None
    api.fill(SERVICES, 730)

    def delete_once(number, _path, _params):
        if number == 3:
            del api.rows[SERVICES]["row_00003"]

    api.before = delete_once
    assert lab.run().exit_code == 0
    assert lab.bodies().keys() >= api.rows[SERVICES].keys()
    lab.run()
    assert lab.is_equal()


def test_a_list_that_never_holds_still_is_not_called_complete(lab, api):
    api.cursors, api.filter, api.total = "offset", None, None
    api.fill(SERVICES, 330)
    api.before = lambda n, *_: api.put(SERVICES, f"new_{n}", api.now - 90)
    report = lab.run()
    assert report.exit_code == 3
    assert "kept changing" in only(report).errors[0]


@pytest.mark.parametrize("cursors", ["keyset", "offset"])
def test_rows_inserted_while_paging_are_there_after_the_next_run(lab, api, cursors):
    api.cursors = cursors
    api.fill(SERVICES, 730)
    api.before = lambda n, *_: n < 9 and api.put(SERVICES, f"new_{n}", api.now - 1)
    lab.run()
    api.now += 60
    assert lab.run().exit_code == 0
    assert lab.is_equal()


@pytest.mark.parametrize("cursors", ["keyset", "offset"])
def test_rows_deleted_while_paging_are_gone_after_the_next_run(lab, api, cursors):
    api.cursors = cursors
    api.fill(SERVICES, 730, step=60)

    def delete(number, _path, _params):
        api.rows[SERVICES].pop(f"row_{number * 20:05}", None)

    api.before = delete
    lab.run()
    api.before = lambda *_: None
    api.now += 3_600
    assert lab.run().exit_code == 0
    assert lab.is_equal()


def test_a_total_that_is_always_wrong_is_learned(lab, api):
    api.total = lambda rows: len(rows) + 17
    api.fill(SERVICES, 500)
    report = lab.run()
    assert report.exit_code == 3
    assert "counts 517 rows, but its lists show 500" in only(report).errors[0]
    api.now += 60
    assert lab.run().requests == 1
    api.hidden.add("row_00400")
    del api.rows[SERVICES]["row_00400"]
    assert lab.run().totals["deleted"] == 1


def test_a_noisy_total_stops_costing_requests(lab, api):
    noise = count()
    api.total = lambda rows: len(rows) + next(noise)
    api.fill(SERVICES, 700)
    for _ in range(7):
        api.now += 60
        report = lab.run()
    assert report.requests == 1
    assert report.exit_code == 0
    assert lab.is_equal()


def test_a_list_without_total_is_mirrored_all_the_same(lab, api):
    api.total = None
    api.fill(SERVICES, 700)
    assert lab.run().exit_code == 0
    api.now += 60
    assert lab.run().requests == 1
    assert lab.is_equal()


def test_the_same_row_twice_on_a_page_is_one_row(lab, api, page):
    first, second = {"id": "a", "created_at": api.now}, {"id": "b", "created_at": api.now}
    api.edit = lambda *_: page(first, second, first)
    report = lab.run()
    assert sorted(lab.bodies()) == ["a", "b"]
    assert only(report).counts.inserted == 2


def test_of_two_bodies_of_one_row_the_later_wins(lab, api, page):
    older, newer = ({"id": "a", "created_at": api.now, "n": n} for n in (1, 2))
    api.edit = lambda *_: page(older, newer)
    lab.run()
    assert lab.bodies() == {"a": newer}
    assert len(lab.changes("a")) == 1


def test_a_row_moved_to_another_time_while_paging_is_found(lab, api):
    api.fill(SERVICES, 730)

    def move(number, _path, _params):
        if number == 4:
            api.rows[SERVICES]["row_00600"]["created_at"] = api.now - 2
            api.rows[SERVICES]["row_00002"]["created_at"] = api.now - 300 * DAY

    api.before = move
    lab.run()
    for _ in range(3):
        api.now += DAY
        lab.run()
    assert lab.is_equal()


@pytest.mark.parametrize("count", [40, 340])
def test_rows_without_a_time_are_mirrored_and_their_changes_found(lab, api, count):
    api.fill(SERVICES, count)
    for n in range(3):
        api.put(SERVICES, f"timeless_{n}")
    lab.run()
    assert lab.is_equal()
    api.rows[SERVICES]["timeless_1"]["price"] = 3
    api.now += DAY + 60
    lab.run()
    assert lab.is_equal()


def test_a_row_dated_in_the_future_does_not_push_the_frontier(lab, api):
    api.fill(SERVICES, 250)
    api.put(SERVICES, "tomorrow", api.now + 3 * DAY)
    lab.run()
    api.now += DAY
    api.put(SERVICES, "today", api.now - 9)
    lab.run()
    assert lab.is_equal()
    assert lab.rows("select max(ends) from sync.windows") == [(api.now + 1,)]


def endless(api, page):
    numbers = count()
    return lambda *_: page(more=True, cursor=f"c{next(numbers)}")


def repeating(api, page):
    row = {"id": "a", "created_at": None}
    return lambda *_: page(row, more=True, cursor="c")


def cycling(api, page):
    row = {"id": "a", "created_at": None}
    return lambda _path, params, _page: page(
        row, more=True, cursor={"a": "b"}.get(params.get("next"), "a")
    )


def cursorless(api, page):
    return lambda *_: page({"id": "a"}, more=True)


@pytest.mark.parametrize("lie", [endless, repeating, cycling, cursorless])
def test_a_list_that_leads_nowhere_ends_and_is_not_called_complete(lab, api, page, lie):
    api.edit = lie(api, page)
    report = lab.run()
    assert report.requests <= 40
    assert report.exit_code == 3
    assert only(report).errors
    assert lab.rows("select * from sync.windows") == []


def test_an_account_whose_list_is_blank_for_one_run_keeps_its_rows(lab, api, page):
    api.fill(SERVICES, 300)
    lab.run()
    api.edit = lambda *_: page()
    assert lab.run().exit_code == 3
    assert lab.is_equal()

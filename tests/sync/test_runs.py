"""Runs against an honest API: everything is found, and looking costs little."""

from __future__ import annotations

import pytest

SERVICES = "/services"
INCOME = "/invoices/income"
DAY = 86_400


def only(report):
    (stream,) = report.streams
    return stream


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 1_234])
def test_the_first_run_mirrors_everything(lab, count):
    lab.api.fill(SERVICES, count)
    report = lab.run()
    assert report.exit_code == 0
    assert only(report).counts.inserted == count
    assert lab.is_equal()


@pytest.mark.parametrize("step", [0, 1, 40, 90_000])
def test_the_first_run_costs_little_more_than_its_pages(lab, step):
    lab.api.fill(SERVICES, 1_000, step=step)
    # A second cannot be divided, and both ends of a filter are inclusive: it is read three times.
    assert lab.run().requests <= (24 if step else 34)
    assert lab.is_equal()


def test_a_run_with_nothing_new_asks_once(lab, api):
    api.fill(SERVICES, 500)
    lab.run()
    api.now += 60
    report = lab.run()
    assert report.requests == 1
    assert report.changed == 0


def test_new_rows_are_found_by_the_first_page(lab, api):
    api.fill(SERVICES, 500)
    lab.run()
    api.now += 60
    api.put(SERVICES, "new", api.now - 5)
    report = lab.run()
    assert (report.requests, only(report).counts.inserted) == (1, 1)
    assert lab.is_equal()


def test_more_new_rows_than_a_page_holds_are_all_found(lab, api):
    api.fill(SERVICES, 300)
    lab.run()
    api.now += DAY
    for n in range(450):
        api.put(SERVICES, f"new_{n}", api.now - 100 * n)
    lab.run()
    assert lab.is_equal()


def test_a_change_of_a_recent_row_is_found_at_once(lab, api):
    api.fill(SERVICES, 10)
    lab.run()
    api.now += 60
    api.rows[SERVICES]["row_00003"]["price"] = 7
    assert only(lab.run()).counts.updated == 1
    assert lab.changes("row_00003")[1][1] == {"id": "row_00003", "created_at": api.now - 10_920}


def test_a_change_of_an_old_row_is_found_within_a_tenth_of_its_age(lab, api):
    api.fill(SERVICES, 2_000)
    lab.run()
    api.rows[SERVICES]["row_01500"]["price"] = 7
    api.now += 5 * DAY
    lab.run()
    assert not lab.is_equal()
    api.now += 2 * DAY
    lab.run()
    assert lab.is_equal()


def test_a_volatile_row_is_looked_at_in_every_run(lab, api):
    api.fill(INCOME, 600, status="valid", uuid=None, items=[])
    for row in api.rows[INCOME].values():
        row |= {"payment_method": "PUE", "uuid": f"6741A863-04BE-49FE-BB76-{row['id'][4:]:0>12}"}
    api.rows[INCOME]["row_00400"] |= {"payment_method": "PPD", "last_balance": 50}
    lab.run("invoices_income")
    api.now += 60
    api.rows[INCOME]["row_00400"]["last_balance"] = 0
    report = lab.run("invoices_income")
    assert report.requests <= 3
    assert lab.is_equal("invoices_income")


def test_a_full_run_finds_what_was_not_due_yet(lab, api):
    api.fill(SERVICES, 900)
    lab.run()
    api.now += 60
    api.rows[SERVICES]["row_00800"]["price"] = 7
    lab.run()
    assert not lab.is_equal()
    lab.run(is_full=True)
    assert lab.is_equal()


def test_since_looks_no_further_back(lab, api):
    api.fill(SERVICES, 900, step=DAY)
    report = lab.run(since=api.now - 200 * DAY)
    assert 200 <= len(lab.bodies()) < 320
    assert report.exit_code == 0
    lab.run()
    assert lab.is_equal()


def test_fault_30_milliseconds_lose_no_row_on_any_edge(lab, api):
    for n in range(700):
        api.put(SERVICES, f"row_{n}", api.now - 900 + n + 0.999)
    lab.run()
    assert lab.is_equal()


def test_rows_by_the_thousand_in_one_second_are_all_mirrored(lab, api):
    for second in (3, 4, 5):
        for n in range(450):
            api.put(SERVICES, f"row_{second}_{n}", api.now - second)
    report = lab.run()
    assert lab.is_equal()
    assert only(report).warnings == []


def test_downloads_from_the_sat_are_walked_by_days(lab, api):
    for n in range(650):
        day = f"2026-{1 + n // 100:02}-{1 + n % 28:02}T{n % 24:02}:00:00"
        api.rows["/invoices/sat"][f"cfdi_{n}"] = {"id": f"cfdi_{n}", "issue_date": day}
    report = lab.run("invoices_sat")
    assert report.exit_code == 0
    assert lab.is_equal("invoices_sat")


def test_an_empty_account_is_no_failure(lab):
    report = lab.run("teams", "services", "invoices", "payments")
    assert (report.exit_code, report.changed) == (0, 0)


def test_teams_live_side_by_side(lab, api):
    api.fill(SERVICES, 150)
    api.fill(f"team_2:{SERVICES}", 120, name="other")
    report = lab.run(teams=["team_1", "team_2"])
    assert lab.is_equal()
    assert lab.is_equal(team="team_2")
    assert [s.rows for s in report.streams] == [150, 120]


def test_the_list_of_teams_is_asked_once_for_all(lab, api):
    api.put("/teams", "team_1")
    report = lab.run("teams", teams=["team_1", "team_2"])
    assert [s.team_id for s in report.streams] == ["team_1"]


def test_a_test_keys_own_team_is_fetched_though_no_list_shows_it(lab, api):
    api.put("/teams", "team_1", name="Mine")
    api.hidden.add("team_1")
    assert lab.run("teams").exit_code == 0
    assert lab.run("teams").changed == 0
    assert lab.is_equal("teams")


def test_a_run_leaves_its_numbers_in_the_file(lab, api):
    api.fill(SERVICES, 3)
    report = lab.run()
    row = lab.rows("select outcome, rows_seen, inserted from sync.runs where run_id = ?", 1)
    assert row == [("ok", 3, 3)]
    assert report.as_json()["totals"]["inserted"] == 3


def test_the_oldest_look_is_the_servers_time(lab, api):
    api.fill(SERVICES, 3)
    assert only(lab.run()).oldest_look == api.now

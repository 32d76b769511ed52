"""A row is called deleted only when its window was looked at and a GET says it is gone."""

from __future__ import annotations

import json

from gigstack_sync.errors import ApiError

SERVICES = "/services"
DAY = 86_400


def synced(lab, count=300):
    lab.api.fill(SERVICES, count)
    lab.run()
    lab.api.now += 60


def test_a_deleted_row_is_marked_and_its_body_kept(lab, api):
    synced(lab, 30)
    gone = api.rows[SERVICES].pop("row_00007")
    report = lab.run()
    assert report.totals["deleted"] == 1
    assert lab.is_equal()
    kept = lab.rows("select payload from mirror.services where deleted_at is not null")
    assert [json.loads(payload) for (payload,) in kept] == [gone]
    assert [change for change, _ in lab.changes("row_00007")] == ["inserted", "deleted"]


def test_a_row_is_asked_for_by_id_before_it_is_called_deleted(lab, api):
    synced(lab, 30)
    del api.rows[SERVICES]["row_00007"]
    lab.run()
    assert api.asked[-1][0] == "/services/row_00007"


def test_a_row_the_list_hides_but_a_get_shows_stays(lab, api):
    synced(lab, 30)
    api.hidden.add("row_00007")
    report = lab.run()
    assert report.totals["deleted"] == 0
    assert lab.is_equal()
    assert "1 rows exist that the list does not show" in report.streams[0].warnings


def test_an_old_deletion_is_found_because_the_total_does_not_fit(lab, api):
    synced(lab, 1_500)
    del api.rows[SERVICES]["row_01200"]
    assert lab.run().totals["deleted"] == 1
    assert lab.is_equal()


def test_a_late_arrival_is_found_because_the_total_does_not_fit(lab, api):
    synced(lab, 1_500)
    api.put(SERVICES, "late", api.now - 40 * DAY)
    lab.run()
    assert lab.is_equal()


def test_a_deletion_that_another_arrival_covers_up_is_found_when_due(lab, api):
    synced(lab, 1_500)
    del api.rows[SERVICES]["row_01200"]
    api.put(SERVICES, "late", api.now - 55 * DAY)
    for _ in range(8):
        api.now += DAY
        lab.run()
    assert lab.is_equal()


def test_a_row_that_returns_is_revived(lab, api):
    synced(lab, 30)
    row = api.rows[SERVICES].pop("row_00007")
    lab.run()
    api.rows[SERVICES]["row_00007"] = row
    report = lab.run()
    assert report.streams[0].counts.returned == 1
    assert lab.is_equal()
    changes = [change for change, _ in lab.changes("row_00007")]
    assert changes == ["inserted", "deleted", "returned"]


def test_a_returned_row_of_another_body_keeps_the_body_it_had(lab, api):
    synced(lab, 30)
    row = api.rows[SERVICES].pop("row_00007")
    lab.run()
    api.rows[SERVICES]["row_00007"] = row | {"price": 9}
    lab.run()
    assert lab.changes("row_00007")[-1] == ("returned", row)


def test_many_rows_gone_at_once_are_not_believed(lab, api):
    synced(lab)
    hidden = dict(list(api.rows[SERVICES].items())[:80])
    for name in hidden:
        del api.rows[SERVICES][name]
    report = lab.run()
    assert (report.exit_code, report.totals["deleted"]) == (3, 0)
    assert "--accept-deletes" in report.streams[0].errors[0]
    assert len(lab.bodies()) == 300


def test_what_was_not_believed_is_looked_at_again_until_it_is_settled(lab, api):
    api.total = None
    synced(lab)
    for name in list(api.rows[SERVICES])[-80:]:
        del api.rows[SERVICES][name]
    assert lab.run(is_full=True).exit_code == 3
    assert lab.run().exit_code == 3


def test_rows_back_after_a_bad_day_leave_no_trace(lab, api):
    synced(lab)
    api.hidden = set(list(api.rows[SERVICES])[:80])
    lab.run()
    api.hidden = set()
    assert lab.run().exit_code == 0
    assert {change for change, _ in lab.changes()} == {"inserted"}


def test_many_deletions_are_believed_when_told_to(lab, api):
    synced(lab)
    for name in list(api.rows[SERVICES])[:80]:
        del api.rows[SERVICES][name]
    lab.run()
    assert lab.run(accepts_deletes=True).totals["deleted"] == 80
    assert lab.is_equal()


def test_a_few_deletions_of_a_small_account_are_believed(lab, api):
    synced(lab, 20)
    api.rows[SERVICES].clear()
    assert lab.run().totals["deleted"] == 20


def test_a_row_that_cannot_be_asked_for_is_not_called_deleted(lab, api):
    synced(lab, 30)
    del api.rows[SERVICES]["row_00007"]

    def fail_on_rows(_number, path, _params):
        if path != SERVICES:
            raise ApiError("broken", status=500)

    api.before = fail_on_rows
    report = lab.run()
    assert (report.exit_code, report.totals["deleted"]) == (3, 0)
    api.before = lambda *_: None
    assert lab.run().totals["deleted"] == 1


def test_the_own_team_is_never_called_deleted(lab, api):
    api.put("/teams", "team_1")
    lab.run("teams")
    api.rows["/teams"].clear()
    assert lab.run("teams").totals["deleted"] == 0


def test_a_deletion_is_confirmed_only_for_its_own_team(lab, api):
    api.fill(SERVICES, 5)
    api.fill(f"team_2:{SERVICES}", 5)
    teams = ["team_1", "team_2"]
    lab.run(teams=teams)
    del api.rows[f"team_2:{SERVICES}"]["row_00002"]
    report = lab.run(teams=teams)
    assert [s.deleted for s in report.streams] == [0, 1]
    assert lab.is_equal()
    assert lab.is_equal(team="team_2")


def test_a_row_whose_creation_was_edited_is_followed_to_its_new_place(lab, api):
    synced(lab)
    newest = max(api.rows[SERVICES].values(), key=lambda row: row["created_at"])
    api.rows[SERVICES][newest["id"]] = newest | {"created_at": newest["created_at"] - 90 * DAY}
    assert lab.run().exit_code == 0
    assert lab.is_equal()
    assert [change for change, _ in lab.changes(newest["id"])] == ["inserted", "updated"]

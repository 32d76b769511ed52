"""The ledger claims no look that did not happen: not in a second walk, not after a death."""

from __future__ import annotations

import pytest

SERVICES, CLIENTS = "/services", "/clients"
HOUR = 3_600


class Killed(BaseException):
    """As abrupt as kill -9 gets inside one process."""


def claims(lab, at):
    """Whether some window says that this second was looked at."""
    sql = "select count(*) from sync.windows where starts <= ? and ? < ends"
    return lab.rows(sql, at, at)[0][0] > 0


def run_and_die_at(stage, lab, monkeypatch, *streams):
    """One run that is killed when it comes to this stage of settling."""

    def die(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(f"gigstack_sync.sync.settle.Settler.{stage}", die)
        with pytest.raises(Killed):
            lab.run(*streams)
    lab.reopen()


def test_a_row_that_goes_between_two_walks_of_one_run_is_gone(lab, api):
    api.fill(SERVICES, 250)
    lab.run()
    api.total = lambda rows: len(rows) + 1  # an alarm, so that all is walked again
    walks = []

    def before(_number, _path, params):
        walks.append(set(params) == {"limit"})
        if sum(walks) == 3:
            api.rows[SERVICES].pop("row_00003", None)

    api.before = before
    api.now += HOUR
    lab.run()
    assert sum(walks) >= 3
    assert "row_00003" not in lab.bodies()


def test_a_death_before_the_missing_are_asked_for_leaves_their_seconds_unclaimed(
    lab, api, monkeypatch
):
    api.fill(SERVICES, 30)
    lab.run()
    gone = api.rows[SERVICES].pop("row_00003")["created_at"]
    api.total = None  # or the alarm would tell of it
    api.now += HOUR

    run_and_die_at("_confirm_missing", lab, monkeypatch)
    assert not claims(lab, gone)
    api.now += 60
    assert lab.run().exit_code == 0
    assert lab.is_equal()
    assert claims(lab, gone)


def test_a_row_once_shown_without_its_id_does_not_stay_under_another_name(lab, api):
    api.fill(SERVICES, 3)
    full = {name: {**row, "uuid": f"U-{name}"} for name, row in api.rows[SERVICES].items()}
    api.rows[SERVICES] = full

    def by_either_name(_number, path, _params):
        name = path.rpartition("/")[2]
        if name.startswith("U-"):
            api.rows[SERVICES][name] = full[name[2:]]

    def hide_id(_path, _params, page):
        rows = [row.replace(b'"id"', b'"_id"') for row in page.rows]
        return type(page)(rows, page.has_more, page.next, page.total, (), page.received_at, False)

    api.edit = hide_id
    lab.run()
    api.edit = lambda _path, _params, page: page
    api.before = by_either_name
    api.now += HOUR
    lab.run()
    assert lab.bodies().keys() == {"row_00000", "row_00001", "row_00002"}


def test_what_only_a_get_shows_of_the_newest_rows_is_fetched_as_often_as_promised(lab, api):
    """Each run lists the first page again, which says nothing of what lists leave out."""
    api.left_out = ("address",)
    api.fill(CLIENTS, 8, step=24 * HOUR, legal_name="ACME SA", address="A")
    lab.run("clients")
    api.rows[CLIENTS]["row_00005"]["address"] = "B"
    for _ in range(14):  # a tenth of its age, which is five days and these hours
        api.now += HOUR
        assert lab.run("clients").exit_code == 0
    assert lab.bodies("clients")["row_00005"]["address"] == "B"


def test_a_body_in_doubt_is_in_doubt_from_the_moment_it_is_claimed(lab, api, monkeypatch):
    api.left_out = ("address",)
    api.fill(CLIENTS, 3, legal_name="ACME SA", address="A")
    lab.run("clients")
    api.rows[CLIENTS]["row_00001"]["address"] = "B"
    api.now += 24 * HOUR

    run_and_die_at("_doubt_bodies", lab, monkeypatch, "clients")
    lab.run("clients")
    assert lab.is_equal("clients")


def test_a_record_that_is_gone_while_its_body_is_fetched_makes_the_run_partial(lab, api):
    api.left_out = ("address",)
    api.fill(CLIENTS, 3, legal_name="ACME SA", address="A")
    api.before = lambda _n, path, _p: (
        path.endswith("00001") and api.rows[CLIENTS].pop("row_00001", None)
    )
    assert lab.run("clients").exit_code == 3
    api.now += 60
    assert lab.run("clients").exit_code == 0
    assert lab.is_equal("clients")


def test_a_full_last_page_without_a_word_of_more_is_the_last(lab, api):
    """Two pages of one second, and neither has_more nor a cursor at the end."""
    for n in range(200):
        api.put(SERVICES, f"row_{n:05}", api.now - HOUR)

    def silent(_path, _params, page):
        return type(page)(page.rows, bool(page.next), page.next, page.total, (), page.received_at)

    api.edit = silent
    assert lab.run().exit_code == 0
    assert lab.is_equal()

"""Lists that leave fields out: each row's whole body comes from a GET, once per change."""

from __future__ import annotations

import pytest

CLIENTS = "/clients"
DAY = 86_400


@pytest.fixture
def subset(lab):
    lab.api.left_out = ("legal_name", "address")
    lab.api.fill(CLIENTS, 30, legal_name="ACME SA", address={"zip": "06600"})
    return lab


def test_bodies_that_the_list_leaves_out_are_fetched_one_by_one(subset):
    report = subset.run("clients")
    assert report.exit_code == 0
    assert subset.is_equal("clients")
    assert report.requests == 31


def test_unchanged_rows_are_not_fetched_again(subset):
    subset.run("clients")
    subset.api.now += 60
    report = subset.run("clients")
    assert report.changed == 0
    assert subset.is_equal("clients")


def test_a_change_that_the_list_shows_fetches_that_row(subset):
    subset.run("clients")
    subset.api.now += 60
    subset.api.rows[CLIENTS]["row_00009"] |= {"name": "New", "legal_name": "NEW SA"}
    assert subset.run("clients").streams[0].counts.updated == 1
    assert subset.is_equal("clients")


def test_each_change_is_in_the_history_once(subset):
    subset.run("clients")
    before = dict(subset.api.rows[CLIENTS]["row_00009"])
    subset.api.now += 60
    subset.api.rows[CLIENTS]["row_00009"] |= {"name": "New"}
    subset.run("clients")
    assert subset.changes("row_00009") == [("inserted", None), ("updated", before)]


def test_completing_a_new_row_is_no_change_of_it(subset):
    (stream,) = subset.run("clients").streams
    assert (stream.counts.inserted, stream.counts.updated) == (30, 0)


def test_bodies_alone_are_reason_enough_to_publish(subset):
    subset.run("clients", budget=11)
    assert subset.run("clients").changed > 0


def test_a_field_that_only_a_get_shows_is_kept_fresh_by_full_runs(subset):
    subset.run("clients")
    subset.api.now += 60
    subset.api.rows[CLIENTS]["row_00009"]["legal_name"] = "NEW SA"
    subset.run("clients", is_full=True)
    assert subset.is_equal("clients")


def test_a_field_that_no_row_has_is_not_fetched_for_ever(lab, api):
    api.fill(CLIENTS, 30)
    assert lab.run("clients").requests == 2
    api.now += 60
    assert lab.run("clients").requests == 1


def test_a_list_with_everything_costs_no_gets(lab, api):
    api.fill(CLIENTS, 30, legal_name="ACME SA", address=None)
    assert lab.run("clients").requests == 1


def test_a_run_cut_short_goes_on_fetching_bodies_where_it_stopped(subset):
    assert subset.run("clients", budget=11).exit_code == 3
    report = subset.run("clients")
    assert subset.is_equal("clients")
    assert report.requests <= 30


def test_a_row_deleted_before_its_body_was_fetched_is_not_kept_as_live(subset):
    api = subset.api
    api.before = lambda _n, path, _p: (
        path.endswith("00009") and api.rows[CLIENTS].pop("row_00009", None)
    )
    subset.run("clients")
    api.now += 60
    subset.run("clients")
    assert subset.is_equal("clients")

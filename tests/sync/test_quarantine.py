"""Rows that cannot be mirrored are kept aside, told once, and stop nothing."""

from __future__ import annotations

import pytest

SERVICES = "/services"
BAD = [b"null", b"7", b'{"id":7}', b'{"id":""}', b'{"name":"x"}', b'["a"]', b'{"id":"a\\u0000b"}']


@pytest.mark.parametrize("text", BAD, ids=repr)
def test_a_row_without_a_usable_id_is_kept_aside(lab, api, text):
    api.fill(SERVICES, 5)
    api.odd[SERVICES] = [text]
    report = lab.run()
    assert report.exit_code == 3
    assert lab.is_equal()
    assert lab.rows("select payload, sightings from sync.quarantine") == [(text.decode(), 1)]


@pytest.mark.parametrize("count", [5, 250])
def test_a_bad_row_is_told_once_and_then_counted(lab, api, count):
    api.fill(SERVICES, count)
    api.odd[SERVICES] = [b"null", b'{"id":7}']
    assert lab.run().exit_code == 3
    api.now += 60
    report = lab.run()
    assert (report.exit_code, report.requests) == (0, 1)
    seen = lab.rows("select min(first_run_id), max(last_run_id) from sync.quarantine")
    assert seen == [(1, 2)]


def test_a_new_bad_row_is_told_again(lab, api):
    api.odd[SERVICES] = [b"null"]
    lab.run()
    api.odd[SERVICES] = [b"null", b"8"]
    report = lab.run()
    assert (report.exit_code, report.totals["quarantined"]) == (3, 1)


def test_a_row_nested_beyond_all_measure_is_kept_aside(lab, api):
    text = b'{"id":"deep","x":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    api.fill(SERVICES, 5)
    api.odd[SERVICES] = [text]
    lab.run()
    known = lab.rows("select length(payload) from sync.quarantine")
    assert known == [(len(text),)] or "deep" in lab.bodies()
    assert len(lab.bodies()) >= 5

"""Verifying lists everything again, names every difference and writes nothing."""

from __future__ import annotations

import pytest

from gigstack_sync.errors import ApiError, AuthError
from gigstack_sync.sync.streams import chosen
from gigstack_sync.sync.verify import verify

SERVICES = "/services"


@pytest.fixture
def synced(lab):
    lab.api.fill(SERVICES, 550)
    lab.run()
    return lab


def verdict(lab, stream="services", team="team_1"):
    (found,) = verify(lab.mirror.con, lab.api, team, chosen([stream]), own_team="team_1", size=4)
    return found


def test_equal_sides_have_no_differences(synced):
    found = verdict(synced)
    assert (found.rows, found.differences, found.errors) == (550, [], [])


def test_every_kind_of_difference_is_found(synced):
    rows = synced.api.rows[SERVICES]
    del rows["row_00300"]
    rows["row_00400"]["price"] = 1
    synced.api.put(SERVICES, "late", synced.api.now - 99_999)
    assert [tuple(d) for d in verdict(synced).differences] == [
        ("body differs", "row_00400"),
        ("only in the mirror", "row_00300"),
        ("only on the server", "late"),
    ]


def test_verifying_writes_nothing(synced):
    before = [synced.rows(f"from {table}") for table in ("mirror.services", "sync.windows")]
    synced.api.rows[SERVICES].clear()
    verdict(synced)
    after = [synced.rows(f"from {table}") for table in ("mirror.services", "sync.windows")]
    assert after == before


def test_rows_that_could_not_be_listed_are_not_called_missing(synced):
    def fail(number, *_):
        raise ApiError("broken", status=500)

    synced.api.before = fail
    found = verdict(synced)
    assert found.errors == ["broken"]
    assert found.differences == []


def test_a_refused_key_ends_it(synced):
    def refuse(*_):
        raise AuthError("revoked")

    synced.api.before = refuse
    with pytest.raises(AuthError):
        verdict(synced)


def test_an_optional_list_that_is_not_offered_is_no_difference(lab, api):
    def refuse(*_):
        raise ApiError("not offered", status=404)

    api.before = refuse
    assert verdict(lab, "invoices_sat").errors == []


def test_the_own_team_that_no_list_shows_is_no_difference(lab, api):
    api.put("/teams", "team_1")
    api.hidden.add("team_1")
    lab.run("teams")
    assert verdict(lab, "teams").differences == []


def test_a_mirror_of_bodies_fetched_one_by_one_agrees_with_its_lists(lab, api):
    api.left_out = ("address", "legal_name")
    api.fill("/clients", 30, address={}, legal_name="A")
    lab.run("clients")
    assert verdict(lab, "clients").differences == []

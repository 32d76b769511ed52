"""Whose data a key reads, from the key itself or from the list of teams."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gigstack_sync.errors import AuthError
from gigstack_sync.sync.account import MOST_TEAM_PAGES, Account, identify, team_ids


@pytest.fixture
def client(make_api):
    api = make_api()
    return SimpleNamespace(page=api.page, key=SimpleNamespace(team=None, is_test=False), api=api)


def test_a_key_that_names_its_team_is_believed_without_a_request(client):
    client.key.team = "team_7"
    assert identify(client) == Account("team_7", is_live=True)
    assert client.api.asked == []


def test_a_test_key_reads_test_data(client):
    client.key = SimpleNamespace(team="team_7", is_test=True)
    assert not identify(client).is_live


def test_an_opaque_key_is_placed_by_the_first_team_listed(client):
    for name in ("b", "a"):
        client.api.put("/teams", name)
    assert identify(client).team_id == team_ids(client)[0]


def test_an_opaque_key_without_teams_is_refused(client):
    with pytest.raises(AuthError, match="no team"):
        identify(client)


def test_teams_are_listed_to_the_last_page(client):
    for n in range(250):
        client.api.put("/teams", f"team_{n}")
    assert len(team_ids(client)) == 250


def test_a_list_of_teams_that_repeats_itself_ends(client, page):
    client.api.edit = lambda *_: page({"id": "a"}, more=True, cursor="again")
    assert team_ids(client) == ["a"]
    assert len(client.api.asked) < MOST_TEAM_PAGES

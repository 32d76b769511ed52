"""Whose data it is: one account in one mode a file, several teams side by side in it."""

from __future__ import annotations

import pytest

from gigstack_sync.errors import AuthError
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.world import Team, World

SOME = ("invoices_income", "payments", "clients")


def test_fault_45_an_empty_account_is_complete_and_can_be_asked(account):
    """Tables and views exist before the first row does."""
    shop = account(world=hamlet())
    assert shop.sync().exit_code == 0
    assert shop.differences() == []
    assert shop.query("select count(*) from invoices") == [(0,)]
    assert shop.sync().requests <= 13


def test_fault_45_an_account_of_one_row_is_mirrored(account):
    world = hamlet()
    world.collection("team_own", "clients").put(
        {"id": "client_only", "name": "Única", "created_at": world.now - 5, "livemode": True}
    )
    shop = account(world=world)
    assert shop.sync().totals["inserted"] == 2  # the client, and the team itself
    assert shop.differences() == []


def hamlet():
    """An account in which nothing has happened yet."""
    world = World(seed=1, now=1_795_197_600, own_team="team_own")
    profile = {"legal_name": "Nadie", "tax_id": "XAXX010101000", "tax_system": "616"}
    profile |= {"zip": "06600", "name": "Nadie", "created_at": world.now - 86_400}
    world.add_team(Team("team_own", profile))
    world.collection("team_own", "teams").put({"id": "team_own", **profile})
    return world


def test_fault_43_a_key_of_another_account_is_refused_before_a_row_is_touched(account, make_key):
    shop = account(invoices=30)
    shop.sync(*SOME)
    with pytest.raises(AuthError, match="belongs to team"):
        shop.sync(*SOME, key=make_key("team_elsewhere"))
    assert len(shop.server.requests) == 0
    assert shop.differences(*SOME) == []


def test_fault_44_a_test_key_is_refused_where_live_data_is_mirrored_and_the_other_way_round(
    account,
):
    shop = account(invoices=30)
    shop.sync(*SOME)
    with pytest.raises(AuthError, match="mirrors live data"):
        shop.sync(*SOME, key=shop.server.key_for(shop.team, livemode=False))
    other = account(invoices=30)
    other.sync(*SOME, key=other.server.key_for(other.team, livemode=False))
    with pytest.raises(AuthError, match="mirrors test data"):
        other.sync(*SOME)


def test_another_team_of_the_account_lives_beside_the_own_one(account):
    shop = account(invoices=120)
    shop.sync(*SOME)
    other = next(team for team in shop.world.teams if team != shop.team)
    report = shop.sync(*SOME, team=other)
    assert report.exit_code == 0
    assert shop.differences(*SOME, team=other) == []
    assert shop.differences(*SOME) == []
    asked = {entry.query.get("team") for entry in shop.server.requests}
    assert asked == {other}


def test_rows_of_one_id_in_two_teams_are_two_rows(account):
    shop = account(invoices=60)
    other = next(team for team in shop.world.teams if team != shop.team)
    row = {"id": "client_twin", "name": "Gemela", "created_at": shop.world.now - 5}
    shop.world.collection(shop.team, "clients").put({**row, "email": "a@ejemplo.mx"})
    shop.world.collection(other, "clients").put({**row, "email": "b@ejemplo.mx"})
    shop.sync("clients")
    shop.sync("clients", team=other)
    assert shop.differences("clients") == shop.differences("clients", team=other) == []
    rows = shop.query("select team_id, email from mirror.clients where id = 'client_twin'")
    assert len(rows) == 2


def test_all_teams_are_mirrored_in_one_run(account):
    shop = account(invoices=100)
    assert shop.sync(team="*").exit_code == 0
    for team in shop.world.teams:
        assert shop.differences(team=team) == []
    again = shop.sync(team="*")
    assert (again.exit_code, again.changed) == (0, 0)


def test_a_team_of_somebody_else_is_an_authentication_failure(account):
    shop = account(invoices=30)
    report = shop.sync(*SOME, team="team_of_nobody")
    assert report.exit_code == 4
    assert len(shop.server.requests) <= 16


def test_an_edit_in_one_team_leaves_the_other_alone(account):
    shop = account(world=found_business(invoices=80, months=8))
    other = next(team for team in shop.world.teams if team != shop.team)
    shop.sync(*SOME, team="*")
    rows = shop.world.collection(other, "clients")
    with shop.world.lock:
        rows.change(rows.newest_first()[0], name="Otro nombre")
    assert shop.sync(*SOME, team=other, is_full=True).totals["updated"] == 1
    assert shop.differences(*SOME, team=other) == []
    assert shop.query("select count(*) from history.changes where change = 'updated'") == [(1,)]

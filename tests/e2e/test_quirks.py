"""Whatever nobody knows of the API: a mirror of it equals it all the same.

Each choice of each quirk occurs in one of the mixes. The rare ones add every choice alone, and
a hundred more mixes.
"""

from __future__ import annotations

from dataclasses import fields
from random import Random

import pytest

from gigstack_sync.sandbox.mutations import mutate
from gigstack_sync.sandbox.quirks import Quirks, parse_quirks

USUAL = 6
REFUSING = {"auth": {"bare"}, "sat": {"forbidden", "refused"}}
NUMBERS = {
    "null_rows": (0, 7),
    "max_limit": (100, 10),
    "clock_skew": (0, 86_400, -86_400),
    "search_lag": (0, 600),
}
MIXES = 102


def choices():
    """Name and values of each quirk; the first is the default, and none refuses to answer."""
    for quirk in fields(Quirks):
        refusing = REFUSING.get(quirk.name, set())
        given = quirk.metadata.get("choices") or NUMBERS.get(quirk.name, ())
        if values := [value for value in given if value not in refusing]:
            yield quirk.name, values


def alone():
    """Every choice that is no default."""
    return [f"{name}={value}" for name, values in choices() for value in values[1:]]


def mixed():
    """Mixes of all quirks; in every six of them each choice occurs."""
    columns = {name: dealt(name, values) for name, values in choices()}
    mixes = [{name: column[n] for name, column in columns.items()} for n in range(MIXES)]
    for mix in mixes:  # a server that refuses a hundred rows a page contradicts its documentation
        mix["over_limit"] = "clamp" if mix["max_limit"] < 100 else mix["over_limit"]
    return mixes


def dealt(name, values):
    cards = Random(name)
    rounds = [
        values * (6 // len(values)) + values[: 6 % len(values)] for _ in range(MIXES // 6 + 1)
    ]
    return [card for cards_of_round in rounds for card in cards.sample(cards_of_round, 6)]


def first_exit(quirks):
    """Rows that are null, and totals that cannot be true, are said once."""
    return 3 if quirks.null_rows or quirks.total == "wrong" else 0


def check(shop, quirks):
    assert shop.sync().exit_code == first_exit(quirks)
    assert shop.differences() == []
    shop.world.live_days(3)
    mutate(shop.world, 5, 30)
    assert shop.sync(is_full=True).exit_code == 0
    assert shop.differences() == []
    again = shop.sync()
    assert (again.exit_code, again.changed) == (0, 0)
    assert shop.differences() == []


def test_every_choice_of_every_quirk_is_in_a_mix():
    seen = {f"{name}={value}" for mix in mixed()[:USUAL] for name, value in mix.items()}
    assert set(alone()) <= seen


@pytest.mark.parametrize("mix", range(USUAL))
def test_a_mirror_equals_a_server_with_a_mix_of_quirks(mix, account):
    quirks = Quirks(**mixed()[mix])
    check(account(quirks=quirks, invoices=105, months=6), quirks)


@pytest.mark.rare
@pytest.mark.parametrize("mix", range(USUAL, MIXES))
def test_a_mirror_equals_a_server_with_another_mix_of_quirks(mix, account):
    quirks = Quirks(**mixed()[mix])
    check(account(quirks=quirks, invoices=200, months=24), quirks)


@pytest.mark.rare
@pytest.mark.parametrize("quirk", alone())
def test_a_mirror_equals_a_server_with(quirk, account):
    quirks = parse_quirks([quirk])
    check(account(quirks=quirks, invoices=250, months=36), quirks)


@pytest.mark.parametrize(
    ("quirks", "most_again"), [(Quirks.everything(), 50), (Quirks.worst(), 300)]
)
def test_a_mirror_equals_a_server_with_everything_odd(quirks, most_again, account):
    shop = account(quirks=quirks, invoices=130, months=18)
    assert shop.sync().exit_code == 3
    assert shop.differences() == []
    again = shop.sync()
    assert (again.exit_code, again.changed) == (0, 0)
    assert again.requests <= most_again
    shop.world.live_days(4)
    mutate(shop.world, 6, 40)
    assert shop.sync(is_full=True).exit_code == 0
    assert shop.differences() == []


@pytest.mark.parametrize("quirk", ["sat=forbidden", "sat=refused"])
def test_an_account_without_sat_downloads_is_complete_without_them(quirk, account):
    shop = account(quirks=[quirk])
    report = shop.sync()
    sat = next(s for s in report.streams if s.stream == "invoices_sat")
    assert (report.exit_code, bool(sat.unavailable)) == (0, True)
    assert [d for d in shop.differences() if not d.startswith("invoices_sat ")] == []


def test_downloads_from_the_sat_that_are_activated_later_arrive(account):
    shop = account(quirks=["sat=forbidden"])
    shop.sync()
    shop.server.set_quirks(Quirks())
    assert shop.sync().exit_code == 0
    assert shop.differences() == []


def test_a_server_that_refuses_the_key_is_asked_no_more(account):
    shop = account(quirks=["auth=bare"])
    report = shop.sync()
    assert (report.exit_code, report.outcome) == (4, "auth")
    assert len(shop.server.requests) <= 16


@pytest.mark.parametrize("quirk", ["late_seconds=900", "late_requests=40"])
def test_rows_that_lists_show_late_are_found(quirk, account):
    shop = account(quirks=[quirk])
    shop.sync()
    shop.world.live_days(1)
    for _ in range(2):
        shop.world.live_days(1)
        assert shop.sync().exit_code in (0, 3)  # 3 while the total counts what no list shows
        assert shop.tombstones() == 0
    shop.server.set_quirks(Quirks())
    shop.world.live_days(1)
    assert shop.sync().exit_code == 0
    assert [line for line in shop.differences() if "lacks" in line] == []


def test_rows_that_no_list_shows_are_no_deletions(account):
    shop = account(invoices=300)
    shop.sync()
    shop.server.set_quirks(Quirks(hidden=0.1))
    report = shop.sync(is_full=True)
    assert report.exit_code in (0, 3)
    assert any(s.warnings or s.errors for s in report.streams)
    assert shop.tombstones() == 0
    assert shop.differences() == []
    shop.server.set_quirks(Quirks())
    assert shop.sync(is_full=True).exit_code == 0
    assert shop.differences() == []

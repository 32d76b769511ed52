"""Whatever nobody knows of the API: a mirror of it equals it all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pytest

from gigstack_sync.sandbox.mutations import mutate
from gigstack_sync.sandbox.quirks import Quirks

REFUSING = ("auth=bare", "sat=forbidden", "sat=refused")
NUMBERS = ("null_rows=7", "max_limit=10", "clock_skew=86400", "clock_skew=-86400", "search_lag=600")


def spellings() -> Iterator[str]:
    """Every choice of every quirk, but the defaults and those that refuse to answer."""
    for quirk in fields(Quirks):
        for choice in quirk.metadata.get("choices", ())[1:]:
            if (text := f"{quirk.name}={choice}") not in REFUSING:
                yield text
    yield from NUMBERS


def first_exit(quirk: str) -> int:
    """Rows that are null, and totals that cannot be true, are said once."""
    return 3 if quirk in ("null_rows=7", "total=wrong") else 0


@pytest.mark.parametrize("quirk", list(spellings()))
def test_a_mirror_equals_a_server_with(quirk, account):
    shop = account(quirks=[quirk], invoices=220, months=18)
    first = shop.sync()
    assert first.exit_code == first_exit(quirk)
    assert shop.differences() == []
    shop.world.live_days(3)
    mutate(shop.world, 5, 30)
    assert shop.sync(is_full=True).exit_code == 0
    assert shop.differences() == []
    again = shop.sync()
    assert (again.exit_code, again.changed) == (0, 0)
    assert shop.differences() == []
    assert again.requests < max(first.requests, 22)


@pytest.mark.parametrize(
    ("quirks", "most_again"), [(Quirks(), 22), (Quirks.everything(), 60), (Quirks.worst(), 500)]
)
def test_a_mirror_equals_a_server_with_everything_odd(quirks, most_again, account):
    shop = account(quirks=quirks, invoices=300, months=24)
    assert shop.sync().exit_code == (0 if quirks == Quirks() else 3)
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
    assert shop.differences(without=("invoices_sat",)) == []


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
    shop = account(quirks=[quirk], invoices=200)
    shop.sync()
    shop.world.live_days(1)
    for _ in range(4):
        shop.world.live_days(1)
        assert shop.sync().exit_code == 0
    shop.server.set_quirks(Quirks())
    shop.world.live_days(1)
    shop.sync()
    late = [line for line in shop.differences() if "lacks" in line]
    assert late == []


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

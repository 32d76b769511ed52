"""A fresh list against the mirror: every difference is named once."""

from __future__ import annotations

import pytest

from gigstack_sync.store.compare import Comparison
from gigstack_sync.sync.perform import spool_line


def line(name, body=b"{}", seq=1):
    return spool_line(seq, "team_1", name, None, body)[0]


@pytest.fixture
def comparison(warehouse):
    for name in "abc":
        key, digest = (int(part) for part in line(name).split(b"\t")[1:3])
        warehouse.put("services", {"id": name})
        warehouse.con.execute(
            "update mirror.services set key = ?, list_hash = ? where id = ?", [key, digest, name]
        )
    return Comparison(warehouse.con)


def differences(comparison):
    return [tuple(d) for d in comparison.differences("team_1", "services")]


def test_equal_sides_differ_in_nothing(comparison):
    comparison.add("services", [line(name) for name in "abc"])
    assert differences(comparison) == []
    assert comparison.rows("services") == 3


def test_each_kind_of_difference_is_named(comparison):
    comparison.add("services", [line("a"), line("b", b'{"n":1}'), line("new")])
    assert differences(comparison) == [
        ("body differs", "b"),
        ("only in the mirror", "c"),
        ("only on the server", "new"),
    ]


def test_of_two_bodies_the_later_is_compared(comparison):
    comparison.add("services", [line(name) for name in "bc"])
    comparison.add("services", [line("a", b'{"old":1}', seq=1)])
    comparison.add("services", [line("a", seq=2)])
    assert differences(comparison) == []


def test_a_deleted_row_is_not_expected(comparison, warehouse):
    warehouse.con.execute("update mirror.services set deleted_at = now() where id = 'c'")
    comparison.add("services", [line(name) for name in "ab"])
    assert differences(comparison) == []


def test_streams_are_kept_apart(comparison):
    comparison.add("clients", [line("x")])
    assert comparison.rows("services") == 0


def test_an_empty_page_is_nothing_to_compare(comparison):
    comparison.add("services", [])
    assert comparison.rows("services") == 0

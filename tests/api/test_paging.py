from __future__ import annotations

import pytest

from gigstack_sync.api.paging import Page, Trail, walk
from gigstack_sync.errors import BadAnswer


def server(**cursors):
    """Pages by cursor: `start="a"` leads from the first page to cursor a; None is the end."""

    def fetch(cursor):
        following = cursors[cursor or "start"]
        return Page((cursor,), following is not None, following)

    return fetch


def test_a_walk_sees_every_page_once():
    pages = list(walk(server(start="a", a="b", b=None)))
    assert [list(page) for page in pages] == [[None], ["a"], ["b"]]


@pytest.mark.parametrize(
    "cursors", [{"start": "a", "a": "a"}, {"start": "a", "a": "b", "b": "a"}], ids=["same", "cycle"]
)
def test_a_loop_is_an_error_that_names_the_cursor(cursors):
    with pytest.raises(BadAnswer, match="'a' twice"):
        list(walk(server(**cursors)))


def test_a_loop_back_to_where_the_walk_began_is_noticed():
    with pytest.raises(BadAnswer, match="twice"):
        list(walk(server(b="c", c="b"), start="b"))


def test_more_rows_without_a_way_to_them_is_an_error():
    with pytest.raises(BadAnswer, match="no cursor"):
        list(walk(lambda _cursor: Page((1,), True, None)))


def test_three_empty_pages_are_tolerated_and_a_fourth_is_not():
    trail = Trail()
    for cursor in "abc":
        assert trail.follow(Page((), True, cursor)) == cursor
    with pytest.raises(BadAnswer, match="empty"):
        trail.follow(Page((), True, "d"))


def test_a_full_page_between_empty_ones_starts_the_count_anew():
    trail = Trail()
    for number in range(20):
        trail.follow(Page((1,) if number % 4 == 3 else (), True, str(number)))

"""One look: what is asked, and what its answer is made into."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.api.envelope import RawPage
from gigstack_sync.errors import UsageError
from gigstack_sync.sync.look import Kind, Look
from gigstack_sync.sync.passes import Passes
from gigstack_sync.sync.perform import Performer, _has_more, spool_line
from gigstack_sync.sync.streams import CREATED_DIALECTS, STREAMS, chosen, dialects, filter_params
from gigstack_sync.sync.windows import DAY, Span

(SERVICES,) = chosen(["services"])
(CLIENTS,) = chosen(["clients"])
(SAT,) = chosen(["invoices_sat"])


def asked(api, look, stream=SERVICES, dialect=None, team=None):
    Performer(api, team)(stream, "team_1", dialect, look)
    return api.asked[-1]


@pytest.fixture
def api(make_api):
    return make_api()


def test_the_oldest_row_is_asked_for_alone(api):
    assert asked(api, Look(Kind.OLDEST))[1] == {"limit": "1", "sort": "asc"}


@pytest.mark.parametrize(("dialect", "scale"), [*zip(CREATED_DIALECTS, (1, 1, 1000), strict=True)])
def test_a_span_is_asked_for_in_the_servers_unit(api, dialect, scale):
    _, params = asked(api, Look(Kind.SPAN, Span(7, 9)), dialect=dialect)
    assert sorted(params.values()) == sorted(["100", str(7 * scale), str(9 * scale)])


def test_a_span_of_days_reaches_into_the_day_after_it():
    (days,) = dialects(SAT.axis)
    params = filter_params(SAT.axis, days, Span(0, 2 * DAY))
    assert params == {"from": "1970-01-01", "to": "1970-01-03"}


def test_each_list_gets_the_cursor_it_knows(api):
    assert asked(api, Look(Kind.WHOLE, cursor="after|x"))[1]["next"] == "after|x"
    assert "starting_after" in asked(api, Look(Kind.WHOLE, cursor="after|x"), SAT)[1]


@pytest.mark.parametrize("look", [Look(Kind.HEAD), Look(Kind.CONFIRM, row_id="a")])
def test_another_team_is_named_in_every_request(api, look):
    assert asked(api, look, team="team_2")[1]["team"] == "team_2"


@pytest.mark.parametrize("row_id", ["a/b", "..", "a?b#c", "ñ é", "%2e"])
def test_an_id_never_leaves_its_segment_of_the_path(row_id):
    path = SERVICES.row_path(row_id)
    assert path.removeprefix("/services/").isascii()
    assert not set("/?# ") & set(path.removeprefix("/services/"))


def test_a_row_that_does_not_exist_is_an_answer(api):
    assert Performer(api)(SERVICES, "team_1", None, Look(Kind.CONFIRM, row_id="a")).is_gone


@pytest.mark.parametrize(
    ("body", "is_lacking"),
    [
        ({"legal_name": None, "address": {}}, False),
        ({"legal_name": "x"}, True),
        ({"nested": {"address": 1, "legal_name": 2}}, True),
    ],
)
def test_a_row_lacks_what_is_absent_not_what_is_null(api, page, body, is_lacking):
    api.edit = lambda *_: page({"id": "a"} | body)
    answer = Performer(api)(CLIENTS, "team_1", None, Look(Kind.HEAD))
    assert (answer.lacking == "a") is is_lacking


@pytest.mark.parametrize(
    ("rows", "says", "has_more", "is_span", "goes_on"),
    [
        (100, False, False, True, False),
        (3, False, True, True, False),
        (100, False, True, True, True),
        (100, None, False, True, True),
        (99, None, False, True, False),
        (100, None, False, False, False),
        (3, True, True, True, True),
    ],
)
def test_whether_to_ask_on_when_the_envelope_disagrees(rows, says, has_more, is_span, goes_on):
    raw = RawPage([b"{}"] * rows, has_more, "c", says_more=says)
    look = Look(Kind.SPAN, Span(0, 1)) if is_span else Look(Kind.WHOLE)
    assert _has_more(raw, look) is goes_on


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20))
def test_a_spool_line_has_six_fields_whatever_the_body(name):
    line, _ = spool_line(1, "team_1", name, None, b'{\t"a":\r\n1}')
    fields = line.rstrip(b"\n").split(b"\t")
    assert (len(fields), fields[3], fields[4].decode()) == (6, b"", name)


def test_keys_of_two_teams_or_ids_never_run_together():
    lines = [spool_line(1, *names, None, b"{}")[0] for names in [("ab", "c"), ("a", "bc")]]
    assert lines[0].split(b"\t")[1] != lines[1].split(b"\t")[1]


def test_streams_are_chosen_by_name_or_family():
    assert len(chosen(["invoices"])) == 6
    assert chosen(None) == STREAMS
    with pytest.raises(UsageError, match="'bills'"):
        chosen(["services", "bills"])


class Page:
    """A page as a pass sees it."""

    def __init__(self, digest, total=None):
        self.digest, self.total = digest, total


def passes(*each):
    """Whether each of these passes, in turn, may be believed."""
    state = Passes()
    for number, pages in enumerate(each):
        if number:
            state.begin()
        for page in pages:
            state.add(page)
        yield state.agree()


def test_one_page_is_the_whole_list():
    assert list(passes([Page(1)])) == [True]


def test_a_total_that_stands_still_makes_a_pass_believable():
    assert list(passes([Page(1, 9), Page(2, 9)])) == [True]


def test_a_total_that_moves_asks_for_another_pass():
    assert list(passes([Page(1, 9), Page(2, 8)], [Page(1, 8), Page(2, 8)])) == [False, True]


def test_without_totals_two_passes_must_show_the_same():
    same, other = [Page(1), Page(2)], [Page(1), Page(3)]
    assert list(passes(same, other, other)) == [False, False, True]


def test_passes_come_to_an_end():
    state = Passes()
    while state.may_restart():
        state.begin()
    assert state.count == 4

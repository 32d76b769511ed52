from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.api.head import read_head


def head(**row):
    return read_head(json.dumps(row).encode())


def test_the_plain_case():
    found = head(id="invoice_1", uuid="6741A863", created_at=1_700_000_000, total=1)
    assert (found.id, found.uuid, found.created) == ("invoice_1", "6741A863", 1_700_000_000)
    assert found.problem is None


@pytest.mark.parametrize("absent", [{}, {"id": None}])
def test_the_uuid_stands_in_for_an_absent_id(absent):
    assert head(**absent, uuid="invoice_9").id == "invoice_9"


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (7, "not text"),
        ("", "empty"),
        ("a\n", "unprintable"),
        ("a\x00", "unprintable"),
        ("x" * 161, "longer"),
        (["a"], "not text"),
        (True, "not text"),
        ("\ud800", "unprintable"),
        (None, "no id"),
    ],
)
def test_an_id_that_cannot_be_kept_is_named(bad, problem):
    found = head(id=bad)
    assert found.id is None
    assert problem in (found.problem or "")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b" null ", "null entry"),
        (b"[]", "not an object"),
        (b'"x"', "not an object"),
        (b'{"id":', "not JSON"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "nested too deeply"),
    ],
)
def test_entries_that_are_no_rows(raw, problem):
    assert read_head(raw).problem == problem


def test_a_number_out_of_range_spoils_only_itself():
    found = read_head(b'{"id":"a","created_at":1e999,"created":1700000000}')
    assert (found.id, found.created) == ("a", 1_700_000_000)


def test_sat_rows_have_their_local_date_of_issue():
    assert head(id="a", issue_date="2026-01-31T10:00:00").issue_date == 1_769_853_600
    assert head(id="a", issueDate="2026-01-31T10:00:00-06:00").issue_date == 1_769_853_600


@given(
    st.binary(max_size=80)
    | st.text(max_size=80).map(lambda text: ("{" + text).encode("utf-8", "replace"))
)
def test_it_never_raises(raw):
    read_head(raw)

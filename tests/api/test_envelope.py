from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.api.envelope import Unreadable, parse_page, parse_row
from gigstack_sync.errors import ApiError, BadAnswer, NotFound

ROW = b'{"id":"a","total":1160.10}'
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
layouts = st.sampled_from(
    [{}, {"indent": 1}, {"ensure_ascii": False}, {"separators": (" ,\t", ":\r\n")}]
)


def envelope(**members):
    return json.dumps(members).encode()


@given(st.lists(values, max_size=6), layouts)
def test_rows_come_back_byte_for_byte(rows, layout):
    try:
        texts = [json.dumps(row, **layout).encode() for row in rows]
    except UnicodeEncodeError:
        return
    body = b'{"has_more": false, "data": [' + b" ,\n".join(texts) + b"]}"
    assert parse_page(body).rows == texts


@given(st.binary(max_size=200))
def test_noise_is_a_bad_answer_and_nothing_else(body):
    with pytest.raises(ApiError):
        parse_page(body)


@given(st.integers(1, 200))
def test_a_cut_page_is_never_a_page(cut):
    body = b'{"message":"ok","data":[' + ROW + b'],"has_more":true,"next":"c","total_results":9}'
    with pytest.raises(Unreadable):
        parse_page(body[: -(1 + cut % (len(body) - 1))])


@pytest.mark.parametrize(
    "body",
    [
        b'{"data":[%s],"has_more":true,"next":"c","total_results":7}',
        b'{"success":true,"data":[%s],"has_more":true,"next":"c","total":7,"timestamp":1}',
        b'{"data":{"data":[%s],"has_more":true,"next_cursor":"c"},"total_results":"7"}',
        b'{"data":{"history":[%s],"has_more":"true","cursor":"c","total":7}}',
        b'{"data":[%s],"hasMore":true,"next":"","next_cursor":"c","totalResults":7}',
        b'{"data":[%s],"has_more":1,"next":"c","count":7}',
        b'{"data":[%s],"has_more":true,"next":"c","found":7}',
        b'{"data":[%s],"has_more":true,"next":"c","pagination":{"totalItems":7}}',
        b'\xef\xbb\xbf {"data" : [ %s ] , "has_more":true,"next":"c","total_results":7 }\n',
    ],
)
def test_every_family_of_envelope_reads_the_same(body):
    page = parse_page(body % ROW)
    assert (page.rows, page.has_more, page.next, page.total) == ([ROW], True, "c", 7)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"has_more": True, "next": "c"}, (True, "c", 0)),
        ({"has_more": True, "next": None}, (True, None, 1)),
        ({"has_more": True}, (True, None, 1)),
        ({"has_more": False, "next": "c"}, (True, "c", 1)),
        ({"has_more": False, "next": ""}, (False, None, 0)),
        ({"next": "c"}, (True, "c", 1)),
        ({}, (False, None, 1)),
        ({"has_more": "false", "next": None}, (False, None, 0)),
        ({"has_more": True, "next": 12}, (True, "12", 0)),
        ({"has_more": True, "next": {"a": 1}}, (True, None, 2)),
    ],
)
def test_where_has_more_and_next_disagree_more_data_wins(members, expected):
    page = parse_page(envelope(data=[{"id": "a"}], **members))
    assert (page.has_more, page.next, len(page.warnings)) == expected


def test_an_empty_page_that_says_it_is_the_last_is_believed():
    assert not parse_page(envelope(data=[], has_more=False, next="c")).has_more


def test_a_count_that_may_be_the_page_size_is_no_total():
    assert parse_page(envelope(data=[{}], has_more=True, next="c", count=1)).total is None
    assert parse_page(envelope(data=[{}], has_more=False, count=1)).total == 1


@pytest.mark.parametrize("total", [None, -1, "many", True, 1.5, "9" * 30])
def test_an_odd_total_is_no_total(total):
    assert parse_page(envelope(data=[], has_more=False, total_results=total)).total is None


@pytest.mark.parametrize(
    "body",
    [b'{"data":null}', b"{}", b'{"data":{}}', b'{"data":"x"}', b"[]", b"7", b'{"message":"ok"}'],
)
def test_json_without_a_list_is_never_zero_rows(body):
    with pytest.raises(BadAnswer) as caught:
        parse_page(body)
    assert not isinstance(caught.value, Unreadable)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"<html><title>Sign in</title></html>",
        b'{"data":[{"a":NaN}]}',
        b'{"data":[{"a":"\xff"}]}',
        b'{"data":[1]}{"data":[2]}',
        b'{"data":[' + b'{"a":' * 5000 + b"}" * 4000,
        b'{"data":[{"a":"\\ud800"},]}',
    ],
)
def test_what_is_not_json_is_unreadable(body):
    with pytest.raises(Unreadable):
        parse_page(body)


@pytest.mark.parametrize(
    "error", [{"code": "resource_not_found"}, "resource_not_found", "Client not found"]
)
def test_a_404_under_200_is_a_404(error):
    with pytest.raises(NotFound):
        parse_row(envelope(success=False, error=error))


def test_an_outage_that_speaks_of_something_not_found_is_no_404():
    error = {"code": "database_error", "message": "index not found"}
    with pytest.raises(ApiError) as caught:
        parse_row(envelope(success=False, error=error))
    assert not isinstance(caught.value, NotFound)


@pytest.mark.parametrize("success", [False, "false", 0])
def test_a_refusal_under_200_carries_its_code(success):
    body = envelope(success=success, error={"code": "database_error", "message": "boom"}, data=[])
    with pytest.raises(ApiError, match="boom") as caught:
        parse_page(body)
    assert caught.value.api_code == "database_error"


def test_an_error_without_data_is_a_refusal():
    with pytest.raises(ApiError, match="client is required"):
        parse_page(envelope(message="Invalid", error="client is required"))


def test_one_row_too_deep_for_any_parser_does_not_take_the_page_with_it():
    deep = b'{"id":"deep","a":' + b"[" * 5000 + b"]" * 5000 + b"}"
    assert parse_page(b'{"data":[' + ROW + b", " + deep + b'],"has_more":false}').rows == [
        ROW,
        deep,
    ]


def test_half_surrogates_survive():
    row = b'{"id":"a","name":"\\ud800"}'
    assert parse_page(b'{"data":[' + row + b'],"has_more":false}').rows == [row]


def test_a_record_is_cut_out_as_received():
    assert parse_row(b'{"message":"ok","data": {"id" : "a",\n"t":1.10} }') == (
        b'{"id" : "a",\n"t":1.10}'
    )


@pytest.mark.parametrize("body", [b'{"data":[]}', b'{"data":null}', b"{}", b'{"data":3}'])
def test_a_record_that_is_no_object_is_a_bad_answer(body):
    with pytest.raises(BadAnswer):
        parse_row(body)

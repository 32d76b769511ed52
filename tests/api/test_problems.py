from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.api.problems import read_problem

trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["message", "error", "errors", "details", "code", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


def problem(**body):
    return read_problem(json.dumps(body).encode())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"message": "Invalid body", "error": "client is required"},
         ("Invalid body", "", ("client is required",))),
        ({"message": "No", "error": "validation_failed"}, ("No", "validation_failed", ())),
        ({"message": "No", "error": "unauthorized"}, ("No", "unauthorized", ())),
        ({"message": "No", "error": {"message": "rfc", "code": "bad_rfc", "details": ["a", "b"]}},
         ("No", "bad_rfc", ("rfc", "a", "b"))),
        ({"error": {"message": "rfc", "details": "long"}}, ("rfc", "", ("long",))),
        ({"message": "Draft is incomplete"}, ("Draft is incomplete", "", ())),
        ({"message": "No", "errors": {"tax_id": ["wrong", "short"]}},
         ("No", "", ("tax_id: wrong", "tax_id: short"))),
        ({"success": False, "error": {"code": "database_error", "message": "down"}},
         ("down", "database_error", ())),
        ({"message": {"error": "nested"}}, ("nested", "", ())),
        ({}, ("", "", ())),
    ],
)  # fmt: skip
def test_every_shape_of_refusal(body, expected):
    found = problem(**body)
    assert (found.message, found.api_code, found.details) == expected


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html><head><title>502 Bad\n Gateway</title></head>", "502 Bad Gateway"),
        (b"<h1>Sign in</h1>", "Sign in"),
        (b"upstream connect error", "upstream connect error"),
        (b"", ""),
        (b'"just text"', "just text"),
        (b"\xff\xfe\x00\x1b[31m", "\N{REPLACEMENT CHARACTER}" * 2 + " [31m"),
    ],
)
def test_bodies_that_are_no_json(body, message):
    assert read_problem(body).message == message


@given(trees)
def test_no_tree_makes_it_fail_or_talk_too_much(tree):
    found = read_problem(json.dumps(tree).encode())
    assert len(found.details) <= 20
    assert all(text.isprintable() and len(text) < 1600 for text in (found.message, *found.details))


@given(st.binary())
def test_no_bytes_make_it_fail(body):
    assert read_problem(body).message.isprintable()


def test_a_sentence_does_not_repeat_itself():
    assert str(problem(message="No", error="because")) == "No: because"
    assert str(problem(error="because")) == "because"

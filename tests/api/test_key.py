from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.api.key import ApiKey
from gigstack_sync.errors import ConfigError


def jwt(**claims):
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{payload}.c2lnbmF0dXJl"


def test_a_jwt_says_whose_it_is():
    key = ApiKey.parse(jwt(team="team_ñ", livemode=True, key_id="key_1"))
    assert (key.team, key.livemode, key.key_id, key.is_test) == ("team_ñ", True, "key_1", False)


@pytest.mark.parametrize(
    "text", ["sk_test_123", jwt(livemode=False), jwt(livemode=True, key_id="k_TEST_1")]
)
def test_the_three_signs_of_a_test_key(text):
    assert ApiKey.parse(text).is_test


@pytest.mark.parametrize("text", ["sk_live_1", "a.b.c", "a.b", "...", jwt(livemode="no", team=7)])
def test_other_keys_are_taken_as_they_are(text):
    key = ApiKey.parse(text)
    assert (key.team, key.livemode, key.is_test) == (None, None, False)


def test_padding_may_be_there_or_not():
    head, payload, tail = jwt(team="t").split(".")
    assert ApiKey.parse(f"{head}.{payload}==.{tail}").team == "t"


@pytest.mark.parametrize("text", ["", " ", "a b", "a\n", "a\r\nX: y", "clé", "a\x00", "x" * 9000])
def test_what_no_header_can_carry_is_refused_unquoted(text):
    with pytest.raises(ConfigError) as caught:
        ApiKey.parse(text)
    assert len(text) < 2 or text not in f"{caught.value!r} {caught.value.hint}"


def test_it_does_not_show_itself():
    text = jwt(team="team_1")
    key = ApiKey.parse(text)
    assert key.masked == f"{text[:12]}...{text[-4:]}"
    assert text not in f"{key!r} {key} {key.redact(text)}"


def test_a_short_key_is_hidden_almost_whole():
    assert ApiKey.parse("sk_test_abcdefgh").masked == "sk_t..."


payloads = st.binary(max_size=90).map(lambda raw: f"a.{base64.b64encode(raw).decode()}.b")


@given(st.text(max_size=200) | payloads)
def test_any_text_is_a_key_or_a_config_error(text):
    try:
        key = ApiKey.parse(text)
    except ConfigError:
        return
    assert key.authorization == f"Bearer {text}"

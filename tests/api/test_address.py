from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.api.address import Address, segment
from gigstack_sync.errors import ApiError, ConfigError, UsageError


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("https://api.gigstack.io/v2", "/v2/x"),
        ("https://api.gigstack.io/v2/", "/v2/x"),
        ("https://example.com", "/x"),
        ("http://127.0.0.1:8000/v2", "/v2/x"),
        ("http://127.9.9.9", "/x"),
        ("http://[::1]:8000/v2", "/v2/x"),
        ("http://localhost:8000", "/x"),
    ],
)
def test_addresses_that_may_have_the_key(text, target):
    assert Address.parse(text).target("/x") == target


@pytest.mark.parametrize(
    "text",
    [
        "", "api.gigstack.io", "http://api.gigstack.io/v2", "ftp://localhost", "http://0.0.0.0",
        "http://127.0.0.1.evil.mx", "http://localhost.evil.mx", "http://localhost@evil.mx",
        "https://user:pass@api.gigstack.io", "https://api.gigstack.io/v2?x=1", "https://a b",
        "https://evil.mx\\@api.gigstack.io", "https://api.gigstack.io:99999999", "https://[::1",
        "https:///v2", "https://a\n.mx", "file:///etc/passwd", "https://a#b",
    ],
)  # fmt: skip
def test_addresses_that_may_not(text):
    with pytest.raises(ConfigError):
        Address.parse(text)


@given(st.text(min_size=1, max_size=40))
def test_an_id_stays_one_segment(record_id):
    try:
        encoded = segment(record_id)
    except UsageError:
        return
    assert not set(encoded) & set("/?#\\")
    assert encoded.strip(".")
    assert unquote(encoded) == record_id


@pytest.mark.parametrize("record_id", ["", ".", "..", "a\nb", "\x00", "\ud800"])
def test_what_is_no_id_never_reaches_the_network(record_id):
    with pytest.raises(UsageError):
        segment(record_id)


def test_parameters_are_encoded_and_none_is_left_out():
    address = Address.parse("http://localhost")
    params = {"created[gte]": 1, "q": "a&b=ñ", "next": None}
    assert address.target("/x", params) == "/x?created%5Bgte%5D=1&q=a%26b%3D%C3%B1"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/v2/y?a=1", "/v2/y?a=1"),
        ("y", "/v2/y"),
        ("https://API.gigstack.io:443/z", "/z"),
        ("https://api.gigstack.io", "/"),
    ],
)
def test_redirects_at_home_are_followed(location, target):
    assert Address.parse("https://api.gigstack.io/v2").follow("/v2/x", location) == target


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.mx/v2/x", "//evil.mx/x", "http://api.gigstack.io/v2/x", "https://[",
        "https://api.gigstack.io:8443/x", "https://api.gigstack.io@evil.mx/", "javascript:1",
        "https://api.gigstack.io.evil.mx/", "https://u:p@api.gigstack.io/x", "/x\r\nHost: evil.mx",
    ],
)  # fmt: skip
def test_redirects_elsewhere_are_refused(location):
    with pytest.raises(ApiError, match="refused"):
        Address.parse("https://api.gigstack.io/v2").follow("/v2/x", location)

"""PDF and XML on their way to a file: without the key, whole, and what they should be."""

from __future__ import annotations

import base64
import io

import pytest

from gigstack_sync.api.address import Address
from gigstack_sync.api.downloads import Downloads
from gigstack_sync.api.retry import Policy
from gigstack_sync.api.timing import Timing
from gigstack_sync.errors import ApiError, BadAnswer, NetworkError

PDF = b"%PDF-1.4\n" + b"x" * 5000 + b"\n%%EOF\n"
XML = b'\xef\xbb\xbf<?xml version="1.0"?><cfdi:Comprobante></cfdi:Comprobante>\n'


@pytest.fixture
def fetch(serve, connect, http):
    """Download from `link`: (bytes written, what the API was asked)."""

    def download(link, kind="pdf", sink=None, **limits):
        api = serve(http.raw({"data": {kind: link}}))
        sink = io.BytesIO() if sink is None else sink
        size = connect(api, **limits).invoices.download("i", kind, sink)
        assert size == len(sink.getvalue())
        return sink.getvalue()

    return download


@pytest.mark.parametrize(("kind", "content"), [("pdf", PDF), ("xml", XML)])
def test_a_file_arrives_whole_and_the_key_stays_home(serve, http, fetch, kind, content):
    bucket = serve(http.raw(content))
    assert fetch(f"{bucket.url}/f?sig=a%2Fb", kind) == content
    (request,) = bucket.requests
    assert request.target == "/v2/f?sig=a%2Fb"
    assert "authorization" not in request.headers
    assert http.key not in str(request)


def test_a_redirect_to_another_host_is_followed_without_the_key(serve, http, fetch):
    bucket = serve(http.raw(PDF))
    first = serve(http.raw(status=302, headers={"Location": f"{bucket.url}/there"}))
    assert fetch(f"{first.url}/f") == PDF
    assert "authorization" not in bucket.requests[0].headers


def test_redirects_end(serve, http, fetch):
    bucket = serve(http.raw(status=302, headers={"Location": "/again"}))
    with pytest.raises(ApiError, match="for ever"):
        fetch(f"{bucket.url}/f")


@pytest.mark.parametrize("form", [
    lambda link: {"url": link}, lambda _: base64.b64encode(PDF).decode(),
    lambda _: "data:application/pdf;base64," + base64.b64encode(PDF).decode(),
    lambda _: {"content": base64.b64encode(PDF).decode()},
])  # fmt: skip
def test_a_file_may_come_in_the_answer_itself(serve, http, fetch, form):
    assert fetch(form(f"{serve(http.raw(PDF)).url}/f")) == PDF


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (PDF[:-20], "pdf", "cut short"),
        (XML[:-20], "xml", "cut short"),
        (b"<html>Sign in</html>", "pdf", "no PDF"),
        (b"<!DOCTYPE html><html></html>" + b" " * 99 + b">", "xml", "no XML"),
        (b"<html><body></body></html>", "xml", "no XML"),
        (b"", "pdf", "no PDF"),
        (PDF, "xml", "no XML"),
    ],
)
def test_what_is_not_the_file_is_refused(serve, http, fetch, content, kind, words):
    bucket = serve(http.raw(content))
    with pytest.raises(BadAnswer, match=words):
        fetch(f"{bucket.url}/f", kind)
    assert len(bucket.requests) == 1


@pytest.mark.parametrize("link", [None, "", 7, "no base64 !", {"url": None}])
def test_no_file_is_no_success(fetch, link):
    with pytest.raises(BadAnswer):
        fetch(link)


def test_a_download_cut_on_the_way_begins_again_in_the_same_file(serve, http, fetch):
    def short(connection):
        connection.sendall(http.raw(PDF[:3000], headers={"Content-Length": len(PDF)}))

    sink = io.BytesIO(b"kept")
    sink.seek(4)
    api_bucket = serve(short, http.raw(b"", 503), http.raw(PDF))
    with pytest.raises(AssertionError):  # the sink began with other bytes, which stay
        fetch(f"{api_bucket.url}/f", sink=sink)
    assert sink.getvalue() == b"kept" + PDF


def test_an_outage_ends(serve, http, fetch):
    bucket = serve(http.raw(b"", 503))
    with pytest.raises(NetworkError, match="failed 2 times"):
        fetch(f"{bucket.url}/f", tries=2)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_address_that_has_expired_is_not_a_bad_key(serve, http, fetch, status):
    bucket = serve(http.raw(b"<Error/>", status))
    with pytest.raises(ApiError) as caught:
        fetch(f"{bucket.url}/f")
    assert "login" not in caught.value.hint


@pytest.mark.parametrize(
    "url",
    [
        "http://storage.example/f",
        "https://user@storage.example/f",
        "https://169.254.169.254/latest",
        "https://127.0.0.1/f",
        "https://[::1]/f",
        "https://10.0.0.1/f",
        "https://localhost/f",
        "https://LOCALHOST./f",
        "https://2130706433/f",
        "https://0x7f.1/f",
        "https://127.1/f",
        "https://printer.local/f",
        "https:///f",
        "https://a:b/f",
        "https://storage.example/a b",
        "file:///etc/passwd",
        "https://storage.example/\x1b[31m",
    ],
)
def test_an_address_no_honest_api_gives_is_not_visited(url):
    home = Address.parse("https://api.gigstack.io/v2")
    downloads = Downloads(home, Policy(), Timing(), lambda _: None, pytest.fail)
    with pytest.raises(BadAnswer, match="not visited") as caught:
        downloads.fetch(url, Forgetful())
    assert caught.value.message.isprintable()


class Forgetful:
    """A sink nobody writes to."""

    def restart(self):
        """Nothing to forget."""

from __future__ import annotations

import logging
import traceback

import pytest

from gigstack_sync.errors import GigstackError


def everything(error):
    told = "".join(traceback.format_exception(error))
    details = getattr(error, "details", ())
    return f"{told}{error!r}{error.message}{error.hint}{details}{vars(error)}"


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500])
def test_a_server_that_echoes_the_key_does_not_get_it_into_logs_or_errors(
    serve, connect, http, caplog, status
):
    caplog.set_level(logging.DEBUG)
    echo = {"success": False, "message": f"Bad key {http.key}", "details": [http.key]}
    client = connect(serve(http.raw(echo, status)), tries=2, patience=0.05)
    with pytest.raises(GigstackError) as caught:
        client.page("/x", {"email": "ana@example.mx"})
    assert http.key not in caplog.text + everything(caught.value)


def test_the_key_is_in_no_repr(serve, connect, http):
    client = connect(serve(http.page({"id": "a"})))
    client.page("/x")
    wire = client.transport._wire
    things = (
        client,
        client.key,
        client.transport,
        vars(client.transport),
        vars(wire),
        vars(client),
    )
    assert http.key not in " ".join(map(repr, things))


def test_the_log_has_method_path_status_and_time_but_no_query(serve, connect, http, caplog):
    caplog.set_level(logging.DEBUG)
    connect(serve(http.page({"id": "a"}))).page("/clients", {"email": "ana@example.mx"})
    (line,) = [
        record.getMessage() for record in caplog.records if record.name == "gigstack_sync.api"
    ]
    assert line.startswith("GET /v2/clients 200 ")
    assert line.endswith(" ms")
    assert "ana" not in caplog.text

from __future__ import annotations

import pytest

from gigstack_sync.api.retry_after import asked_wait, http_date
from gigstack_sync.api.wire import Reply

NOW = 1_793_000_000.0  # Mon, 26 Oct 2026 07:33:20 GMT


def wait(**headers):
    lower = {name.replace("_", "-"): value for name, value in headers.items()}
    return asked_wait(Reply(429, lower, b"", received_at=NOW + 86_400, date=NOW))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("-5", 0),
        ("1.5", 1.5),
        ("99999999", 99_999_999),
        ("Mon, 26 Oct 2026 07:33:50 GMT", 30),
        ("Mon, 26 Oct 2020 03:33:50 GMT", 0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
    ],
)
def test_retry_after_in_all_its_forms(text, seconds):
    # a date is taken against the server's clock, although ours is a day ahead
    assert wait(retry_after=text) == seconds


@pytest.mark.parametrize(
    "headers",
    [
        {"ratelimit": '"default";r=0;t=30'},
        {"ratelimit_reset": "30"},
        {"x_ratelimit_reset": str(int(NOW) + 30)},
        {"x_ratelimit_reset": str((int(NOW) + 30) * 1000)},
        {"retry_after": "30", "ratelimit_reset": "900"},
    ],
)
def test_rate_limit_headers_are_second_choice(headers):
    assert wait(**headers) == 30


def test_silence_is_none():
    assert wait() is None
    assert http_date("yesterday") is None

"""Account commands against the whole sandbox rather than a table of answers."""

from __future__ import annotations

import time
from typing import Any

import pytest


@pytest.fixture
def server(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A running sandbox that the variables point at."""
    started = sandbox(invoices=20, months=2)
    started.world.now = int(time.time())
    monkeypatch.setenv("GIGSTACK_BASE_URL", started.url)
    monkeypatch.setenv("GIGSTACK_API_KEY", started.key)
    return started


def test_login_remembers_key_and_address(
    gigstack: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gigstack("login").code == 0
    monkeypatch.delenv("GIGSTACK_API_KEY")
    monkeypatch.delenv("GIGSTACK_BASE_URL")
    facts = gigstack("whoami", "--json").json
    assert (facts["Perfil"], facts["base_url"]) == ("default", server.url)
    assert facts["RFC"]


def test_the_doctor_notices_a_clock_that_is_off(gigstack: Any, server: Any) -> None:
    server.world.now -= 86_400
    shown = gigstack("doctor", "--json")
    wrong = [f["check"] for f in shown.json["findings"] if f["state"] == "wrong"]
    assert (shown.code, wrong) == (8, ["clock"])


def test_the_doctor_reaches_every_list(gigstack: Any, server: Any) -> None:
    findings = {f["check"]: f for f in gigstack("doctor", "--json").json["findings"]}
    assert findings["invoices income"]["state"] == "ok"
    assert not [f for f in findings.values() if f["state"] == "wrong"]


def test_a_key_of_nobody_is_refused(
    gigstack: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIGSTACK_API_KEY", "not-a-key-that-anyone-issued")
    assert gigstack("whoami").code == 4

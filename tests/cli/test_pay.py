"""`gigstack pay` from flags, from stdin, and with things missing."""

from __future__ import annotations

import io
import json
import sys
import time
from typing import Any

import pytest

FLAGS = ("--email", "a@b.mx", "--description", "Curso", "--amount", "1000.10")


@pytest.fixture
def server(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A live account that the variables point at."""
    started = sandbox(invoices=10, months=2)
    started.world.now = int(time.time())
    monkeypatch.setenv("GIGSTACK_BASE_URL", started.url)
    monkeypatch.setenv("GIGSTACK_API_KEY", started.key)
    return started


def planned(gigstack: Any, *arguments: str) -> Any:
    return gigstack("pay", *arguments, "--dry-run", "--json").json["body"]


def feed(monkeypatch: pytest.MonkeyPatch, said: object) -> None:
    text = json.dumps(said).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))


def test_a_line_is_a_registered_payment(gigstack: Any) -> None:
    body = planned(gigstack, *FLAGS, "--name", "Ana", "--idempotency-key", "k")
    tax = {"type": "IVA", "rate": 0.16, "factor": "Tasa", "withholding": False}
    assert body == {
        "client": {
            "search": {"on_key": "email", "on_value": "a@b.mx", "auto_create": True},
            "email": "a@b.mx",
            "name": "Ana",
            "legal_name": "Ana",
        },
        "items": [
            {
                "description": "Curso",
                "quantity": 1,
                "unit_price": 1000.10,
                "product_key": "84111506",
                "unit_key": "E48",
                "taxes": [tax],
            }
        ],
        "payment_form": "03",
        "currency": "MXN",
        "automation_type": "pue_invoice",
        "idempotency_key": "k",
    }


def test_an_rfc_finds_the_client_and_no_iva_is_none(gigstack: Any) -> None:
    body = planned(gigstack, *FLAGS, "--rfc", "EKU9003173C9", "--no-iva")
    assert body["client"]["search"]["on_value"] == "EKU9003173C9"
    assert body["items"][0]["taxes"] == []


def test_stdin_says_the_same(gigstack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"email": "a@b.mx", "description": "Curso", "amount": 1000.10, "paymentForm": "04"}
    feed(monkeypatch, {**said, "metadata": {"n": 1}})
    body = planned(gigstack, "--stdin")
    assert (body["payment_form"], body["metadata"]) == ("04", {"n": 1})
    assert body["items"][0]["unit_price"] == 1000.10


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ({"email": "a@b.mx", "amount": 1}, "--description"),
        ({"email": "nobody", "amount": 1, "description": "x"}, "e-mail"),
        ({"email": "a@b.mx", "amount": "x", "description": "x"}, "amount"),
        ({"email": "a@b.mx", "amount": 0, "description": "x"}, "amount"),
        ({"email": "a@b.mx", "amount": 1, "description": "x", "metadata": "{"}, "metadata"),
        ({"email": "a@b.mx", "amount": 1, "description": "x", "iva": "no"}, "iva"),
        ({"mail": "a@b.mx"}, "mail"),
    ],
)
def test_stdin_is_checked(
    gigstack: Any, server: Any, monkeypatch: pytest.MonkeyPatch, said: object, about: str
) -> None:
    feed(monkeypatch, said)
    done = gigstack("pay", "--stdin", "--yes", "--json")
    assert (done.code, len(server.requests)) == (2, 0)
    assert about in done.json["error"]["message"]


def test_nobody_to_ask_names_the_flags(gigstack: Any) -> None:
    done = gigstack("pay", "--email", "a@b.mx", "--json")
    assert done.code == 2
    assert "--description, --amount" in done.json["error"]["message"]


def test_it_is_called_what_the_person_typed(gigstack: Any, server: Any) -> None:
    words = ("--email", "a@b.mx", "--name", "A", "--description", "x", "--amount", "1")
    done = gigstack("pay", *words, "--no-input")
    assert (done.code, done.err.splitlines()[0]) == (
        2,
        "Error: pay changes a live account, and nobody can be asked.",
    )


def test_paying_twice_in_a_day_pays_once(gigstack: Any, server: Any) -> None:
    first, second = (
        gigstack("pay", *FLAGS, "--name", "Ana", "--yes", "--json").json for _ in range(2)
    )
    assert first["id"] == second["id"]
    assert first["status"] == "succeeded"
    assert first["client"]["email"] == "a@b.mx"
    assert gigstack("payments", "get", first["id"], "--json").json["total"] == 1160.12

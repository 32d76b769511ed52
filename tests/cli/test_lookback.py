"""An answer that was lost: one look says whether the change is there, and nothing is sent twice."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from gigstack_sync.cli.cancellation import acceptance
from gigstack_sync.sandbox.fault import Fault
from gigstack_sync.sandbox.faults import Faults

ITEM = {"description": "Asesoría", "quantity": 1, "unit_price": 100.10, "product_key": "80141503"}
ITEM |= {"unit_key": "E48", "taxes": [{"type": "IVA", "rate": 0.16, "factor": "Tasa"}]}


@pytest.fixture
def server(sandbox: Any, monkeypatch: pytest.MonkeyPatch, home: Path) -> Any:
    """A live account that the variables point at, and a file of concepts."""
    started = sandbox(invoices=20, months=2)
    started.world.now = int(time.time())
    monkeypatch.setenv("GIGSTACK_BASE_URL", started.url)
    monkeypatch.setenv("GIGSTACK_API_KEY", started.key)
    (home / "items.json").write_text(json.dumps([ITEM]))
    return started


def rows(server: Any, stream: str) -> list[Any]:
    return [*map(json.loads, server.truth("team_own", stream).values())]


def lose(server: Any, path: str, *, times: int = 1, done: bool = True) -> None:
    """Lose answers: of what was carried out, or of what never arrived."""
    fault = ("reset", "before") if done else ("status", "502")
    server.set_faults(Faults.of(Fault(*fault, path=path, times=times)))


def writes(server: Any) -> int:
    return sum(request.method != "GET" for request in server.requests)


def test_a_delete_that_shows_is_done(gigstack: Any, server: Any) -> None:
    client = gigstack("clients", "create", "--name", "Zoé", "--yes", "--json").json["id"]
    server.reset_log()
    lose(server, client)
    done = gigstack("clients", "delete", client, "--yes", "--json")
    assert (done.code, done.json) == (0, {"id": client, "done": True})
    assert f"{client} is gone: it was carried out." in done.err
    assert writes(server) == 1


@pytest.mark.parametrize("is_done", [True, False])
def test_an_update_is_looked_for_field_by_field(gigstack: Any, server: Any, is_done: bool) -> None:
    client = rows(server, "clients")[0]["id"]
    lose(server, client, done=is_done)
    done = gigstack("clients", "update", client, "--email", "new@b.mx", "--yes", "--json")
    if is_done:
        assert (done.code, done.json["email"]) == (0, "new@b.mx")
    else:
        assert (done.code, done.json["error"]["code"]) == (5, "unknown_outcome")
        assert f"{client} does not show it now" in done.json["error"]["hint"]


def test_a_cancellation_that_shows_is_done(gigstack: Any, server: Any) -> None:
    invoice = next(r for r in rows(server, "invoices_income") if r["status"] == "valid")["uuid"]
    lose(server, invoice)
    done = gigstack("invoices", "cancel", invoice, "--motive", "02", "--yes", "--json")
    assert (done.code, done.json["uuid"]) == (0, invoice)
    assert done.json["acceptance"] in {"accepted", "pending"}
    assert "it was carried out" in done.err


@pytest.mark.parametrize("is_done", [True, False])
def test_what_was_made_is_found_among_the_newest(gigstack: Any, server: Any, is_done: bool) -> None:
    client = next(r["client"]["id"] for r in rows(server, "receipts"))
    lose(server, "receipts", times=2, done=is_done)
    command = ("receipts", "create", "--client", client, "--items", "items.json", "--yes", "--json")
    before = len(rows(server, "receipts"))
    error = gigstack(*command)
    assert (error.code, error.json["error"]["code"]) == (5, "unknown_outcome")
    hint = error.json["error"]["hint"]
    assert ("with this key: it was carried out" in hint) == is_done
    assert ("Not there now" in hint) != is_done
    assert "safe to repeat" in hint
    assert len(rows(server, "receipts")) == before + is_done
    assert gigstack(*command).code == 0
    assert len(rows(server, "receipts")) == before + 1


def test_what_has_no_key_is_found_by_what_it_says(gigstack: Any, server: Any) -> None:
    lose(server, "clients")
    command = ("clients", "create", "--name", "Zoé", "--email", "zoe@b.mx", "--yes", "--json")
    hint = gigstack(*command).json["error"]["hint"]
    made = next(row["id"] for row in rows(server, "clients") if row["email"] == "zoe@b.mx")
    assert hint.startswith(f"Found {made}, created ")
    assert "with the same contents" in hint
    lose(server, "webhooks", done=False)
    done = gigstack("webhooks", "create", "--url", "https://z.mx/h", "--yes", "--json")
    assert done.json["error"]["hint"].startswith("Not there now")


def test_where_nobody_can_look_the_outcome_stays_unknown(gigstack: Any, server: Any) -> None:
    client = rows(server, "clients")[0]["id"]
    lose(server, client, times=9, done=False)
    done = gigstack("clients", "update", client, "--email", "a@b.mx", "--yes", "--json")
    assert (done.code, done.json["error"]["code"]) == (5, "unknown_outcome")
    assert done.json["error"]["hint"].startswith("It may have been carried out")


def cancelled(gigstack: Any, invoice: str, *more: str) -> Any:
    return gigstack("invoices", "cancel", invoice, "--motive", "02", "--yes", *more)


def test_a_cancellation_says_what_sat_still_has_to_accept(gigstack: Any, server: Any) -> None:
    found: dict[str, str] = {}
    for row in rows(server, "invoices_income"):
        done = cancelled(gigstack, row["uuid"], "--json")
        if done.code == 0:
            found.setdefault(done.json["acceptance"], row["uuid"])
    assert found.keys() == {"accepted", "pending"}
    now = {row["uuid"]: row for row in rows(server, "invoices_income")}
    assert now[found["pending"]]["cancellation"]["cancellation_status"] == "pending"
    assert now[found["accepted"]]["status"] == "canceled"


def test_a_person_is_told_in_a_sentence(gigstack: Any, server: Any) -> None:
    said = {
        done.err.split("SAT: ")[1].split(".")[0]
        for row in rows(server, "invoices_income")
        if (done := cancelled(gigstack, row["uuid"])).code == 0
    }
    assert said == {"accepted", "pending"}


@pytest.mark.parametrize(
    ("record", "meaning"),
    [
        ({"cancellation": {"cancellation_status": "En proceso"}}, "pending"),
        ({"cancellation": {"cancellation_status": "Plazo vencido"}}, "accepted"),
        ({"cancellation": {"cancellation_status": "Cancelado sin aceptación"}}, "accepted"),
        ({"cancellation_status": "Solicitud rechazada"}, "rejected"),
        ({"cancellation_status": "rejected", "status": "valid"}, "rejected"),
        ({"status": "cancelled", "cancellation": None}, "accepted"),
        ({"status": "valid"}, None),
        ({"cancellation": {"cancellation_status": "sui generis"}}, "sui generis"),
    ],
)
def test_every_word_for_it_is_one_of_three(record: Any, meaning: str | None) -> None:
    assert acceptance(record) == meaning

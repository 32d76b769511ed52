"""Whatever a body holds, the sandbox refuses or obeys; it never breaks."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.desk import Desk
from gigstack_sync.sandbox.faults import Faults
from gigstack_sync.sandbox.http_message import Request
from gigstack_sync.sandbox.quirks import Quirks

DATA = Path(__file__).parents[1] / "data"
LINES = (DATA / "requests.txt").read_text().splitlines()
OPERATIONS = [line.split() for line in (DATA / "operations.txt").read_text().splitlines()[1:]]
TEMPLATES = {name: path for _, path, name in OPERATIONS}
WITH_BODY = [line for line in LINES if line.endswith("}")]
HOSTILE: list[Any] = [
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "\u0000\ud7ff",
    "../x",
    [],
    [None],
    {},
    [[1]],
]
ANSWERS = {200, 201, 204, 400, 403, 404, 409, 422}


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(found_business(invoices=60, months=4), Quirks(), Faults())


def call(desk: Desk, method: str, path: str, body: bytes) -> int:
    headers = {"authorization": f"Bearer {desk.keys.issue('team_own')}"}
    return desk.begin(Request(method, f"/v2{path}", {}, headers, body)).status


def places(body: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every way into a body, to a leaf or to a branch."""
    steps = body.items() if isinstance(body, dict) else enumerate(body)
    for step, inner in steps:
        yield (*way, step)
        if isinstance(inner, dict | list):
            yield from places(inner, (*way, step))


def spoiled(body: Any) -> Iterator[Any]:
    """A body with one value replaced, or gone."""
    for *way, last in places(body):
        for value in HOSTILE:
            other = copy.deepcopy(body)
            place = other
            for step in way:
                place = place[step]
            place[last] = value
            yield other


def living(desk: Desk, name: str) -> str:
    """An id that exists, for the word that stands for it."""
    own = desk.shop.world.teams["team_own"]
    if name in ("team", "other_team"):
        return {"team": "team_own", "other_team": "team_norte"}[name]
    stream = {"lone": "invoices_income", "invoice": "invoices_income", "ppd": "invoices_income",
              "draft": "invoices_draft", "asked": "payments", "paid": "payments",
              "receipt": "receipts", "closed": "receipts"}.get(name, f"{name}s")  # fmt: skip
    rows = own.collections.get(stream, ())
    return rows.newest_first()[0] if len(rows) else name


@pytest.mark.parametrize("line", WITH_BODY, ids=lambda line: line.split()[0])
def test_no_value_breaks_a_handler(desk: Desk, line: str) -> None:
    _, method, path, _, text = line.split(maxsplit=4)
    body = msgspec.json.decode(text)
    pairs = zip(TEMPLATES[line.split(maxsplit=1)[0]].split("/"), path.split("/"), strict=True)
    path = "/".join(living(desk, part) if known == "{id}" else part for known, part in pairs)
    if "client" in body and "id" in body["client"]:
        body["client"]["id"] = desk.shop.world.collection("team_own", "clients").newest_first()[0]
    for other in spoiled(body):
        status = call(desk, method, path, msgspec.json.encode(other))
        assert status in ANSWERS, other


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b'{"a":"\xff"}', b"[" * 100_000])
def test_what_is_no_object_is_refused(desk: Desk, body: bytes) -> None:
    assert call(desk, "POST", "/clients", body) == 400


def test_after_all_that_every_row_can_be_shown_and_days_go_by(desk: Desk) -> None:
    for team in desk.shop.world.teams.values():
        for stream, rows in team.collections.items():
            for row_id in rows:
                assert desk.shop.wire.row(stream, rows, row_id, full=True)
    assert desk.shop.world.live_days(3)

"""The steering wheel at /_control: for tests and benchmarks that run in another process.

GET    /_control                what is being served: teams, row counts, key, quirks, faults
GET    /_control/truth          ?team=&stream=&full=1, every row there is, by its id on the wire
GET    /_control/requests       the log; DELETE empties it
POST   /_control/quirks         {"name": value, …} on top of the defaults, or ["name=value", …]
POST   /_control/faults         ["kind=value,every=3", …], an empty list for none
POST   /_control/pace           {"latency_ms": 50, "rps": 5}
POST   /_control/live           {"days": 1}
POST   /_control/mutate         {"action": "insert|delete|change|move|put", "stream": …, …}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from gigstack_sync.errors import UsageError
from gigstack_sync.sandbox import meddling
from gigstack_sync.sandbox.collection import Collection
from gigstack_sync.sandbox.faults import plan_of
from gigstack_sync.sandbox.http_message import Reply, Request
from gigstack_sync.sandbox.quirks import Quirks, parse_quirks

if TYPE_CHECKING:
    from gigstack_sync.sandbox.desk import Desk

CONTROL_PREFIX = "/_control"
_encode = msgspec.json.Encoder(decimal_format="number").encode
_read_number = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


def control(desk: Desk, request: Request) -> Reply:
    """Answer one control request; UsageError for what makes no sense. Hold the world's lock."""
    action = _ACTIONS.get((request.method, request.path.removeprefix(CONTROL_PREFIX)))
    if action is None:
        return Reply(404, _encode({"message": "No such control", "known": _known()}))
    try:
        result = action(desk, request)
    except (KeyError, TypeError, ValueError) as error:  # whatever a body may hold
        raise UsageError(f"{type(error).__name__}: {error}", hint=(__doc__ or "")) from None
    return result if isinstance(result, Reply) else Reply(body=_encode(result))


def truth(desk: Desk, team: str, stream: str, *, full: bool = False) -> dict[str, bytes]:
    """Every row that exists, as the wire would show it now, by its `id` (else `uuid`)."""
    wire, rows = desk.shop.wire, desk.shop.world.collection(team, stream)
    encoded = (wire.row(stream, rows, row_id, full=full) for row_id in rows.newest_first())
    return {_wire_id(row): row for row in encoded}


class _Named(msgspec.Struct):
    id: str | None = None
    uuid: str | None = None


_read_name = msgspec.json.Decoder(_Named).decode


def _wire_id(row: bytes) -> str:
    name = _read_name(row)
    return name.id or name.uuid or ""


def _overview(desk: Desk, _: Request) -> Any:
    world = desk.shop.world
    teams = {
        team.id: {stream: len(rows) for stream, rows in team.collections.items()}
        for team in world.teams.values()
    }
    return {
        "now": world.now,
        "own_team": world.own_team,
        "key": desk.keys.issue(world.own_team, livemode=world.teams[world.own_team].livemode),
        "teams": teams,
        "quirks": asdict(desk.shop.quirks),
        "faults": [fault.kind for fault in desk.faults.faults],
    }


def _truth(desk: Desk, request: Request) -> Any:
    team = request.query.get("team") or desk.shop.world.own_team
    full = request.query.get("full", "") not in ("", "0")
    rows = truth(desk, team, request.query["stream"], full=full)
    return {row_id: msgspec.Raw(row) for row_id, row in rows.items()}


def _requests(desk: Desk, _: Request) -> Any:
    log = desk.log
    entries = [
        {"method": e.method, "path": e.path, "query": e.query, "status": e.status} for e in log
    ]
    return {"most_in_flight": log.most_in_flight, "requests": entries}


def _forget_requests(desk: Desk, _: Request) -> Any:
    desk.log.reset()
    return {}


def _quirks(desk: Desk, request: Request) -> Any:
    given = msgspec.json.decode(request.body, type=dict[str, Any] | list[str])
    quirks = parse_quirks(given) if isinstance(given, list) else replace(Quirks(), **given)
    desk.shop.set_quirks(quirks)
    return asdict(quirks)


def _faults(desk: Desk, request: Request) -> Any:
    texts = msgspec.json.decode(request.body, type=list[str])
    desk.set_faults(plan_of(texts, int(request.query.get("seed", "0"))))
    return texts


def _pace(desk: Desk, request: Request) -> Any:
    given = msgspec.json.decode(request.body, type=dict[str, float])
    desk.set_pace(latency_ms=given.get("latency_ms", 0), rps=given.get("rps"))
    return given


def _live(desk: Desk, request: Request) -> Any:
    given = msgspec.json.decode(request.body or b"{}", type=dict[str, int])
    return desk.shop.world.live_days(given.get("days", 1))


def _mutate(desk: Desk, request: Request) -> Any:
    """Fields: action, stream, team, count, where (newest, oldest, …, an id), age, fields, body."""
    given = _read_number.decode(request.body)
    world = desk.shop.world
    rows = world.collection(given.get("team") or world.own_team, given["stream"])
    mutation = _MUTATIONS.get(given["action"])
    if mutation is None:
        raise UsageError(f"There is no action {given['action']!r}.", hint=" ".join(_MUTATIONS))
    return {"ids": mutation(rows, given, world.now - float(given.get("age", 0)))}


def _chosen(rows: Collection, given: dict[str, Any], where: str) -> list[str]:
    return meddling.choose(rows, given.get("count", 1), given.get("where", where))


def _insert(rows: Collection, given: dict[str, Any], at: float) -> list[str]:
    return meddling.insert(rows, at, given.get("count", 1), given.get("where", "newest"))


def _delete(rows: Collection, given: dict[str, Any], _: float) -> list[str]:
    ids = _chosen(rows, given, "newest")
    meddling.remove(rows, ids)
    return ids


def _change(rows: Collection, given: dict[str, Any], _: float) -> list[str]:
    ids = _chosen(rows, given, "newest")
    meddling.touch(rows, ids, **given.get("fields", {}))
    return ids


def _move(rows: Collection, given: dict[str, Any], at: float) -> list[str]:
    ids = _chosen(rows, given, "oldest")
    meddling.move(rows, ids, at)
    return ids


def _put(rows: Collection, given: dict[str, Any], _: float) -> list[str]:
    rows.put(given["body"])
    return [given["body"]["id"]]


_MUTATIONS: dict[str, Callable[[Collection, dict[str, Any], float], list[str]]] = {
    "insert": _insert,
    "delete": _delete,
    "change": _change,
    "move": _move,
    "put": _put,
}
_ACTIONS: dict[tuple[str, str], Callable[[Desk, Request], Any]] = {
    ("GET", ""): _overview,
    ("GET", "/truth"): _truth,
    ("GET", "/requests"): _requests,
    ("DELETE", "/requests"): _forget_requests,
    ("POST", "/quirks"): _quirks,
    ("POST", "/faults"): _faults,
    ("POST", "/pace"): _pace,
    ("POST", "/live"): _live,
    ("POST", "/mutate"): _mutate,
}


def _known() -> list[str]:
    return [f"{method} {CONTROL_PREFIX}{path}" for method, path in _ACTIONS]

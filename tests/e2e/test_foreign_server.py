"""A list server that shares no code with this project: written from the public documentation.

It pages by counting, spells its envelopes in three ways, dates rows in ISO, mixes money as
numbers and as text, and knows no endpoint but five lists and their rows.
"""

from __future__ import annotations

import json
import random
import shutil
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import duckdb
import pytest

from gigstack_sync.api.client import Client
from gigstack_sync.store.places import Places
from gigstack_sync.sync.engine import Options
from gigstack_sync.sync.session import SyncSession

KEY = "sk_live_written_by_nobody_here_0123456789abcdef"
NEWEST = datetime(2026, 11, 1, 12, tzinfo=UTC)
NAMES = ("Ñandú y Asociados", 'Comillas "dobles"', "Zúñiga & Hijos", "李 México", "Tab\tulado")


class Books:
    """Five lists in memory, newest first."""

    def __init__(self, invoices):
        dice = random.Random(7)
        self.lists = {
            "/teams": [{"id": "team_x", "legal_name": "Otra SA", "created_at": iso(0)}],
            "/clients": [client(n) for n in range(130)],
            "/invoices/income": [invoice(n, dice) for n in range(invoices)],
            "/payments": [payment(n, dice) for n in range(invoices // 4)],
            "/services": [],
        }
        self.asked = []
        self.shift = timedelta()

    def answer(self, path, query):
        """Status and body of one GET."""
        self.asked.append((path, query))
        if path in self.lists:
            return 200, self._page(path, query)
        parent, _, name = path.rpartition("/")
        found = [r for r in self.lists.get(parent, ()) if r["id"] == unquote(name)]
        if found:
            return 200, {"success": True, "data": found[0]}
        return 404, {"message": "Not found", "error": "resource_not_found"}

    def _page(self, path, query):
        rows = self.lists[path]
        since, until = (query.get(f"created[{side}]") for side in ("gte", "lte"))
        rows = [r for r in rows if not since or second(r) >= int(since)]
        rows = [r for r in rows if not until or second(r) <= int(until)]
        if query.get("sort") == "asc":
            rows = rows[::-1]
        begins = int(query.get("next", "o0")[1:])
        ends = begins + min(int(query.get("limit", "10")), 100)
        has_more = ends < len(rows)
        page = {"data": rows[begins:ends], "has_more": has_more}
        if has_more:
            page["next"] = f"o{ends}"
        if path == "/payments":
            return {"success": True, "data": {**page, "totalResults": len(self.lists[path])}}
        if path == "/clients":
            return {"success": True, "message": "ok", **page, "pagination": {"page": 1}}
        return {"message": "Retrieved", **page, "total_results": len(self.lists[path])}


def iso(hours, *, offset=""):
    moment = NEWEST - timedelta(hours=hours)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{hours % 1000:03}Z" + offset


def second(row):
    return int(datetime.fromisoformat(row["created_at"]).timestamp())


def client(n):
    return {
        "id": f"cus_{n:05}",
        "name": NAMES[n % len(NAMES)],
        "legal_name": NAMES[n % len(NAMES)].upper(),
        "tax_id": "XAXX010101000",
        "address": {"zip": "06600", "country": "MEX"},
        "created_at": iso(n * 50),
    }


def invoice(n, dice):
    total = Decimal(dice.randrange(1, 10**9)) / 100
    return {
        "id": f"inv/{n:05}",
        "uuid": f"6741A863-04BE-49FE-BB76-{n:012}",
        "status": dice.choice(["valid", "valid", "valid", "cancelled", "VALID"]),
        "payment_method": "PUE",
        "currency": dice.choice(["MXN", "USD"]),
        "total": str(total) if n % 3 else total,
        "items": [{"description": NAMES[n % len(NAMES)], "quantity": 1, "unit_price": total}],
        "client": {"id": f"cus_{n % 130:05}", "name": NAMES[n % len(NAMES)]},
        "created_at": iso(n * 7 + 1),
    }


def payment(n, dice):
    return {
        "id": f"pay_{n:05}",
        "status": "succeeded",
        "currency": "MXN",
        "total": Decimal(dice.randrange(1, 10**9)) / 100,
        "items": [],
        "created_at": iso(n * 28 + 2),
    }


class Number(float):
    """A decimal that json writes digit for digit."""

    def __init__(self, value):
        self.text = str(value)

    def __repr__(self):
        return self.text


def encode(body):
    return json.dumps(exactly(body), ensure_ascii=False, indent=1).encode()


def exactly(value):
    if isinstance(value, dict):
        return {name: exactly(each) for name, each in value.items()}
    if isinstance(value, list):
        return [exactly(each) for each in value]
    return Number(value) if isinstance(value, Decimal) else value


@pytest.fixture
def books():
    """The server: 2,000 invoices, 500 payments, 130 clients."""
    held = Books(2_000)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 18

        def do_GET(self):
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            status, body = 401, {"message": "Unauthorized"}
            if self.headers.get("Authorization") == f"Bearer {KEY}":
                status, body = held.answer(parts.path.removeprefix("/v2"), query)
            text = encode(body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def date_time_string(self, timestamp=None):
            moment = NEWEST + timedelta(hours=1) + held.shift
            return f"{moment:%a, %d %b %Y %H:%M:%S GMT}"

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        held.url = f"http://127.0.0.1:{server.server_port}/v2"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield held
        server.shutdown()
        thread.join()


@pytest.fixture
def run(books, tmp_path, blank):
    places = Places(tmp_path / "gigstack.duckdb")
    places.prepare()
    shutil.copyfile(blank, places.mirror)

    def sync(**options):
        books.asked.clear()
        with Client(KEY, base_url=books.url) as client:
            return SyncSession(places, client).sync(Options(**options))

    sync.places = places
    return sync


STREAMS = {"clients": "/clients", "invoices_income": "/invoices/income", "payments": "/payments"}


def differences(books, places):
    """Streams whose ids or bodies are not the server's."""
    with duckdb.connect(str(places.published), read_only=True) as con:
        mine = {
            name: {
                row: json.loads(body, parse_float=Decimal)
                for row, body in con.execute(
                    f"select id, payload from mirror.{name} where deleted_at is null"
                ).fetchall()
            }
            for name in STREAMS
        }
    theirs = {
        name: {r["id"]: json.loads(encode(r), parse_float=Decimal) for r in books.lists[path]}
        for name, path in STREAMS.items()
    }
    return [name for name in STREAMS if mine[name] != theirs[name]]


def test_it_is_mirrored_without_a_change_of_code(books, run):
    """The lists it never had are not offered: no failure, and said so."""
    report = run()
    assert report.exit_code == 0
    assert {s.stream for s in report.streams if s.unavailable} >= {
        "invoices_egress",
        "invoices_payment",
        "invoices_draft",
        "receipts",
        "webhooks",
    }
    assert differences(books, run.places) == []
    assert len(books.asked) <= 80
    with duckdb.connect(str(run.places.published), read_only=True) as con:
        sums = con.execute(
            "select currency, count(*), sum(total) from mirror.invoices_income group by 1"
        ).fetchall()
    for currency, count, total in sums:
        rows = [r for r in books.lists["/invoices/income"] if r["currency"] == currency]
        assert (count, total) == (len(rows), sum(Decimal(r["total"]) for r in rows))


def test_what_changes_there_is_found(books, run):
    from gigstack_sync.sync.streams import chosen

    streams = chosen(list(STREAMS))
    assert run(streams=streams).exit_code == 0
    invoices = books.lists["/invoices/income"]
    invoices[1_500]["status"] = "canceled"
    del invoices[700], books.lists["/payments"][3]
    invoices.insert(0, invoice(5_000, random.Random(1)) | {"created_at": iso(0)})
    books.shift = timedelta(days=2)
    assert run(streams=streams, is_full=True).exit_code == 0
    assert differences(books, run.places) == []
    again = run(streams=streams)
    assert (again.exit_code, again.changed) == (0, 0)
    assert len(books.asked) <= 12

"""A home of its own for each test, a small API on loopback, and a published file."""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pytest

from gigstack_sync.api.client import Client
from gigstack_sync.cli import main
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.faults import Faults
from gigstack_sync.sandbox.quirks import Quirks
from gigstack_sync.sandbox.server import Server
from gigstack_sync.store.places import Places
from gigstack_sync.sync.engine import Options
from gigstack_sync.sync.session import SyncSession

TEAM = {
    "id": "team_1",
    "legal_name": "Café [red]Orden SA",
    "tax_id": "CAO010101AB1",
    "sat": {"completed": True, "csd_expires_at": 4_102_444_800_000},
}


@dataclass
class Result:
    """What one command left: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as the one JSON document it must be."""
        return json.loads(self.out)


@dataclass
class Api:
    """A server that answers from a table; `seen` holds path and query of each request."""

    url: str
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)


def make_key(*, team: str = "team_1", livemode: bool = True) -> str:
    """A key as gigstack makes them: a JWT."""
    claims = {"team": team, "livemode": livemode, "key_id": "key_1"}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{body}.c2lnbmF0dXJlc2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home and working folder, and no variable of the person who runs the tests."""
    for name in [*os.environ]:
        if name.startswith(("GIGSTACK_", "LC_", "XDG_")):
            monkeypatch.delenv(name)
    for name, folder in {"HOME": "", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "share"}.items():
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("GIGSTACK_LANG", "en")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def gigstack(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run one command line in this process."""

    def run(*arguments: str) -> Result:
        capsys.readouterr()
        code = main(arguments)
        out, err = capsys.readouterr()
        return Result(code, out, err)

    return run


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """The small API, which GIGSTACK_BASE_URL points at; it knows one team and empty lists."""
    table = Api("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # one packet per answer

        def do_GET(self) -> None:
            table.seen.append(self.path)
            path = urlsplit(self.path).path.removeprefix("/v2")
            empty = {"message": "ok", "data": [], "has_more": False, "total_results": 0}
            status, body = table.answers.get(path, (200, empty))
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        table.url = f"http://127.0.0.1:{server.server_port}/v2"
        table.answers["/teams/team_1"] = (200, {"message": "ok", "data": TEAM})
        monkeypatch.setenv("GIGSTACK_BASE_URL", table.url)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield table
        server.shutdown()
        thread.join()


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """A production key, set in the environment."""
    monkeypatch.setenv("GIGSTACK_API_KEY", text := make_key())
    return text


@pytest.fixture
def published(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published file with one view over one table."""
    path = home / "gigstack.duckdb"
    with duckdb.connect(str(path), config={"storage_compatibility_version": "v1.4.0"}) as con:
        con.execute(
            "create table rows as select i::int as id, (i * 0.1)::decimal(18, 6) as total,"
            " 'client ' || i as name, date '2026-01-31' as issued_on from range(2000) t(i)"
        )
        con.execute("create view invoices as select * from rows")
        con.execute("comment on view invoices is 'What was invoiced.\nGrain: one row each.'")
        con.execute("comment on column invoices.total is 'with taxes'")
    path.chmod(0o600)
    monkeypatch.setenv("GIGSTACK_DB", str(path))
    return path


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published file of a small demo, with its history of changes; never write to it."""
    path = tmp_path_factory.mktemp("demo") / "gigstack.duckdb"
    assert main(["demo", "--invoices", "150", "--db", str(path), "--json"]) == 0
    return path


@pytest.fixture
def demo(demo_file: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's file as the one that commands read."""
    monkeypatch.setenv("GIGSTACK_DB", str(demo_file))
    return demo_file


@pytest.fixture(scope="session")
def mirrored_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """An account, and the published mirror of it; leave both as they are."""
    places = Places(tmp_path_factory.mktemp("reads") / "gigstack.duckdb")
    with Server(found_business(invoices=130, months=6)) as server:
        server.world.now = int(time.time())
        with Client(server.key, base_url=server.url) as client:
            client.clients.create(name="Ñandú Pérez", legal_name="ÑANDÚ PÉREZ", email="n@b.mx")
            SyncSession(places, client).sync(Options())
        yield server, places.published


@pytest.fixture
def served(mirrored_account: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """That account and its mirror as the ones that commands use, with faults of the test's own."""
    server, path = mirrored_account
    for name, value in (("BASE_URL", server.url), ("API_KEY", server.key), ("DB", str(path))):
        monkeypatch.setenv(f"GIGSTACK_{name}", value)
    server.reset_log()
    yield server
    server.set_faults(Faults())
    server.set_quirks(Quirks())

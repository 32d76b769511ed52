"""An account on loopback, a mirror of it, and the questions one asks of both.

The whole of it, ten minutes instead of one and a half:
GIGSTACK_THOROUGH=1 pytest -n 2 tests/e2e
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gigstack_sync.api.client import Client
from gigstack_sync.api.retry import Policy
from gigstack_sync.api.transport import Transport
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.faults import Faults
from gigstack_sync.sandbox.quirks import Quirks, parse_quirks
from gigstack_sync.sandbox.server import Server
from gigstack_sync.sandbox.world import World
from gigstack_sync.store.mirror import open_mirror
from gigstack_sync.store.places import Places
from gigstack_sync.sync.engine import Options
from gigstack_sync.sync.report import RunReport
from gigstack_sync.sync.session import SyncSession
from gigstack_sync.sync.streams import STREAMS, chosen

THOROUGH = bool(os.environ.get("GIGSTACK_THOROUGH"))
ZONE = "America/Mexico_City"
MONEY = ("invoices_income", "invoices_egress", "invoices_payment", "invoices_sat", "receipts")
IMPATIENT = Policy(deadline=5, tries=4, patience=3, backoff_base=0.01, backoff_cap=0.05)
"""Gives up within a second or so, where a real run would try for minutes."""


class Account:
    """One server, one mirror. Everything a command says is kept, to be searched for the key."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.world = server.world
        self.team = server.world.own_team
        self.folder = folder
        self.places = Places(folder / "data" / "gigstack.duckdb")
        self.places.prepare()
        self.key = server.key
        self.outputs: list[bytes] = []

    def sync(
        self,
        *names: str,
        key: str = "",
        team: str | None = None,
        policy: Policy = IMPATIENT,
        **options: Any,
    ) -> RunReport:
        """One run in this process; its requests alone stay in the server's log."""
        self.server.reset_log()
        transport = Transport(key or self.key, self.server.url, policy=policy)
        with Client(transport=transport) as client:
            session = SyncSession(self.places, client, zone=ZONE, team=team)
            report = session.sync(Options(streams=chosen(list(names)), **options))
        self.outputs.append(json.dumps(report.as_json()).encode())
        return report

    def suffer(self, *faults: Any, seed: int = 0) -> None:
        """Begin these faults; without any, end them."""
        self.server.set_faults(Faults.of(*faults, seed=seed))

    def endure(
        self,
        *faults: Any,
        exits: tuple[int, ...],
        most: int,
        names: tuple[str, ...] = (),
        **sync: Any,
    ) -> RunReport:
        """A run under faults says so, costs little and claims nothing; the next puts it right."""
        self.suffer(*faults)
        report = self.sync(*names, **sync)
        assert report.exit_code in exits
        assert len(self.server.requests) <= most
        assert self.false_claims() == []
        self.suffer()
        self.recover(*names)
        return report

    def recover(self, *names: str) -> None:
        """Once nothing goes wrong any more, one run or two make the mirror equal the server."""
        report = self.sync(*names)
        if report.exit_code or self.differences(*names):
            report = self.sync(*names)
        assert report.exit_code == 0
        assert self.differences(*names) == []

    @property
    def environment(self) -> dict[str, str]:
        """A person's environment with this account in it, and nothing of whoever runs the tests."""
        own = ("GIGSTACK_", "XDG_", "LC_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        return kept | {
            "GIGSTACK_API_KEY": self.key,
            "GIGSTACK_BASE_URL": self.server.url,
            "GIGSTACK_DB": str(self.places.published),
            "GIGSTACK_LANG": "en",
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "HOME": str(self.folder),
        }

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Begin one command line in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "gigstack_sync", *arguments],
            env=self.environment | environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def end(self, process: subprocess.Popen[bytes]) -> Finished:
        """Wait for a command to end by itself."""
        try:
            out, err = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        self.outputs += [out, err]
        return Finished(process.returncode, out.decode(), err.decode())

    def run(self, *arguments: str, **environment: str) -> Finished:
        """One command line, to its end."""
        return self.end(self.start(*arguments, **environment))

    def query(self, sql: str, *values: Any) -> list[Any]:
        """Ask the published file."""
        return ask(self.places.published, sql, *values)

    def look(self, sql: str, *values: Any) -> list[Any]:
        """Ask the mirror itself, which no sync may have open."""
        return ask(self.places.mirror, sql, *values)

    def differences(self, *names: str, team: str = "") -> list[str]:
        """What the published file has otherwise than the server: ids, bodies and sums."""
        wanted = [s.name for s in STREAMS if not names or s.name in names]
        if team not in ("", self.team):
            wanted = [name for name in wanted if name != "teams"]
        with duckdb.connect(str(self.places.published), read_only=True) as con:
            return [line for name in wanted for line in self._compare(con, team or self.team, name)]

    def _compare(self, con: duckdb.DuckDBPyConnection, team: str, name: str) -> list[str]:
        theirs = self.truth(team, name, full=is_subset(con, team, name))
        mine = {row: exact(text) for row, text in live(con, team, name)}
        found = [f"{name} lacks {row}" for row in theirs.keys() - mine.keys()]
        found += [f"{name} invents {row}" for row in mine.keys() - theirs.keys()]
        both = theirs.keys() & mine.keys()
        found += [f"{name} has another {row}" for row in both if theirs[row] != mine[row]]
        if name in MONEY:
            wanted = sum((Decimal(body.get("total") or 0) for body in theirs.values()), Decimal(0))
            total = con.execute(
                f"select coalesce(sum(total), 0) from mirror.{name} "
                "where team_id = ? and deleted_at is null",
                [team],
            ).fetchall()[0][0]
            found += [] if total == wanted else [f"{name} sums to {total}, not {wanted}"]
        return sorted(found)

    def truth(self, team: str, name: str, *, full: bool) -> dict[str, Any]:
        """Every row of the server as its wire shows it, read with exact numbers."""
        rows = self.server.truth(team, name, full=full)
        return {row: exact(text) for row, text in rows.items()}

    def false_claims(self, team: str = "") -> list[str]:
        """Rows in windows called complete that the mirror lacks, and rows wrongly buried."""
        team = team or self.team
        found = []
        with duckdb.connect(str(self.places.mirror), read_only=True) as con:
            made = con.execute("select table_name from duckdb_tables()").fetchall()
            for name in [s.name for s in STREAMS if (s.name,) in made]:
                mine = {row for row, _ in live(con, team, name)}
                found += [f"{name} {row}" for row in self._claimed(con, team, name) - mine]
                buried = con.execute(
                    f"select id from mirror.{name} where team_id = ? and deleted_at is not null",
                    [team],
                ).fetchall()
                there = self.server.truth(team, name).keys()
                found += [f"{name} buried {row}" for (row,) in buried if row in there]
        return found

    def _claimed(self, con: duckdb.DuckDBPyConnection, team: str, name: str) -> set[str]:
        windows = con.execute(
            "select starts, ends, walked_at from sync.windows where team_id = ? and stream = ?",
            [team, name],
        ).fetchall()
        return {
            row
            for row, at in self.positions(team, name).items()
            if any(starts <= at < min(ends, walked_at) for starts, ends, walked_at in windows)
        }

    def positions(self, team: str, name: str) -> dict[str, int]:
        """Second of each row, by its id on the wire."""
        with self.world.lock:
            names = list(self.server.truth(team, name))
            rows = self.world.collection(team, name)
            places = [int(rows.position(row)) for row in rows.newest_first()]
        return dict(zip(names, places, strict=True))

    def tombstones(self) -> int:
        """Rows of the published file that are marked as deleted."""
        return sum(
            self.query(f"select count(*) from mirror.{s.name} where deleted_at is not null")[0][0]
            for s in STREAMS
        )

    def secrets(self) -> list[bytes]:
        """The keys of every team, and the parts of them that are secret in themselves."""
        keys = [self.server.key_for(t, livemode=m) for t in self.world.teams for m in (True, False)]
        return [secret for key in keys for secret in (key.encode(), key.split(".")[2].encode())]

    def leaks(self) -> list[str]:
        """Files and outputs that hold a key."""
        secrets = self.secrets()
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        texts = [(str(path), path.read_bytes()) for path in files]
        texts += [("output", text) for text in self.outputs]
        return [name for name, text in texts if any(secret in text for secret in secrets)]


class Finished:
    """How a command ended and what it wrote."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def __repr__(self) -> str:
        return f"exit {self.code}\n{self.out}\n{self.err}"

    @property
    def json(self) -> Any:
        """Stdout as the one JSON document it must be."""
        return json.loads(self.out)


def ask(path: Path, sql: str, *values: Any) -> list[Any]:
    """Open a database read-only, ask once, let go."""
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(sql, list(values)).fetchall()


def live(con: duckdb.DuckDBPyConnection, team: str, name: str) -> list[tuple[str, str]]:
    return con.execute(
        f"select id, payload from mirror.{name} where team_id = ? and deleted_at is null", [team]
    ).fetchall()


def is_subset(con: duckdb.DuckDBPyConnection, team: str, name: str) -> bool:
    sql = "select is_subset from sync.streams where team_id = ? and stream = ?"
    row = con.execute(sql, [team, name]).fetchone()
    return bool(row and row[0])


def exact(text: str | bytes) -> Any:
    """JSON with every digit of its numbers; 1 and 1.0 are equal, as they are in JSON."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "rare: only with GIGSTACK_THOROUGH=1 in the environment")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the rarer variants for those who ask: they say little new for their time."""
    left_out = [] if THOROUGH else [item for item in items if item.get_closest_marker("rare")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mirror without rows, to be copied: making one takes half a second."""
    places = Places(tmp_path_factory.mktemp("blank") / "gigstack.duckdb")
    places.prepare()
    open_mirror(places, zone=ZONE, memory="256MB").close()
    return places.mirror


@pytest.fixture
def account(tmp_path: Path, blank: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Any]:
    """`account(invoices=…, quirks=[…], faults=[…], rps=…)`; afterwards no file knows the key."""
    made: list[Account] = []
    with ExitStack() as stack:

        def make(
            world: World | None = None,
            *,
            quirks: Quirks | list[str] = (),  # type: ignore[assignment]
            faults: list[Any] = (),  # type: ignore[assignment]
            invoices: int = 150,
            months: int = 12,
            is_new: bool = False,
            **pace: Any,
        ) -> Account:
            world = world or found_business(invoices=invoices, months=months)
            server = Server(
                world,
                quirks=quirks if isinstance(quirks, Quirks) else parse_quirks(quirks),
                faults=Faults.of(*faults),
                **pace,
            )
            made.append(Account(stack.enter_context(server), tmp_path / f"account{len(made)}"))
            if not is_new:
                shutil.copyfile(blank, made[-1].places.mirror)
            return made[-1]

        yield make
        for each in made:
            each.outputs.append(caplog.text.encode())
            assert each.leaks() == []


@pytest.fixture
def impatient() -> Any:
    """The policy of these tests with other limits: `impatient(deadline=0.5)`."""
    return lambda **limits: replace(IMPATIENT, **limits)


@pytest.fixture
def make_key() -> Any:
    """Keys of teams that no server here has issued."""

    def make(team: str, *, livemode: bool = True) -> str:
        claims = {"team": team, "livemode": livemode, "key_id": "key_other"}
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return f"eyJhbGciOiJIUzI1NiJ9.{body}.bm9ib2R5LWV2ZXItc2lnbmVkLXRoaXM"

    return make

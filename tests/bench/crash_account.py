"""A small account on loopback whose every row is looked at in every run, and the mirror of it."""

from __future__ import annotations

import json
import random
import shutil
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from gigstack_sync.sandbox import meddling
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.server import Server
from gigstack_sync.store.connection import is_whole
from gigstack_sync.store.places import Places
from gigstack_sync.sync.streams import STREAMS

if TYPE_CHECKING:
    from crash_nursery import Nursery

EDITED = ("clients", "services", "payments", "invoices_income", "invoices_sat")


class Account:
    """Server and mirror while the `with` block lasts."""

    def __init__(self, folder: Path, invoices: int) -> None:
        self.folder = folder
        self.places = Places(folder / "data" / "gigstack.duckdb")
        self.server = Server(found_business(invoices=invoices, months=2))
        self.world = self.server.world

    def __enter__(self) -> Account:
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    @property
    def environment(self) -> dict[str, str]:
        """What a command needs to reach this account and no other."""
        return {
            "GIGSTACK_API_KEY": self.server.key,
            "GIGSTACK_BASE_URL": self.server.url,
            "GIGSTACK_DB": str(self.places.published),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
        }

    def begin_anew(self, nursery: Nursery) -> None:
        """A whole mirror, published twice so that there is a spare."""
        shutil.rmtree(self.places.published.parent, ignore_errors=True)
        for seed in range(2):
            self.edit(random.Random(seed))
            if nursery.run("sync"):
                raise SystemExit(f"A sync that nobody disturbs fails: {nursery.said()}")

    def edit(self, chance: random.Random) -> None:
        """Change a few rows, and now and then add one or take one away."""
        with self.world.lock:
            for stream in chance.sample(EDITED, 2):
                rows = self.world.collection(self.world.own_team, stream)
                meddling.touch(rows, meddling.choose(rows, chance.randint(1, 3)))
            rows = self.world.collection(self.world.own_team, "services")
            self.world.now += 1
            if len(rows) < 40 and chance.random() < 0.5:
                meddling.insert(rows, self.world.now)
            elif len(rows) > 5:
                meddling.remove(rows, meddling.choose(rows, 1, "newest"))

    def enlarge(self, chance: random.Random) -> None:
        """Make some blocks of the mirror others than those of the published file."""
        with duckdb.connect(str(self.places.mirror)) as con:
            con.execute(
                "create or replace table sync.ballast as "
                f"select hash(range + {chance.random()}) as n "
                f"from range({chance.randint(1_000, 90_000)})"
            )

    def state_of(self, file: Path) -> list[Any]:
        """Every stream's rows, summed up; duckdb.Error for a file that is not whole."""
        if not file.exists():
            return []
        with duckdb.connect(str(file), read_only=True) as con:
            made = con.execute(
                "select table_name from duckdb_tables() where schema_name = 'mirror' order by 1"
            ).fetchall()
            state = [con.execute(STATE.format(name)).fetchone() for (name,) in made]
        if not is_whole(file):
            raise duckdb.IOException("not whole")
        return state

    def rows(self) -> tuple[int, int, int]:
        """Rows of the mirror, of its history, and the bytes of all their bodies."""
        with duckdb.connect(str(self.places.mirror), read_only=True) as con:
            sizes = [con.execute(SIZE.format(f"mirror.{s.name}")).fetchone() for s in STREAMS]
            changes = con.execute("select count(*) from history.changes").fetchone()[0]
            body = con.execute(BODIES).fetchone()[0]
        return sum(n for n, _ in sizes), changes, sum(size for _, size in sizes) + body

    def differences(self) -> list[str]:
        """What the published file has otherwise than the server: ids and bodies."""
        found = []
        with duckdb.connect(str(self.places.published), read_only=True) as con:
            for stream in STREAMS:
                rows = con.execute(MINE.format(stream.name), [self.world.own_team]).fetchall()
                mine = {row: exact(text) for row, text in rows}
                shown = self.server.truth(self.world.own_team, stream.name)
                theirs = {row: exact(text) for row, text in shown.items()}
                wrong = [row for row in mine.keys() | theirs if mine.get(row) != theirs.get(row)]
                found += [f"{stream.name} {row} is not the server's" for row in wrong]
        return found

    def forget_damaged(self) -> None:
        """Take away what was set aside, once it is known of."""
        for path in self.places.folder.glob("*.damaged-*"):
            path.unlink()

    def leftovers(self) -> list[str]:
        """Files that no run should leave."""
        places, folder = self.places, self.places.published.parent
        known = {places.published, places.mirror, places.lock, places.state, places.log}
        known.add(places.swept)
        files = [path for path in folder.rglob("*") if path.is_file() and path not in known]
        spares = [path for path in files if path.name.startswith("spare-")]
        strange = [path for path in files if path not in spares] + spares[1:]
        return [f"left behind: {path.relative_to(folder)}" for path in strange]


SIZE = "select count(*), coalesce(sum(strlen(payload)), 0) from {}"
BODIES = "select coalesce(sum(strlen(payload_before)), 0) + 100 * count(*) from history.changes"
STATE = """select '{0}', count(*), bit_xor(hash(id, payload, deleted_at is null)) from mirror.{0}"""
MINE = "select id, payload from mirror.{} where team_id = ? and deleted_at is null"


def exact(text: str | bytes) -> Any:
    """JSON with every digit of its numbers."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)

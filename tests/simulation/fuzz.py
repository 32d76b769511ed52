"""Hostile input for everything that reads what others wrote: an error is fine, a crash is not.

python -m tests.simulation.fuzz --seconds 30 --start 0      a table: inputs tried, crashes found
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

sys.path.append(str(Path(__file__).parents[2]))

import msgspec

from gigstack_sync.api.address import Address
from gigstack_sync.api.envelope import parse_answer, parse_page, parse_row, read_head
from gigstack_sync.api.filters import query
from gigstack_sync.api.key import ApiKey
from gigstack_sync.api.moments import epoch_seconds, local_seconds
from gigstack_sync.api.problems import read_problem
from gigstack_sync.api.retry_after import asked_wait
from gigstack_sync.api.wire import Reply
from gigstack_sync.cli.period import first_day, last_day
from gigstack_sync.config import Settings
from gigstack_sync.credentials import Credentials
from gigstack_sync.errors import GigstackError
from gigstack_sync.store.absent import Absent
from gigstack_sync.store.load import Batch, Loader
from gigstack_sync.store.mirror import open_mirror
from gigstack_sync.store.places import Places
from gigstack_sync.store.publish import publish
from gigstack_sync.store.reading import Reader
from gigstack_sync.sync.look import Answer, Kind, Look
from gigstack_sync.sync.paging import turn
from gigstack_sync.sync.perform import spool_line
from gigstack_sync.sync.session import last_good, read_state
from gigstack_sync.sync.streams import STREAMS
from gigstack_sync.sync.windows import Span

from .business import models
from .simulator import MEMORY, ZONE, template

SPLINTERS = (
    *(b"null true false {} [] 0 -0 1e400 -1 NaN Infinity 12345678901234567.89 1e-7".split()),
    b'"',
    b"\\ud800",
    b"\\u0000",
    b"\x00",
    b"\xff\xfe",
    b"\xc3\x28",
    b"\xf0\x9f\xa7\xbe",
    b"\n",
    b"\t",
    b"\r\n",
    b"[" * 2_000,
    b'{"a":' * 600,
    b"9" * 400,
    b"../..",
    b"%00%2f",
    b"' or 1=1 --",
    b"\x1b[31m",
    b",",
    b":",
)


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value)


def _rows() -> list[bytes]:
    streams = [s.name for s in STREAMS if s.name not in ("teams", "invoices_transfer")]
    return [_json(body) for stream in streams for body in models(stream)[:4]]


class Fuzzer:
    """Inputs by mutation of good ones, handed to one reader after another."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.rng = Random(seed)
        self.folder = folder
        self.tried: Counter[str] = Counter()
        self.crashes: dict[tuple[str, str], bytes] = {}
        self.rows = _rows()
        self.places = Places(folder / "gigstack.duckdb")
        self.places.prepare()
        self.places.mirror.write_bytes(template())
        publish(self.places)
        self.mirror = open_mirror(self.places, zone=ZONE, memory=MEMORY)
        Absent(self.mirror.con)
        self.reader = Reader(self.places.published, memory=MEMORY, timezone=ZONE)
        self.targets: dict[str, tuple[Callable[[bytes], object], list[bytes]]] = {
            "page bodies": (self._page, self._pages()),
            "record bodies": (parse_row, [b'{"data":%s}' % r for r in self.rows]),
            "answers and errors": (self._answer, PROBLEMS),
            "rows into the store": (self._load, self.rows),
            "credentials files": (self._credentials, CREDENTIALS),
            "settings": (self._settings, SETTINGS),
            "dates": (self._dates, DATES),
            "waits and clocks": (self._wait, WAITS),
            "cursors": (self._cursor, [b"abc", b"WyJ0ZWFtIiwxMCwxXQ", b""]),
            "ids and addresses": (self._address, ADDRESSES),
            "keys": (lambda b: ApiKey.parse(b.decode("utf-8", "replace")), KEYS),
            "words left by a run": (self._state, STATES),
            "questions in SQL": (self._ask, QUESTIONS),
        }

    def close(self) -> None:
        self.reader.close()
        self.mirror.con.close()

    def mutated(self, seed: bytes) -> bytes:
        """One to four cuts, repeats, swaps, splinters and flipped bytes."""
        data = bytearray(seed)
        for _ in range(self.rng.choice((0, 1, 1, 2, 4))):
            at = self.rng.randint(0, len(data))
            to = min(len(data), at + self.rng.choice((0, 1, 3, 20)))
            deed = self.rng.randrange(5)
            if deed == 0:
                del data[at:to]
            elif deed == 1:
                data[at:to] = self.rng.choice(SPLINTERS)
            elif deed == 2:
                data[at:at] = data[at:to] * 2
            elif deed == 3 and at < len(data):
                data[at] ^= 1 << self.rng.randrange(8)
            else:
                del data[self.rng.randint(0, len(data)) :]
        return bytes(data)

    def attempt(self, name: str) -> None:
        """One input for one reader."""
        read, seeds = self.targets[name]
        data = self.mutated(self.rng.choice(seeds))
        self.tried[name] += 1
        try:
            read(data)
        except GigstackError:
            return
        except Exception as error:
            self.crashes.setdefault((name, f"{type(error).__name__}: {error}"[:160]), data)

    def _pages(self) -> list[bytes]:
        body = b",".join(self.rows[:6])
        return [
            b'{"message":"ok","data":[%s],"next":"abc","has_more":true,"total_results":9}' % body,
            b'{"success":true,"data":{"data":[%s],"next_cursor":null},"count":2}' % body,
            b'{"data":[null,7,"x",%s],"hasMore":"false","cursor":12}' % self.rows[0],
        ]

    def _page(self, data: bytes) -> None:
        page = parse_page(data)
        for row in page.rows:
            head = read_head(row)
            if head.id is not None:
                spool_line(1, "team", head.id, None, row)

    @staticmethod
    def _answer(data: bytes) -> None:
        str(read_problem(data))
        parse_answer(data)

    def _load(self, data: bytes) -> None:
        """As the writer does: what a page of this one row would bring."""
        page = parse_page(b'{"data":[%s],"has_more":false}' % data)
        stream = self.rng.choice([s.name for s in STREAMS])
        loader = Loader(self.mirror.con, self.places.spool, run_id=1, now=datetime(2026, 1, 1))
        heads = [(read_head(row), row) for row in page.rows]
        lines = [
            spool_line(n, "team", head.id, None, row)[0]
            for n, (head, row) in enumerate(heads)
            if head.id is not None
        ]
        self.mirror.con.execute("begin")
        try:
            if lines:
                loader.load(Batch("team", stream, lines))
            self.mirror.con.execute("commit")
        except BaseException:
            self.mirror.con.execute("rollback")
            raise

    def _credentials(self, data: bytes) -> None:
        path = self.folder / "credentials.json"
        path.write_bytes(data)
        path.chmod(0o600)
        file = Credentials.load(path)
        for name in file.names:
            file.get(name)
        Settings.load({}, {"HOME": str(self.folder)}, file=file)

    def _settings(self, data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape").replace("\0", "")
        name = self.rng.choice(VARIABLES)
        Settings.load({}, {"HOME": str(self.folder), name: text})

    @staticmethod
    def _dates(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        epoch_seconds(text)
        local_seconds(text)
        for read in (
            lambda: first_day(text, date(2026, 11, 21)),
            lambda: last_day(text, date(2026, 11, 21)),
            lambda: query({"from_": text}, 10),
        ):
            try:
                read()
            except GigstackError:
                continue

    @staticmethod
    def _wait(data: bytes) -> None:
        text = data.decode("latin-1")
        for header in ("retry-after", "ratelimit", "ratelimit-reset", "x-ratelimit-reset"):
            wait = asked_wait(Reply(429, {header: text}, b"", 0.0, 1_790_000_000.0))
            assert wait is None or wait >= 0

    @staticmethod
    def _cursor(data: bytes) -> None:
        look = Look(Kind.SPAN, Span(0, 9), cursors=frozenset({"abc"}))
        turn(look, Answer(1, has_more=True, next=data.decode("utf-8", "replace")))

    def _address(self, data: bytes) -> None:
        text = data.decode("utf-8", "surrogatepass") if data.isascii() else repr(data)
        STREAMS[1].row_path(text)
        Address.parse(text)

    def _state(self, data: bytes) -> None:
        self.places.state.write_bytes(data)
        read_state(self.places)
        last_good(self.places)

    def _ask(self, data: bytes) -> None:
        for batch in self.reader.ask(data.decode("utf-8", "replace")).batches:
            list(batch)
            break


PROBLEMS = [
    b'{"message":"No","error":{"code":"x","details":[{"field":"a","issue":"b"}]}}',
    b'{"success":false,"error":"bad","errors":["a",{"message":"b"}]}',
    b"<html><head><title>502 Bad Gateway</title></head></html>",
    b'{"data":{"id":"a"},"message":"ok"}',
]
CREDENTIALS = [
    b'{"active":"a","profiles":{"a":{"api_key":"k","environment":"live"}}}',
    b'{"activeProfile":"a","profiles":{"a":{"apiKey":"k","baseUrl":"https://x.mx/v2"},"b":{}}}',
]
SETTINGS = [
    *(b"https://api.gigstack.io/v2 http://127.0.0.1:80 America/Mexico_City 256MB".split()),
    *(b"16 /tmp/x/y.duckdb ~/data.duckdb team_own 1TB 0 -5 Etc/GMT+5 es_MX.UTF-8".split()),
]
VARIABLES = ("LANG", *("GIGSTACK_" + name for name in ("BASE_URL", "DB", "TIMEZONE", "MEMORY")))
VARIABLES += tuple("GIGSTACK_" + n for n in ("LANG", "CONNECTIONS", "LOG_FILE", "TEAM", "PROFILE"))
DATES = [
    *(b"2026-11-21 today yesterday 30d 2w 2026-11 2026 1795000000 1795000000000 1e9".split()),
    *(b"2026-11-21T10:00:00-06:00 2026-02-30 last-month 2026-Q1 0001-01-01 9999-12-31".split()),
]
WAITS = [b"7", b"0", b"-1", b"Sat, 21 Nov 2026 19:00:00 GMT", b'"default";r=50;t=30', b"1795000000"]
ADDRESSES = [
    b"https://api.gigstack.io/v2",
    b"http://localhost:8080",
    b"invoice_1",
    b"a/b?c#d",
    b"..",
]
KEYS = [b"eyJhbGciOiJIUzI1NiJ9.eyJ0ZWFtIjoidGVhbV9vd24iLCJsaXZlbW9kZSI6dHJ1ZX0.c2ln", b"sk_test_1"]
STATES = [b'{"run_id":3,"last_ok_at":"2026-11-21T10:00:00+00:00","published_as":[1,2]}', b"[]"]
QUESTIONS = [
    b"select count(*) from invoices",
    b"select * from clients limit 3",
    b"with a as (select 1 as x) select x, x / 0, x::json from a",
    b"from payments select total, currency where total > 1 order by all",
    b"describe invoices; select 1",
    b"copy (select 1) to 'x.csv'",
    b"select * from read_csv('/etc/passwd')",
    b"pragma database_list",
]
SLOW = {"rows into the store": 15, "questions in SQL": 6, "credentials files": 3}
"""How many times fewer inputs a reader gets than the others."""


def fuzz(seed: int, rounds: int, seconds: float = 3_600.0) -> Fuzzer:
    """So many rounds over all readers, or until the time is up."""
    ends = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        fuzzer = Fuzzer(seed, Path(folder))
        try:
            for number in range(rounds):
                if time.monotonic() > ends:
                    break
                for name in fuzzer.targets:
                    if number % SLOW.get(name, 1) == 0:
                        fuzzer.attempt(name)
        finally:
            fuzzer.close()
    return fuzzer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--start", type=int, default=0, help="the seed")
    options = parser.parse_args()
    fuzzer = fuzz(options.start, 10**9, options.seconds)
    for name, tried in fuzzer.tried.items():
        found = [crash for (target, crash) in fuzzer.crashes if target == name]
        print(f"{name:22} {tried:>9,} tried {len(found):>3} crashes")
    for (name, crash), data in fuzzer.crashes.items():
        print(f"\n{name}: {crash}\n  {data[:300]!r}")
    return bool(fuzzer.crashes)


if __name__ == "__main__":
    sys.exit(main())

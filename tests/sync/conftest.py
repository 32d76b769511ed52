"""gigstack's list API in memory, honest until told otherwise, and a mirror to sync it into."""

from __future__ import annotations

import json
import shutil
import threading
from collections import defaultdict
from concurrent.futures import wait
from datetime import UTC, datetime

import pytest
from hypothesis import settings

from gigstack_sync.api.envelope import RawPage
from gigstack_sync.errors import NotFound
from gigstack_sync.store.mirror import open_mirror
from gigstack_sync.store.places import Places
from gigstack_sync.sync.engine import Engine, Options
from gigstack_sync.sync.streams import chosen

NOW = int(datetime(2026, 10, 14, 12, tzinfo=UTC).timestamp())
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")  # a busy machine is no failure

ZONE = "America/Mexico_City"
SPELLINGS = {
    "brackets": ("created[gte]", "created[lte]", 1),
    "underscores": ("created_gte", "created_lte", 1),
    "brackets-ms": ("created[gte]", "created[lte]", 1000),
}


class Api:
    """Rows by path and id; the attributes below are the ways in which it may lie."""

    def __init__(self):
        self.now = NOW
        self.rows = defaultdict(dict)
        self.odd = defaultdict(list)
        self.asked = []
        self.earlier = 0
        self.size = 100
        self.order = "desc"
        self.cursors = "keyset"
        self.filter = "brackets"
        self.total = len
        self.hidden = set()
        self.left_out = ()
        self.before = lambda _number, _path, _params: None
        self.edit = lambda _path, _params, page: page
        self._lock = threading.Lock()

    def put(self, path, row_id, at=None, **fields):
        moment = {} if at is None else {"created_at": at}
        self.rows[path][row_id] = {"id": row_id, **moment, **fields}

    def fill(self, path, count, *, step=3_600, **fields):
        """`count` rows, the newest a minute old, `step` seconds apart."""
        for n in range(count):
            self.put(path, f"row_{n:05}", self.now - 60 - n * step, **fields)

    @property
    def requests(self):
        return len(self.asked) - self.earlier

    def server_time(self):
        return float(self.now)

    def page(self, path, params):
        with self._lock:
            self._note(path, params)
            return self.edit(path, params, self._page(path, params))

    def row(self, path, params):
        with self._lock:
            self._note(path, params)
            collection, _, row_id = path.rpartition("/")
            if row_id not in self.rows[self._shelf(collection, params)]:
                raise NotFound("No such record.", status=404)
            return encoded(self.rows[self._shelf(collection, params)][row_id])

    def _note(self, path, params):
        self.asked.append((path, dict(params)))
        self.before(len(self.asked), path, params)

    def _shelf(self, path, params):
        return f"{params['team']}:{path}" if "team" in params else path

    def _page(self, path, params):
        shown = self._listed(self._shelf(path, params))
        held = self._sorted([r for r in shown if self._is_asked_for(r, params)], params)
        cursor = params.get("next") or params.get("starting_after")
        begins = self._begins(held, cursor)
        ends = begins + min(self.size, int(params["limit"]))
        more = ends < len(held)
        rows = [encoded({k: v for k, v in r.items() if k not in self.left_out}) for r in held]
        odd = self.odd[path] if not begins else []
        following = self._cursor(held, ends) if more else None
        total = self.total(shown + self.odd[path]) if self.total else None
        return RawPage(odd + rows[begins:ends], more, following, total, (), self.now, more)

    def _listed(self, shelf):
        return [row for row in self.rows[shelf].values() if row["id"] not in self.hidden]

    def _is_asked_for(self, row, params):
        if "from" in params:
            return params["from"] <= row["issue_date"] <= params["to"]
        if self.filter is None:
            return True
        lower, upper, scale = SPELLINGS[self.filter]
        if "created_at" not in row:
            return lower not in params
        at = row["created_at"] * scale
        return int(params.get(lower, 0)) <= at <= int(params.get(upper, 1 << 60))

    def _sorted(self, rows, params):
        if self.order == "shuffled":
            return sorted(rows, key=lambda row: row["id"][::-1])
        is_newest_first = self.order == "desc" and params.get("sort") != "asc"
        return sorted(rows, key=place, reverse=is_newest_first)

    def _begins(self, held, cursor):
        if cursor is None or self.cursors == "offset":
            return int(cursor or 0)
        name = cursor.rpartition("|")[2]
        ids = [row["id"] for row in held]
        return ids.index(name) + 1 if name in ids else len(ids)

    def _cursor(self, held, ends):
        return str(ends) if self.cursors == "offset" else f"after|{held[ends - 1]['id']}"


def place(row):
    return str(row.get("issue_date", "")), row.get("created_at", 0), row["id"]


def encoded(row):
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass")


class Lab:
    """An API, a mirror of it, and the runs between them."""

    def __init__(self, places):
        self.api = Api()
        self.places = places
        self.mirror = open_mirror(places, zone=ZONE, memory="256MB")
        self.stop = threading.Event()

    def run(self, *streams, teams=("team_1",), **options):
        """One sync of these streams, services unless said otherwise."""
        picked = chosen(list(streams or ["services"]))
        engine = Engine(
            self.mirror,
            self.api,
            Options(**{"streams": picked, "walkers": 4} | options),
            stop=self.stop,
            clock=lambda: datetime.fromtimestamp(self.api.now, UTC).replace(tzinfo=None),
        )
        self.api.earlier = len(self.api.asked)
        return engine.run("team_1", list(teams))

    def rows(self, sql, *values):
        return self.mirror.con.execute(sql, list(values)).fetchall()

    def bodies(self, stream="services", team="team_1"):
        """Id → body of the live rows."""
        sql = f"select id, payload from mirror.{stream} where team_id = ? and deleted_at is null"
        return {row_id: json.loads(payload) for row_id, payload in self.rows(sql, team)}

    def is_equal(self, stream="services", team="team_1"):
        path = next(s.path for s in chosen([stream]))
        shelf = path if team == "team_1" else f"{team}:{path}"
        return self.bodies(stream, team) == self.api.rows[shelf]

    def changes(self, row_id=None):
        """(change, body before) of one row, or of all, in the order observed."""
        found = self.rows("select change, payload_before, id from history.changes order by run_id")
        return [(c, b and json.loads(b)) for c, b, name in found if row_id in (None, name)]

    def reopen(self):
        """Let go of the file without a word, as a killed process would, and open it again."""
        wait([self.mirror.views])
        self.mirror.con.close()
        self.mirror = open_mirror(self.places, zone=ZONE, memory="256MB")


@pytest.fixture(scope="session")
def blank(tmp_path_factory):
    """A mirror that holds nothing yet, to be copied."""
    places = Places(tmp_path_factory.mktemp("blank") / "gigstack.duckdb")
    places.prepare()
    open_mirror(places, zone=ZONE, memory="256MB").close()
    return places.mirror


@pytest.fixture
def places(tmp_path, blank):
    """Places of a mirror just made."""
    places = Places(tmp_path / "gigstack.duckdb")
    places.prepare()
    shutil.copyfile(blank, places.mirror)
    return places


@pytest.fixture
def lab(places):
    lab = Lab(places)
    yield lab
    lab.mirror.close()


@pytest.fixture
def api(lab):
    return lab.api


@pytest.fixture
def page():
    """A page of the list API as the client hands it over."""

    def make(*rows, more=False, cursor=None, total=None, at=NOW):
        texts = [row if isinstance(row, bytes) else encoded(row) for row in rows]
        return RawPage(texts, more, cursor, total, (), at, more)

    return make


@pytest.fixture
def make_api():
    """An API without a mirror."""
    return Api

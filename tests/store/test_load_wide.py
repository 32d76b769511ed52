"""Rows far wider than usual load within the memory a sync has."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from gigstack_sync.store.load import Batch, Loader
from gigstack_sync.store.mirror import open_mirror
from gigstack_sync.store.places import Places
from gigstack_sync.sync.perform import spool_line

WIDE = "x" * 300_000


@pytest.fixture
def mirror(tmp_path):
    places = Places(tmp_path / "gigstack.duckdb")
    places.prepare()
    with open_mirror(places, zone="America/Mexico_City", memory="256MB") as mirror:
        mirror.con.execute("create temp table seen (team_id varchar, stream varchar, key ubigint)")
        yield mirror


def line(sequence, row_id, total):
    body = json.dumps({"id": row_id, "total": total, "metadata": {"note": WIDE}}).encode()
    return spool_line(sequence, "team_1", row_id, 1_700_000_000, body)[0]


def load(mirror, lines):
    loader = Loader(mirror.con, mirror.places.spool, run_id=1, now=datetime(2026, 11, 21))
    mirror.con.execute("begin")
    counts = loader.load(Batch("team_1", "payments", lines))
    mirror.con.execute("commit")
    return counts


def test_a_page_of_thirty_megabytes_is_loaded_in_slices(mirror):
    counts = load(mirror, [line(n, f"payment_{n}", n) for n in range(100)])
    assert (counts.seen, counts.inserted) == (100, 100)
    assert mirror.con.execute("select sum(total) from mirror.payments").fetchone() == (4950,)


def test_of_two_bodies_in_two_slices_the_later_one_wins(mirror):
    lines = [line(n, "payment_1" if n % 20 == 0 else f"other_{n}", n) for n in range(21)]
    load(mirror, lines)
    sql = "select total from mirror.payments where id = 'payment_1'"
    assert mirror.con.execute(sql).fetchall() == [(20,)]

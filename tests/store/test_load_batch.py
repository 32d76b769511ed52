"""A batch against the mirror: only changes are written, and each is in the history once."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gigstack_sync.errors import StorageError
from gigstack_sync.store.load import Batch, Counts, Loader
from gigstack_sync.sync.perform import spool_line

FIRST, LATER = datetime(2026, 10, 1), datetime(2026, 10, 2)


class Desk:
    """Loads bodies, each load as a run of its own, and shows what became of them."""

    def __init__(self, con, spool):
        self.con, self.spool, self.run = con, spool, 0
        con.execute("create or replace temp table seen (team_id text, stream text, key ubigint)")

    def load(self, *bodies, stream="services", team="team_1", **how):
        self.run += 1
        texts = [body if isinstance(body, bytes) else text(body) for body in bodies]
        lines = [
            spool_line(n, team, how.pop("name", None) or json.loads(raw)["id"], 5, raw)[0]
            for n, raw in enumerate(texts)
        ]
        loader = Loader(
            self.con, self.spool, run_id=self.run, now=FIRST if self.run == 1 else LATER
        )
        return loader.load(Batch(team, stream, lines, **how))

    def rows(self, sql):
        return self.con.execute(sql).fetchall()

    def history(self, row_id="a"):
        sql = "select change, payload_before from history.changes where id = ? order by run_id"
        found = self.con.execute(sql, [row_id]).fetchall()
        return [(change, body and json.loads(body)) for change, body in found]


def text(body):
    return json.dumps(body, ensure_ascii=False).encode()


def body(n=1, row_id="a", **fields):
    return {"id": row_id, "description": f"version {n}", **fields}


@pytest.fixture
def desk(warehouse, tmp_path):
    return Desk(warehouse.con, tmp_path)


def test_a_new_row_is_inserted_with_its_history(desk):
    assert desk.load(body()) == Counts(seen=1, inserted=1)
    assert desk.history() == [("inserted", None)]


def test_an_unchanged_row_is_seen_and_not_written(desk):
    desk.load(body())
    assert desk.load(body()) == Counts(seen=1)
    assert desk.rows("select run_id, changed_at from mirror.services") == [(1, FIRST)]
    assert len(desk.history()) == 1


def test_a_changed_row_keeps_the_body_it_had(desk):
    desk.load(body(1))
    assert desk.load(body(2)) == Counts(seen=1, updated=1)
    assert desk.history()[1] == ("updated", body(1))
    row = "select description, first_seen_at, changed_at, run_id from mirror.services"
    assert desk.rows(row) == [("version 2", FIRST, LATER, 2)]


def test_a_change_and_its_reversal_are_both_in_the_history(desk):
    for version in (1, 2, 1):
        desk.load(body(version))
    assert desk.history() == [("inserted", None), ("updated", body(1)), ("updated", body(2))]


def test_only_what_changed_in_a_batch_is_written(desk):
    desk.load(*(body(1, f"row_{n}") for n in range(50)))
    counts = desk.load(*(body(1 + (n == 7), f"row_{n}") for n in range(50)))
    assert counts == Counts(seen=50, updated=1)
    assert desk.rows("select id from mirror.services where run_id = 2") == [("row_7",)]


def test_duplicates_in_a_batch_become_one_row_the_later_one(desk):
    assert desk.load(body(1), body(2), body(3)) == Counts(seen=3, inserted=1)
    assert desk.rows("select description from mirror.services") == [("version 3",)]


def test_the_same_id_in_two_teams_is_two_rows(desk):
    desk.load(body(1))
    assert desk.load(body(2), team="team_2") == Counts(seen=1, inserted=1)
    assert desk.rows("select count(*), count(distinct key) from mirror.services") == [(2, 2)]


def test_the_payload_is_kept_as_received(desk):
    raw = '{ "id" : "a",  "x":1.10, "e":"\\u00e9 \\/", "big":123456789012345678901234567890.5}'
    desk.load(raw.encode())
    assert desk.rows("select payload from mirror.services") == [(raw,)]


def test_tabs_and_line_breaks_between_tokens_mean_the_same(desk):
    raw = json.dumps(body(x=[1, {"y": "é"}]), indent="\t", ensure_ascii=False)
    desk.load(raw.replace("\n", "\r\n").encode())
    (payload,) = desk.rows("select payload from mirror.services")[0]
    assert json.loads(payload) == json.loads(raw)


@pytest.mark.parametrize("quote", ['"', "'", "\\", "\\t", "\\n", "\u2028", "😀", ","])
def test_awkward_text_arrives_as_it_was(desk, quote):
    desk.load(body(name=f"a{quote}b{quote}"))
    (payload,) = desk.rows("select payload from mirror.services")[0]
    assert json.loads(payload)["name"] == f"a{quote}b{quote}"


def test_a_team_with_a_quote_in_its_name_loads(desk):
    desk.load(body(), team="o'team")
    assert desk.rows("select team_id from mirror.services") == [("o'team",)]


def test_a_lone_surrogate_is_kept_and_the_row_is_typed(desk):
    raw = rb'{"id":"a","description":"x\ud83dy"}'
    assert desk.load(raw) == Counts(seen=1, inserted=1)
    assert desk.rows("select payload, description from mirror.services") == [
        (raw.decode(), "x\ufffdy")
    ]


def test_text_that_is_no_json_is_kept_aside(desk):
    assert desk.load(b'{"id":"a",', name="a") == Counts(seen=1, quarantined=1)
    assert desk.load(b'{"id":"a",', name="a") == Counts(seen=1)
    assert desk.rows("select sightings, first_run_id, last_run_id from sync.quarantine") == [
        (2, 1, 2)
    ]


def test_a_spool_that_comes_back_short_writes_nothing(desk, monkeypatch):
    monkeypatch.setattr(Loader, "_number", lambda *_: 0)
    with pytest.raises(StorageError, match="came back with 0 of 1"):
        desk.load(body())
    assert desk.rows("select * from mirror.services") == []


def test_no_spool_is_left_behind(desk, tmp_path):
    desk.load(body())
    assert list(tmp_path.iterdir()) == []


NUMBERS = st.decimals(-(10**24), 10**24, places=6, allow_nan=False) | st.decimals(
    -(10**17), 10**17, places=2, allow_nan=False
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_money_is_exact_or_flagged(desk, amounts):
    bodies = [f'{{"id":"{n}","total":{amount:f}}}' for n, amount in enumerate(amounts)]
    desk.con.execute("delete from mirror.receipts")
    desk.load(*(b.encode() for b in bodies), stream="receipts")
    flagged = sum(n for (n,) in desk.rows("select rows_affected from sync_drift"))
    totals = desk.rows("select total from mirror.receipts order by id::int")
    assert [t for (t,) in totals if t is not None] == [
        a for a, (t,) in zip(amounts, totals, strict=True) if t is not None
    ]
    assert sum(t is None for (t,) in totals) == flagged


@pytest.mark.parametrize("amount", ["123456789012.45", "0.000001", "-0", "1e3", "87000.17"])
def test_money_of_every_spelling_is_exact(desk, amount):
    desk.load(f'{{"id":"a","total":{amount}}}'.encode(), stream="receipts")
    assert desk.rows("select total from mirror.receipts") == [(Decimal(amount),)]


def test_a_value_of_the_wrong_type_is_counted_as_drift(desk):
    desk.load({"id": "a", "total": "n/a"}, {"id": "b", "total": 5}, stream="receipts")
    desk.load({"id": "c", "total": [1]}, stream="receipts")
    drift = "select column_name, rows_affected, example_id, first_run_id, last_run_id"
    assert desk.rows(f"{drift} from sync_drift") == [("total", 2, "a", 1, 2)]


def test_null_and_absence_are_no_drift(desk):
    desk.load({"id": "a", "total": None}, {"id": "b"}, stream="receipts")
    assert desk.rows("select * from sync_drift") == []


def test_fields_of_next_year_survive_in_the_payload(desk):
    desk.load(body(new_field={"deep": [1]}))
    assert desk.rows("select payload->>'$.new_field.deep[0]' from mirror.services") == [("1",)]


WHOLE, LISTED = body(legal="ACME"), body()


def listed(desk, row=LISTED):
    return desk.load(row, whole=False)


def fetched(desk, row=WHOLE):
    return desk.load(row, from_list=False)


def partial(desk):
    return [row_id for (row_id,) in desk.rows("select id from mirror.services where is_partial")]


def test_a_row_of_a_subset_list_is_partial_until_its_body_is_fetched(desk):
    listed(desk)
    assert partial(desk) == ["a"]
    assert fetched(desk) == Counts(seen=1, completed=1)
    assert partial(desk) == []
    assert desk.history() == [("inserted", None)]


def test_a_subset_list_never_overwrites_a_whole_body(desk):
    listed(desk)
    fetched(desk)
    assert listed(desk, body(2)) == Counts(seen=1)
    assert desk.rows("select description from mirror.services") == [("version 1",)]
    assert partial(desk) == ["a"]


def test_an_unchanged_subset_row_is_not_fetched_again(desk):
    listed(desk)
    fetched(desk)
    listed(desk)
    assert partial(desk) == []


def test_a_fetched_body_that_changed_is_an_update(desk):
    listed(desk)
    fetched(desk)
    listed(desk, body(2))
    assert fetched(desk, body(2, legal="ACME")) == Counts(seen=1, updated=1)
    assert desk.history()[-1] == ("updated", WHOLE)


def test_a_fetched_body_that_did_not_change_settles_the_row(desk):
    listed(desk)
    fetched(desk)
    listed(desk, body(2))
    assert fetched(desk) == Counts(seen=1)
    assert partial(desk) == []


def test_a_list_spelling_a_row_otherwise_than_its_get_is_no_change_for_ever(desk):
    desk.load(body())
    fetched(desk, body(extra=1))
    desk.load(body())
    assert desk.load(body()) == Counts(seen=1)
    assert [change for change, _ in desk.history()] == ["inserted", "updated"]


def test_a_deleted_row_that_is_listed_again_returns(desk):
    desk.load(body())
    desk.con.execute("update mirror.services set deleted_at = ?", [FIRST])
    assert desk.load(body()) == Counts(seen=1, returned=1)
    assert desk.rows("select deleted_at, first_seen_at from mirror.services") == [(None, FIRST)]
    assert desk.history() == [("inserted", None), ("returned", None)]


VERSIONS = st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(1, 3)), max_size=8)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(VERSIONS)
def test_history_is_a_chain_from_the_first_body_to_the_present_one(desk, batches):
    for table in ("mirror.services", "history.changes"):
        desk.con.execute(f"delete from {table}")
    seen = {name: [] for name in "abc"}
    for batch in batches:
        desk.load(*(body(n, name) for name, n in batch.items()))
        for name, n in batch.items():
            seen[name] += [] if seen[name][-1:] == [n] else [n]
    for name, versions in seen.items():
        bodies = [before and before["description"] for _, before in desk.history(name)]
        assert bodies == [None, *(f"version {n}" for n in versions[:-1])][: len(versions)]

"""Collections keep their order; worlds are drawn from their seed and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.collection import Collection, Json, position_of
from gigstack_sync.sandbox.mutations import mutate
from gigstack_sync.sandbox.world import World


def fingerprint(world: World) -> str:
    digest = sha256()
    for team in world.teams.values():
        for stream, rows in team.collections.items():
            bodies = [rows.get(row_id) for row_id in rows.newest_first()]
            digest.update(json.dumps([stream, bodies], default=str).encode())
    return digest.hexdigest()


def lived(seed: int) -> World:
    world = found_business(seed=seed, invoices=150, months=8)
    world.live_days(10)
    mutate(world, 5, 40)
    return world


def test_same_seed_same_world_whatever_the_hash_seed() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from test_world import fingerprint, lived\nprint(fingerprint(lived(3)))"
    )
    here = os.path.dirname(__file__)
    told = subprocess.run(
        [sys.executable, "-c", code, here],
        env={**os.environ, "PYTHONHASHSEED": "42", "TZ": "Asia/Tokyo"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert told.stdout.strip() == fingerprint(lived(3))


def test_another_seed_is_another_world() -> None:
    assert fingerprint(lived(3)) != fingerprint(lived(4))


def test_asking_twice_gives_the_same_body() -> None:
    world = found_business(invoices=60, months=6, connect_teams=0)
    assert fingerprint(world) == fingerprint(world)


@given(st.lists(st.tuples(st.integers(0, 5), st.text("abc", min_size=1, max_size=2))))
def test_newest_first_is_sorted_whatever_comes_and_goes(rows: list[tuple[int, str]]) -> None:
    collection = Collection()
    for created, row_id in rows:
        collection.put({"id": row_id, "created_at": created})
    for _, row_id in rows[::3]:
        if row_id in collection:
            collection.delete(row_id)
    kept = [(collection.position(i), i) for i in collection]
    assert list(collection.newest_first()) == [i for _, i in sorted(kept, reverse=True)]
    assert len(collection) == len(collection.newest_first())


def test_newest_first_slices_like_a_list() -> None:
    collection = Collection()
    for n in range(7):
        collection.put({"id": f"r{n}", "created_at": n})
    view = collection.newest_first()
    everything = list(view)
    assert everything == [f"r{n}" for n in range(6, -1, -1)]
    assert (view[0], view[-1], view[2:5], view[::-2]) == (
        "r6",
        "r0",
        everything[2:5],
        everything[::-2],
    )


def test_newest_first_ends() -> None:
    with pytest.raises(IndexError):
        Collection().newest_first()[0]


def test_older_than_finds_where_a_page_goes_on() -> None:
    collection = Collection()
    for row_id, created in (("a", 1), ("b", 2), ("c", 2), ("d", 3)):
        collection.put({"id": row_id, "created_at": created})
    assert collection.newest_first()[collection.older_than(2, "c") :] == ["b", "a"]


def test_versions_never_come_back() -> None:
    collection = Collection()
    body = {"id": "a", "created_at": 1}
    seen = []
    for act in (collection.put, collection.put):
        act(body)
        seen.append(collection.version("a"))
    collection.change("a", name="x")
    seen.append(collection.version("a"))
    collection.delete("a")
    collection.put(body)
    assert len({*seen, collection.version("a")}) == 4
    assert collection.get("a") == body


@pytest.mark.parametrize(
    ("body", "position"),
    [
        ({"created_at": 1677651234}, 1677651234),
        ({"created_at": 1677651234576}, 1677651234.576),
        ({"issue_date": "2026-01-31T10:00:00", "created_at": 9}, 1769853600),
    ],
)
def test_position_reads_seconds_milliseconds_and_local_text(body: dict, position: float) -> None:
    assert position_of(body) == position


def test_a_row_is_found_by_its_fiscal_uuid_until_it_goes() -> None:
    collection = Collection()
    collection.put({"id": "a", "uuid": "U-1", "created_at": 1})
    assert collection.find("U-1") == collection.find("a") == "a"
    collection.delete("a")
    assert collection.find("U-1") is None


def test_teams_of_the_account_are_within_reach_and_strangers_are_not() -> None:
    world = found_business(invoices=30, months=3, connect_teams=2)
    assert [world.may_act_for(team) for team in (*world.teams, "team_else")] == [
        True,
        True,
        True,
        False,
    ]
    assert {len(team["teams"]) for team in world.teams.values()} == {3}


def everything(world: World) -> dict[tuple[str, str, str], Json | None]:
    return {
        (stream, team.id, row_id): rows.get(row_id)
        for team in world.teams.values()
        for stream, rows in team.collections.items()
        for row_id in rows
    }


def test_mutations_change_what_they_say_and_nothing_else() -> None:
    world = found_business(invoices=200, months=6)
    before = everything(world)
    last = {done[:3]: done.kind for done in mutate(world, 1, 300)}
    after = everything(world)
    assert {key for key, kind in last.items() if kind == "deleted"} == before.keys() - after.keys()
    changed = {key for key in after if after[key] != before[key] and key[0] != "teams"}
    assert len(changed) > 100
    assert changed <= last.keys()


def test_deleted_rows_may_return_as_they_were() -> None:
    world = found_business(invoices=200, months=6)
    kinds = Counter(done.kind for done in mutate(world, 2, 600))
    assert kinds["deleted"] > kinds["returned"] > 0

"""The mirror file: made, bound, and rebuilt from the published copy when its bytes go bad."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from gigstack_sync.errors import AuthError, StorageError
from gigstack_sync.store import mirror as mirror_module
from gigstack_sync.store.connection import Damaged
from gigstack_sync.store.ledger import Ledger
from gigstack_sync.store.mirror import open_mirror
from gigstack_sync.store.places import Places
from gigstack_sync.store.publish import publish

ZONE = "America/Mexico_City"


def opened(places, zone=ZONE):
    return open_mirror(places, zone=zone, memory="256MB")


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A mirror that knows one window, and its published copy."""
    places = Places(tmp_path_factory.mktemp("good") / "gigstack.duckdb")
    places.prepare()
    with opened(places) as mirror:
        Ledger(mirror.con).save_windows("team_1", "services", [(0, 9, 5)])
    publish(places)
    return places


@pytest.fixture
def places(tmp_path, good):
    places = Places(tmp_path / "gigstack.duckdb")
    places.prepare()
    shutil.copyfile(good.mirror, places.mirror)
    shutil.copyfile(good.published, places.published)
    return places


def windows(mirror):
    return Ledger(mirror.con).windows("team_1", "services")


def set_aside(places):
    return [path.name for path in places.folder.glob("*.damaged-*")]


def test_a_new_mirror_has_its_tables_at_once_and_views_when_told(tmp_path):
    places = Places(tmp_path / "new.duckdb")
    places.prepare()
    with opened(places) as mirror:
        assert mirror.is_new
        assert mirror.con.execute("select count(*) from mirror.payments").fetchone() == (0,)
        mirror.make_views()
        assert mirror.con.execute("select count(*) from invoices").fetchone() == (0,)


def test_opening_again_changes_nothing(places):
    with opened(places) as mirror:
        assert not mirror.is_new
        assert mirror.notices == []
        assert windows(mirror) == [(0, 9, 5)]


def test_another_zone_is_news_for_readers(places):
    with opened(places, "America/Tijuana") as mirror:
        assert mirror.is_new


def test_another_zone_stays_news_until_views_are_made(places):
    with suppress(AuthError), opened(places, "America/Tijuana"):
        raise AuthError("a key of another account")
    with opened(places, "America/Tijuana") as mirror:
        mirror.con.execute("update derived.state set run_id = 7")
        mirror.make_views()
        assert mirror.is_new
        assert mirror.con.execute("from derived.state").fetchone() == (0,)


def truncate(path: Path, share: float):
    os.truncate(path, int(path.stat().st_size * share))


def flip(path: Path, share: float):
    with path.open("r+b") as file:
        at = int(path.stat().st_size * share)
        file.seek(at)
        block = file.read(64)
        file.seek(at)
        file.write(bytes(byte ^ 0xFF for byte in block))


HEADERS = [(truncate, 0.0), (truncate, 0.01), (truncate, 0.5), (flip, 0.0), (flip, 0.004)]


@pytest.mark.parametrize(("harm", "share"), HEADERS)
def test_fault_40_a_damaged_mirror_is_set_aside_and_rebuilt(places, harm, share):
    harm(places.mirror, share)
    with opened(places) as mirror:
        assert windows(mirror) == [(0, 9, 5)]
        assert "rebuilt from the published copy" in mirror.notices[0]
        assert set_aside(places)[0] in mirror.notices[0]
    assert len(set_aside(places)) == 1


@pytest.mark.parametrize("share", [n / 16 for n in range(1, 16)])
def test_fault_40_wherever_bytes_change_a_mirror_opens_whole_or_is_rebuilt(places, share):
    flip(places.mirror, share)
    with suppress(Damaged), opened(places) as mirror:
        assert windows(mirror) == [(0, 9, 5)]


def test_a_damaged_mirror_without_a_copy_begins_anew(places):
    places.published.unlink()
    truncate(places.mirror, 0.5)
    with opened(places) as mirror:
        assert windows(mirror) == []
        assert "the whole account is fetched again" in mirror.notices[0]


def test_a_damaged_copy_is_no_source(places):
    truncate(places.mirror, 0.5)
    truncate(places.published, 0.5)
    with opened(places) as mirror:
        assert windows(mirror) == []


def test_a_copy_with_one_bad_block_is_no_source(places):
    places.mirror.unlink()
    flip(places.published, 0.004)
    with opened(places) as mirror:
        assert windows(mirror) == []


def test_damage_met_while_working_is_told_as_damage(places):
    with pytest.raises(Damaged), opened(places):
        raise duckdb.Error("Corrupt database file: computed checksum 1 does not match")


def test_work_that_cannot_be_folded_into_the_file_is_not_kept_quiet(places, monkeypatch):
    def fail(_mirror):
        raise duckdb.FatalException("Failed to create checkpoint: No space left on device")

    monkeypatch.setattr(mirror_module.Mirror, "close", fail)
    with pytest.raises(StorageError, match="is full"), opened(places):
        pass


def test_after_closing_the_whole_mirror_is_in_one_file(places):
    with opened(places) as mirror:
        mirror.con.execute("create table extra as select 1 as n")
    assert [p.name for p in places.folder.glob("*.wal")] == []


def test_a_mirror_that_is_missing_starts_from_the_published_copy(places):
    places.mirror.unlink()
    with opened(places) as mirror:
        assert windows(mirror) == [(0, 9, 5)]


def test_two_damaged_files_in_one_second_keep_their_own_names(places):
    for _ in range(2):
        truncate(places.mirror, 0.5)
        opened(places).close()
    assert len(set_aside(places)) == 2


def test_fault_41_a_mirror_of_a_newer_version_is_refused_and_left_alone(places):
    with opened(places) as mirror:
        mirror.con.execute("insert into sync.migrations values ('9999_later', now()::timestamp)")
    before = places.mirror.read_bytes()
    with pytest.raises(StorageError, match=r"newer gigstack_sync .*9999_later"):
        opened(places)
    assert places.mirror.read_bytes() == before


def test_an_error_of_ours_is_not_taken_for_damage(places, monkeypatch):
    def broken(_con):
        raise duckdb.CatalogException("no such table")

    monkeypatch.setattr(mirror_module, "migrate", broken)
    with pytest.raises(duckdb.CatalogException):
        opened(places)
    assert set_aside(places) == []


def test_batches_left_by_a_killed_run_are_cleared(places):
    (places.spool / "batch.tsv").write_bytes(b"half")
    opened(places).close()
    assert not list(places.spool.glob("*.tsv"))


def test_the_first_account_binds_the_file(places):
    with opened(places) as mirror:
        mirror.bind("team_1", True)
        mirror.bind("team_1", True)


@pytest.mark.parametrize(
    ("team", "is_live", "words"),
    [("team_2", True, "belongs to team team_2"), ("team_1", False, "live data.*test key")],
)
def test_another_account_or_mode_is_refused(places, team, is_live, words):
    with opened(places) as mirror:
        mirror.bind("team_1", True)
        with pytest.raises(AuthError, match=words) as refusal:
            mirror.bind(team, is_live)
    assert "--db" in refusal.value.hint


def test_a_key_of_a_known_team_of_the_account_is_accepted(places):
    with opened(places) as mirror:
        mirror.bind("team_1", True)
        mirror.con.execute("insert into mirror.teams by name select 'team_2' as id")
        mirror.bind("team_2", True)


@pytest.mark.parametrize("umask", [0, 0o077])
def test_only_the_owner_can_read_what_is_made(tmp_path, umask):
    old = os.umask(umask)
    try:
        places = Places(tmp_path / "data" / "gigstack.duckdb")
        places.prepare()
        opened(places).close()
        publish(places)
    finally:
        os.umask(old)
    made = list((tmp_path / "data").rglob("*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_file()} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_dir()} == {0o700}


def test_the_file_can_be_read_by_older_releases(places):
    with opened(places) as mirror:
        tags = mirror.con.execute("select tags from duckdb_databases()").fetchall()
    assert "v1.4" in str(tags)


@pytest.mark.parametrize(
    "content", [b"my notes, longer than a header", b"SQLite format 3\0" + b"x" * 5000]
)
def test_a_file_that_is_not_a_mirror_is_left_alone(tmp_path, content):
    places = Places(tmp_path / "notes.duckdb")
    places.prepare()
    places.published.write_bytes(content)
    with pytest.raises(StorageError, match="left alone"):
        open_mirror(places, zone="America/Mexico_City", memory="256MB")
    assert places.published.read_bytes() == content


def test_another_duckdb_database_is_left_alone(tmp_path):
    places = Places(tmp_path / "sales.duckdb")
    places.prepare()
    with duckdb.connect(str(places.published)) as con:
        con.execute("create table sales as select 42 as amount")
    with pytest.raises(StorageError, match="left alone"):
        open_mirror(places, zone="America/Mexico_City", memory="256MB")


def test_two_files_in_one_folder_have_a_mirror_each(tmp_path):
    one, two = Places(tmp_path / "live.duckdb"), Places(tmp_path / "test.duckdb")
    assert one.mirror != two.mirror
    assert one.lock != two.lock

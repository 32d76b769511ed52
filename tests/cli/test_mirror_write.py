"""What a command changes shows in the mirror at once, as a sync would have brought it in."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gigstack_sync.api.client import Client
from gigstack_sync.cli.mirror_write import named
from gigstack_sync.cli.operations_op import Op
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.server import Server
from gigstack_sync.store import publish
from gigstack_sync.store.lock import SyncLock
from gigstack_sync.store.places import Places
from gigstack_sync.sync import touch
from gigstack_sync.sync.engine import Options
from gigstack_sync.sync.session import SyncSession, read_state
from gigstack_sync.sync.streams import chosen

ITEM = {"description": "Asesoría", "quantity": 1, "unit_price": 100, "product_key": "80141503"}
ITEM |= {"unit_key": "E48", "taxes": [{"type": "IVA", "rate": 0.16, "factor": "Tasa"}]}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """An account, and the folder of a mirror that knew all of it."""
    folder = tmp_path_factory.mktemp("writes")
    with Server(found_business(invoices=40, months=3)) as server:
        server.world.now = int(time.time())
        sync(server, folder / "gigstack.duckdb")
        yield server, folder


def sync(server: Server, path: Path) -> Any:
    with Client(server.key, base_url=server.url) as client:
        return SyncSession(Places(path), client).sync(Options())


@pytest.fixture
def server(account: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The account, and a mirror of the test's own."""
    server, folder = account
    shutil.copytree(folder, home / "data")
    monkeypatch.setenv("GIGSTACK_BASE_URL", server.url)
    monkeypatch.setenv("GIGSTACK_API_KEY", server.key)
    monkeypatch.setenv("GIGSTACK_DB", str(home / "data" / "gigstack.duckdb"))
    (home / "items.json").write_text(json.dumps([ITEM]))
    server.reset_log()
    return server


@pytest.fixture
def places(server: Any, home: Path) -> Places:
    """Where that mirror is."""
    return Places(home / "data" / "gigstack.duckdb")


def query(places: Places, sql: str, *values: Any) -> list[Any]:
    with duckdb.connect(str(places.published), read_only=True) as con:
        return con.execute(sql, list(values)).fetchall()


def listed(gigstack: Any, *command: str) -> dict[str, Any]:
    """Rows of a list that the mirror answers, by id."""
    done = gigstack(*command, "list", "--all", "--json")
    assert done.err.startswith("From the mirror")
    return {row["id"]: row for row in done.json["data"]}


def client_of(server: Any) -> str:
    """A client with all that an invoice needs."""
    rows = map(json.loads, server.truth("team_own", "clients").values())
    return next(str(row["id"]) for row in rows if row["tax_id"] and row["name"] != "Zoé")


def test_what_is_made_changed_and_deleted_is_seen_by_the_next_list(
    gigstack: Any, server: Any, places: Places
) -> None:
    made = gigstack("clients", "create", "--name", "Zoé", "--zip", "06600", "--yes", "--json")
    assert (made.code, made.err) == (0, "")
    new = made.json["id"]
    assert listed(gigstack, "clients")[new] == json.loads(server.truth("team_own", "clients")[new])
    gigstack("clients", "update", new, "--email", "z@b.mx", "--yes")
    assert listed(gigstack, "clients")[new]["email"] == "z@b.mx"
    gigstack("clients", "delete", new, "--yes")
    assert new not in listed(gigstack, "clients")
    assert "was deleted" in gigstack("clients", "get", new).err
    history = query(places, "select change from changes where id = ? order by run_id", new)
    assert history == [("inserted",), ("updated",), ("deleted",)]


def test_a_payment_comes_with_its_client_and_invoice(
    gigstack: Any, server: Any, places: Places
) -> None:
    line = "pay --email new@b.mx --name Ana --description Curso --amount 1000 --yes --json"
    paid = gigstack(*line.split()).json
    assert paid["invoices"]
    assert paid["id"] in listed(gigstack, "payments")
    assert paid["client"]["id"] in listed(gigstack, "clients")
    invoices = {(r["id"], r["uuid"]) for r in listed(gigstack, "invoices").values()}
    assert any(paid["invoices"][0] in names for names in invoices)
    linked = query(places, "select 1 from payment_invoices where payment_id = ?", paid["id"])
    assert linked == [(1,)]


def test_a_complement_brings_the_new_balance_of_what_it_pays(gigstack: Any, server: Any) -> None:
    ppd = gigstack(
        *("invoices", "create", "--client", client_of(server), "--items", "items.json"),
        *("--payment-method", "PPD", "--payment-form", "99", "--yes", "--json"),
    ).json
    body = json.dumps({"payment_form": "03", "invoices": [{"id": ppd["id"], "amount": 16}]})
    gigstack("invoices", "complements", "create", "--body", body, "--yes")
    assert listed(gigstack, "invoices")[ppd["id"]]["last_balance"] == 100


def test_a_stamped_draft_is_an_invoice_and_no_draft(gigstack: Any, server: Any) -> None:
    new = ("--client", client_of(server), "--items", "items.json", "--yes", "--json")
    draft = gigstack("invoices", "drafts", "create", *new).json["id"]
    assert draft in listed(gigstack, "invoices", "drafts")
    invoice = gigstack("invoices", "drafts", "stamp", draft, "--yes", "--json").json["id"]
    assert draft not in listed(gigstack, "invoices", "drafts")
    assert invoice in listed(gigstack, "invoices")
    receipt = gigstack("receipts", "create", *new).json["id"]
    gigstack("receipts", "stamp", receipt, "--yes")
    assert listed(gigstack, "receipts")[receipt]["status"] != "pending"


def test_a_uuid_names_the_invoice_whatever_its_type(gigstack: Any, server: Any) -> None:
    row = next(map(json.loads, server.truth("team_own", "invoices_payment").values()))
    done = gigstack("invoices", "cancel", row["uuid"], "--motive", "02", "--yes", "--json")
    assert done.code == 0
    now = listed(gigstack, "invoices", "complements")[row["id"]]
    assert now == json.loads(server.truth("team_own", "invoices_payment")[row["id"]])


def test_a_sync_afterwards_finds_nothing_to_do(gigstack: Any, server: Any, places: Places) -> None:
    sync(server, places.published)
    before = read_state(places)
    gigstack("services", "create", "--description", "Flete", "--price", "9.90", "--yes")
    state = read_state(places)
    assert state["run_id"] == before["run_id"] + 1
    assert state["last_ok_at"] == before["last_ok_at"]
    report = sync(server, places.published)
    assert (report.exit_code, report.totals["inserted"], report.totals["updated"]) == (0, 0, 0)
    assert not report.is_published


def test_no_report_is_younger_for_it(gigstack: Any, server: Any, places: Places) -> None:
    newest = "select max(coalesce(finished_at, started_at)), count(*) from sync_runs"
    [(looked, runs)] = query(places, newest)
    gigstack("webhooks", "create", "--url", "https://a.mx/h", "--yes")
    assert query(places, newest) == [(looked, runs + 1)]


def test_an_answer_that_nobody_reads_is_in_the_mirror_all_the_same(
    gigstack: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object) -> None:
        raise BrokenPipeError

    with monkeypatch.context() as patched:
        patched.setattr("gigstack_sync.cli.operations_write.show_answer", closed)
        assert gigstack("clients", "create", "--name", "Unread", "--yes").code == 141
    assert "Unread" in gigstack("clients", "list", "-l", "1").out


def test_a_running_sync_is_left_alone(gigstack: Any, server: Any, places: Places) -> None:
    with SyncLock(places.lock):
        done = gigstack("clients", "create", "--name", "Zoé", "--yes", "--json")
    assert (done.code, done.json["name"]) == (0, "Zoé")
    assert done.err == "A sync is running: the mirror shows this once the next one has ended.\n"


def test_without_a_mirror_that_is_said(gigstack: Any, server: Any) -> None:
    done = gigstack("clients", "create", "--name", "Z", "--yes", "--json", "--db", "none.duckdb")
    assert done.code == 0
    assert done.err == "There is no mirror to show this in; gigstack sync makes one.\n"
    assert not Path("none.duckdb").exists()


def test_a_large_mirror_is_not_copied_for_one_row(
    gigstack: Any, server: Any, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(touch, "LARGEST_COPY", 0)
    monkeypatch.setattr(publish, "_share_blocks", lambda *_: False)
    before = places.published.stat()
    done = gigstack("clients", "create", "--name", "Zoé", "--yes", "--json")
    assert "after the next sync" in done.err
    assert places.published.stat() == before
    assert sync(server, places.published).is_published
    assert done.json["id"] in listed(gigstack, "clients")
    done = gigstack("clients", "create", "--name", "Zoé 2", "--yes", "--json")
    assert done.err == ""  # by now there is a spare, of which only some blocks are written
    assert done.json["id"] in listed(gigstack, "clients")


@pytest.mark.parametrize(
    "sql",
    [
        "update sync.loads set digest = 'older' where stream = 'payments'",
        "update reference.installed set digest = 'older' where part = 'derived'",
    ],
)
def test_a_mirror_of_another_version_is_left_to_the_sync(
    gigstack: Any, server: Any, places: Places, sql: str
) -> None:
    with duckdb.connect(str(places.mirror)) as con:
        con.execute(sql)
    done = gigstack("webhooks", "create", "--url", "https://a.mx/h", "--yes", "--json")
    assert done.code == 0
    assert done.err == "The mirror shows this after the next sync: it is not of this version yet.\n"


def test_another_accounts_mirror_is_left_alone(
    gigstack: Any, server: Any, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = server.world.teams["team_own"]
    monkeypatch.setattr(own, "livemode", False)
    monkeypatch.setenv("GIGSTACK_API_KEY", server.key_for("team_own", livemode=False))
    before = places.published.stat()
    done = gigstack("webhooks", "create", "--url", "https://a.mx/h", "--json")
    assert done.code == 0
    assert "mirrors live data" in done.err
    assert places.published.stat() == before


def test_a_damaged_answer_changes_neither_mirror_nor_exit_code(
    gigstack: Any, server: Any, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "row", lambda *_, **__: b'{"no": "id"}')
    before = places.published.stat()
    done = gigstack("clients", "create", "--name", "Zoé", "--yes", "--json")
    assert (done.code, places.published.stat()) == (0, before)
    assert "after the next sync" in done.err


def test_a_dry_run_reads_nothing_again(gigstack: Any, server: Any) -> None:
    gigstack("clients", "create", "--name", "Zoé", "--dry-run")
    assert len(server.requests) == 0


@pytest.mark.parametrize("quirk", ["empty_deletes=yes", "stamping=late", "list_rows=subset"])
def test_whatever_the_server_answers_the_mirror_is_true(
    sandbox: Any, gigstack: Any, home: Path, monkeypatch: pytest.MonkeyPatch, quirk: str
) -> None:
    server = sandbox(invoices=5, months=1, quirks=[quirk])
    server.world.now = int(time.time())
    path = home / "odd.duckdb"
    for name, value in (("BASE_URL", server.url), ("API_KEY", server.key), ("DB", str(path))):
        monkeypatch.setenv(f"GIGSTACK_{name}", value)
    sync(server, path)
    new = gigstack("clients", "create", "--name", "Zoé", "--zip", "06600", "--yes", "--json").json
    truth = server.truth("team_own", "clients", full=True)
    assert listed(gigstack, "clients")[new["id"]] == json.loads(truth[new["id"]])
    assert gigstack("clients", "delete", new["id"], "--yes", "--json").code == 0
    assert new["id"] not in listed(gigstack, "clients")
    (home / "items.json").write_text(json.dumps([ITEM]))
    client = client_of(server)
    command = ("invoices", "create", "--client", client, "--items", "items.json", "--yes")
    assert gigstack(*command).code == 0
    assert sync(server, path).exit_code == 0
    assert listed(gigstack, "invoices").keys() == server.truth("team_own", "invoices_income").keys()


def test_what_an_answer_names_is_told_apart_from_what_is_hostile() -> None:
    op = Op("payments.register")
    answer = {
        "id": "payment_1",
        "client": {"id": ".."},
        "invoices": ["u1", {"uuid": "u2"}, None, 7, "u1", "a\x00b"],
        "receipts": "receipt_1",
    }
    assert [name.id for name in named(op, (), answer)] == ["payment_1", "u1", "u2", "receipt_1"]
    cancelled = {"id": "invoice_1", "uuid": "U", "invoice_type": "P"}
    [only] = named(Op("invoices.cancel"), ("U",), cancelled)
    assert (only.id, only.streams[0]) == ("invoice_1", "invoices_payment")
    assert list(named(Op("documents.delete"), ("d",), {"id": "d"})) == []
    assert list(named(Op("clients.portal"), (), {"url": "https://a.mx"})) == []


def test_each_team_has_its_own(
    sandbox: Any, gigstack: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = sandbox(invoices=5, months=1)
    server.world.now = int(time.time())
    other = next(team for team in server.world.teams if team != "team_own")
    path = home / "teams.duckdb"
    for name, value in (("BASE_URL", server.url), ("API_KEY", server.key), ("DB", str(path))):
        monkeypatch.setenv(f"GIGSTACK_{name}", value)
    sync(server, path)
    assert "never read" in gigstack("clients", "list", "--team", other, "-l", "1").err
    with Client(server.key, base_url=server.url) as client:
        SyncSession(Places(path), client, team=other).sync(Options(streams=chosen(["clients"])))
    new = gigstack("clients", "create", "--name", "Otra", "--team", other, "--yes", "--json").json
    rows = gigstack("clients", "list", "--team", other, "--all", "--json")
    assert rows.err.startswith("From the mirror")
    assert {row["id"] for row in rows.json["data"]} == server.truth(other, "clients").keys()
    assert new["id"] not in listed(gigstack, "clients")


def test_what_a_change_brought_in_is_what_the_lists_show(gigstack: Any, server: Any) -> None:
    known = client_of(server)
    gigstack("sync", "--quiet")
    assert gigstack("clients", "update", known, "--email", "otra@cliente.mx", "--yes").code == 0
    assert gigstack("sync", "verify", "--stream", "clients").code == 0

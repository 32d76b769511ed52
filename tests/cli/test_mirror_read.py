"""Lists, records and searches from the mirror: what the API would have said, without asking it."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest


@pytest.fixture
def server(mirrored_account: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The account and its mirror, as the ones that commands use."""
    server, path = mirrored_account
    monkeypatch.setenv("GIGSTACK_BASE_URL", server.url)
    monkeypatch.setenv("GIGSTACK_API_KEY", server.key)
    monkeypatch.setenv("GIGSTACK_DB", str(path))
    server.reset_log()
    return server


def some(server: Any, stream: str, **wanted: Any) -> Any:
    """A row of the server's own."""
    rows = map(json.loads, server.truth("team_own", stream).values())
    return next(r for r in rows if all(r.get(k) == v for k, v in wanted.items()))


LISTS = [
    "clients list",
    "clients list --order-by name",
    "clients list --order-by name --sort asc -l 7",
    "services list --order-by name",
    "invoices list --all",
    "invoices list --status cancelled",
    "invoices list --status valid --series A -l 9",
    "invoices list --client {client}",
    "invoices list --from 90d --to 30d --all --sort asc",
    "invoices credit-notes --all",
    "invoices complements --all",
    "invoices complements --invoice {ppd}",
    "invoices transfers list",
    "invoices drafts list --all",
    "invoices drafts list --type I",
    "payments list --status requires_payment_method",
    "payments list --currency MXN --client {client} -l 50",
    "payments list --email {email} --all",
    "payments list --rfc {rfc} --status succeeded --all",
    "receipts list --status pending --all",
    "webhooks list",
    "webhooks list --status active",
    "teams list",
    "invoices sat list --direction received --status Vigente --type I --all",
    "invoices sat list --issuer-rfc {sat_rfc} -l 3",
]


@pytest.mark.parametrize("line", LISTS)
def test_a_list_is_what_the_api_lists(gigstack: Any, server: Any, line: str) -> None:
    paid = some(server, "payments", status="succeeded")
    ids = {
        "client": paid["client"]["id"], "email": paid["client"]["email"],
        "rfc": paid["client"]["tax_id"], "ppd": some(server, "invoices_payment")["invoices"][0],
        "sat_rfc": some(server, "invoices_sat", direction="received")["issuer"]["rfc"],
    }  # fmt: skip
    command = line.format_map(ids).split()
    mine = gigstack(*command, "--json")
    assert len(server.requests) == 0
    theirs = gigstack(*command, "--live", "--json")
    assert re.fullmatch(
        "From the mirror, synced (just now|.* ago); --live asks the API.\n", mine.err
    )
    assert mine.json["data"] == theirs.json["data"]
    assert mine.json["has_more"] == theirs.json["has_more"]
    assert list(mine.json) == ["data", "has_more", "next", "total"]


def test_the_lists_compared_hold_something(gigstack: Any, server: Any) -> None:
    for command in ("invoices complements", "invoices sat list", "webhooks list", "receipts list"):
        assert gigstack(*command.split(), "--json").json["total"] > 0


@pytest.mark.parametrize("order", [[], ["--sort", "asc"], ["--order-by", "name"]])
def test_pages_by_the_mirrors_cursor_are_everything_once(
    gigstack: Any, server: Any, order: list[str]
) -> None:
    seen, cursor = [], []
    while True:
        page = gigstack("clients", "list", "-l", "7", *order, *cursor, "--json").json
        seen += [row["id"] for row in page["data"]]
        if not page["has_more"]:
            break
        cursor = ["--next", page["next"]]
    whole = gigstack("clients", "list", "--all", *order, "--json").json
    assert seen == [row["id"] for row in whole["data"]]
    assert page["next"] is None
    assert page["total"] == len(set(seen)) == len(server.truth("team_own", "clients"))


def test_a_row_a_line_is_the_payload_as_it_came(gigstack: Any, server: Any) -> None:
    lines = gigstack("payments", "list", "--all", "--jsonl").out.splitlines()
    truth = {json.dumps(json.loads(row)) for row in server.truth("team_own", "payments").values()}
    assert {json.dumps(json.loads(line)) for line in lines} == truth
    assert len(server.requests) == 0


def test_a_day_ends_where_the_team_is(
    gigstack: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def newest(zone: str) -> int:
        monkeypatch.setenv("GIGSTACK_TIMEZONE", zone)
        rows = gigstack("invoices", "list", "--to", "20d", "--all", "--json").json["data"]
        return max(int(row["created_at"]) for row in rows)

    def cut(zone: str) -> int:
        monkeypatch.setenv("GIGSTACK_TIMEZONE", zone)
        gigstack("invoices", "list", "--to", "20d", "-l", "1", "--live", "--json")
        return int(server.requests[-1].query["created[lte]"])

    assert cut("America/Tijuana") - cut("America/Cancun") in {7_200, 10_800}
    assert newest("America/Tijuana") <= cut("America/Tijuana")


@pytest.mark.parametrize(
    ("command", "words", "found"),
    [
        ("clients", "nandu perez", "Ñandú Pérez"),
        ("clients", "PÉREZ ÑANDÚ", "Ñandú Pérez"),
        ("clients", "n@B.mx", "Ñandú Pérez"),
        ("clients", "nandu nobody", None),
    ],
)
def test_a_search_minds_neither_accents_nor_capitals(
    gigstack: Any, server: Any, command: str, words: str, found: str | None
) -> None:
    rows = gigstack(command, "search", words, "--json").json["data"]
    assert [row["name"] for row in rows] == ([found] if found else [])
    assert len(server.requests) == 0


def test_a_search_finds_folio_uuid_and_what_was_sold(gigstack: Any, server: Any) -> None:
    invoice = some(server, "invoices_income", status="valid")
    folio = f"{invoice['series']}-{invoice['folio_number']}"
    for words in (folio, folio.replace("-", ""), invoice["uuid"].lower()):
        rows = gigstack("invoices", "search", words, "--json").json["data"]
        assert invoice["id"] in [row["id"] for row in rows]
    payment = some(server, "payments")
    words = payment["items"][0]["description"]
    rows = gigstack("payments", "search", words, "--limit", "100", "--json").json
    assert payment["id"] in [row["id"] for row in rows["data"]]
    assert len(server.requests) == 0


def test_pages_of_a_search_are_numbered(gigstack: Any, server: Any) -> None:
    word = "mx"  # of every e-mail
    first = gigstack("invoices", "search", word, "--limit", "2", "--json").json
    assert (first["has_more"], first["next"]) == (True, "2")
    second = gigstack("invoices", "search", word, "--page", "2", "--limit", "2", "--json").json
    assert not {r["id"] for r in first["data"]} & {r["id"] for r in second["data"]}
    assert gigstack("invoices", "search", word, "--limit", "0").code == 2
    assert gigstack("invoices", "search", " ").code == 2


@pytest.mark.parametrize(
    ("command", "stream"),
    [
        ("clients get", "clients"),
        ("invoices get", "invoices_income"),
        ("invoices complements get", "invoices_payment"),
        ("invoices drafts get", "invoices_draft"),
        ("invoices sat get", "invoices_sat"),
        ("receipts get", "receipts"),
        ("webhooks get", "webhooks"),
        ("teams get", "teams"),
    ],
)
def test_a_record_is_what_the_api_has(
    gigstack: Any, server: Any, command: str, stream: str
) -> None:
    row = some(server, stream)
    assert gigstack(*command.split(), row["id"], "--json").json == row
    if row.get("uuid"):
        assert gigstack(*command.split(), row["uuid"].lower(), "--json").json == row
    assert len(server.requests) == 0


def test_explain_needs_no_request(gigstack: Any, server: Any) -> None:
    client = some(server, "payments")["client"]["id"]
    mine = gigstack("explain", client, "--json")
    assert len(server.requests) == 0
    assert mine.json == gigstack("explain", client, "--live", "--json").json


def test_what_the_mirror_does_not_know_is_asked_live(gigstack: Any, server: Any) -> None:
    made = server.world.collection("team_own", "clients")
    made.put({"id": "client_new", "name": "Nuevo", "created_at": int(time.time())})
    try:
        for command in (["clients", "get"], ["explain"]):
            done = gigstack(*command, "client_new", "--json")
            assert done.json["name"] == "Nuevo"
            assert done.err == "The mirror does not know client_new: asking the API.\n"
    finally:
        made.delete("client_new")


def test_a_cursor_goes_back_where_it_came_from(gigstack: Any, server: Any) -> None:
    mine = gigstack("invoices", "list", "-l", "2", "--json").json["next"]
    theirs = gigstack("invoices", "list", "-l", "2", "--live", "--json").json["next"]
    for arguments, said in (
        (["--next", theirs], "comes from the API"),
        (["--next", mine, "--live"], "comes from the mirror"),
        (["--next", mine, "--status", "valid"], "other filters"),
        (["--next", mine[:-5]], "whole cursor"),
    ):
        done = gigstack("invoices", "list", *arguments)
        assert (done.code, said in done.err) == (2, True), done.err
    assert gigstack("invoices", "list", "--next", mine, "-l", "2").code == 0


def test_an_order_nobody_knows_here_is_asked_live(gigstack: Any, server: Any) -> None:
    done = gigstack("invoices", "list", "--order-by", "name", "-l", "1", "--json")
    assert "asking the API" in done.err
    assert server.requests[-1].query["order_by"] == "name"


def test_without_a_mirror_the_api_is_asked_and_that_is_said(
    gigstack: Any, server: Any, home: Path
) -> None:
    done = gigstack("clients", "list", "-l", "1", "--db", str(home / "none.duckdb"), "--json")
    assert (done.code, len(done.json["data"])) == (0, 1)
    assert done.err == "There is no mirror yet (gigstack sync makes one): asking the API.\n"
    quiet = gigstack("clients", "list", "-l", "1", "--db", "none.duckdb", "--json", "--quiet")
    assert quiet.err == ""


def test_a_key_of_another_account_or_mode_reads_nothing_of_this(
    gigstack: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIGSTACK_API_KEY", server.key_for("team_own", livemode=False))
    assert "the key is a test key: asking" in gigstack("clients", "list", "-l", "1").err
    monkeypatch.setenv("GIGSTACK_API_KEY", "eyJhbGciOiJIUzI1NiJ9.eyJ0ZWFtIjoidGVhbV94In0.c2lnbg")
    done = gigstack("clients", "list")
    assert "The mirror is of another account: asking" in done.err
    assert done.code == 4


def test_no_key_is_needed(gigstack: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIGSTACK_API_KEY")
    assert gigstack("clients", "list", "--json").json["total"] > 0
    assert gigstack("clients", "list", "--live").code == 4


@pytest.fixture
def copy(server: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the published file that a test may write to."""
    shutil.copyfile(os.environ["GIGSTACK_DB"], home / "copy.duckdb")
    monkeypatch.setenv("GIGSTACK_DB", str(home / "copy.duckdb"))
    return home / "copy.duckdb"


def edit(path: Path, sql: str) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute(sql)


def test_what_is_deleted_is_not_listed_and_said(gigstack: Any, server: Any, copy: Path) -> None:
    gone = some(server, "clients")["id"]
    edit(copy, f"update mirror.clients set deleted_at = '2026-01-31' where id = '{gone}'")
    rows = gigstack("clients", "list", "--all", "--json").json
    assert gone not in [row["id"] for row in rows["data"]]
    for command in (["clients", "get", gone], ["explain", gone]):
        done = gigstack(*command, "--json")
        assert (done.code, done.json["error"]["status"]) == (1, 404)
        assert f"{gone} was deleted" in done.json["error"]["message"]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("delete from sync.windows where stream = 'clients'", "has never read the clients"),
        (
            "update sync.windows set starts = starts + 900000 where stream = 'clients'",
            "has not read all clients",
        ),
        ("drop table sync.windows", "is no mirror of gigstack_sync"),
    ],
)
def test_what_was_never_read_is_asked_live(
    gigstack: Any, server: Any, copy: Path, sql: str, said: str
) -> None:
    edit(copy, sql)
    done = gigstack("clients", "list", "-l", "1", "--json")
    assert (done.code, len(done.json["data"])) == (0, 1)
    assert said in done.err
    assert len(server.requests) == 1


def test_rows_without_a_time_come_last_and_once(gigstack: Any, server: Any, copy: Path) -> None:
    edit(copy, "update mirror.payments set position = null where key % 3 = 0")
    seen, cursor = [], []
    while True:
        page = gigstack("payments", "list", "-l", "9", *cursor, "--json").json
        seen += [row["id"] for row in page["data"]]
        if not page["next"]:
            break
        cursor = ["--next", page["next"]]
    assert len(seen) == len(set(seen)) == page["total"]


def test_hostile_words_and_ids_are_only_text(gigstack: Any, server: Any) -> None:
    evil = "x' or 1=1; drop table mirror.clients --"
    assert gigstack("clients", "search", evil, "--json").json["data"] == []
    assert gigstack("invoices", "list", "--client", evil, "--json").json["total"] == 0
    assert gigstack("invoices", "list", "--series", "$team", "--json").json["total"] == 0
    assert gigstack("clients", "get", evil).code == 1

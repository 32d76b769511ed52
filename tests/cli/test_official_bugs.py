"""The 35 faults of the official command line, version 0.3.1: a test for each that can be had here.

`pytest -k test_bug_13` runs the tests of one; those of a subject that has a file are in that file.
These do not apply:

| # | fault there | why it has no test |
|---|---|---|
| 21 | its README reads lists as bare arrays, and names a withdrawn price | test_readme.py and
test_examples.py run every example there is; the scripts of that README, read as the envelope
asks, run in test_official_scripts.py |
"""

from __future__ import annotations

import csv
import io
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest

from gigstack_sync.cli.session import Session
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.faults import Faults
from gigstack_sync.sandbox.quirks import Quirks, parse_quirks
from gigstack_sync.sandbox.server import Server

ITEM = {"description": "Asesoría", "quantity": 1, "unit_price": 100, "product_key": "80141503"}
ITEM |= {"unit_key": "E48", "taxes": [{"type": "IVA", "rate": 0.16, "factor": "Tasa"}]}
ITEMS = json.dumps([ITEM])
NAMED = re.compile(r"^def test_bug_(\d\d)_", re.MULTILINE)


def test_each_of_the_35_has_a_test_or_a_reason() -> None:
    tests = Path(__file__).parents[1].rglob("test_*.py")
    tested = {n for path in tests for n in NAMED.findall(path.read_text(encoding="utf-8"))}
    excused = set(re.findall(r"^\| (\d\d) ", __doc__ or "", re.MULTILINE))
    assert tested | excused == {f"{number:02}" for number in range(1, 36)}
    assert not tested & excused


def truth(server: Server, stream: str) -> list[Any]:
    return [*map(json.loads, server.truth("team_own", stream).values())]


def break_it(server: Server, *faults: str) -> None:
    server.set_faults(Faults.of(*faults))


def quirky(server: Server, *quirks: str) -> None:
    server.set_quirks(parse_quirks(list(quirks)))


@pytest.fixture(scope="module")
def own_shop() -> Iterator[Server]:
    """A small account whose rows may be changed."""
    with Server(found_business(invoices=12, months=2)) as server:
        yield server


@pytest.fixture
def shop(own_shop: Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """That account as the one that commands use; there is no mirror."""
    monkeypatch.setenv("GIGSTACK_BASE_URL", own_shop.url)
    monkeypatch.setenv("GIGSTACK_API_KEY", own_shop.key)
    own_shop.reset_log()
    yield own_shop
    own_shop.set_faults(Faults())
    own_shop.set_quirks(Quirks())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands try once and do not wait long."""
    monkeypatch.setattr(Session, "client", partialmethod(Session.client, tries=1, deadline=0.5))


@pytest.fixture
def client(gigstack: Any, shop: Server) -> str:
    """A client with all that an invoice needs."""
    whole = ("--rfc", "EKU9003173C9", "--tax-system", "601", "--zip", "06600", "--email", "a@b.mx")
    return str(gigstack("clients", "create", "--name", "Ana", *whole, "--yes", "--json").json["id"])


@pytest.mark.parametrize(
    "line",
    [
        "--team team_norte invoices list --live",
        "invoices list --live --team team_norte",
        "whoami --team team_norte",
        "doctor --team team_norte",
        "explain nobody --live --team team_norte",
        "webhooks create --url https://a.mx/h --yes --team team_norte",
    ],
)
def test_bug_01_team_is_sent(gigstack: Any, shop: Server, line: str) -> None:
    gigstack(*line.split(), "--json")
    assert {request.query.get("team") for request in shop.requests} == {"team_norte"}


def test_bug_02_every_report_is_of_the_team_asked_for(gigstack: Any, served: Server) -> None:
    own = json.loads(served.truth("team_own", "teams")["team_own"])["tax_id"]
    assert gigstack("whoami", "--json").json["RFC"] == own
    assert gigstack("whoami", "--team", "team_norte", "--json").json["RFC"] not in {own, "", None}
    for report in ("status", "forecast"):
        done = gigstack(report, "--team", "team_norte", "--json")
        assert (done.code, "team_norte" in done.json["error"]["message"]) == (2, True)


def test_bug_02_no_team_is_not_a_team(gigstack: Any, api: Any, key: str) -> None:
    team = {"id": "team_1", "legal_name": "Café", "tax_id": "CAO010101AB1"}
    api.answers |= {"/teams/team_1": (200, {"data": []}), "/teams": (200, {"data": [team]})}
    assert gigstack("whoami", "--json").json["RFC"] == "CAO010101AB1"


@pytest.mark.parametrize("period", [[], ["--from", "2020"]])
def test_bug_03_figures_are_of_all_rows(gigstack: Any, served: Server, period: list[str]) -> None:
    shown = gigstack("status", *period, "--json").json["currencies"].values()
    for part, stream in (("invoices", "invoices_income"), ("payments", "payments")):
        assert sum(each[part]["total"] for each in shown) == len(truth(served, stream)) > 100


def test_bug_03_an_outage_is_not_zero(gigstack: Any, shop: Server) -> None:
    break_it(shop, "status=503")
    for command in ("status", "forecast", "export invoices"):
        done = gigstack(*command.split(), "--json")
        assert (done.code, list(done.json)) == (7, ["error"])  # no mirror; the API is not asked


def test_bug_04_either_spelling_of_cancelled_counts(gigstack: Any, served: Server) -> None:
    words = {"canceled", "cancelled"}
    gone = [row["id"] for row in truth(served, "invoices_income") if row["status"] in words]
    failed = [r for r in truth(served, "payments") if r["status"] in {"failed", *words}]
    shown = gigstack("status", "--json").json["currencies"].values()
    assert sum(each["invoices"]["cancelled"] for each in shown) == len(gone) > 0
    assert sum(each["payments"]["failed"] for each in shown) == len(failed) > 0
    for word in words:
        rows = gigstack("invoices", "list", "--status", word, "--all", "--json").json["data"]
        assert [row["id"] for row in rows] == gone


def test_bug_05_what_is_owed_is_counted_once(gigstack: Any, served: Server) -> None:
    for section in gigstack("status", "--json").json["currencies"].values():
        owed, ages = section["cobranza"], section["cobranza"]["aging"].values()
        parts = (owed["ppd_pending"], owed["ppd_paid"], owed["unknown"])
        assert sum(parts) == section["invoices"]["ppd"]["count"]
        assert owed["ppd_partial"] <= owed["ppd_pending"] == sum(age["count"] for age in ages)


def test_bug_06_currencies_are_never_added(gigstack: Any, served: Server) -> None:
    valid = [row for row in truth(served, "invoices_income") if row["status"] == "valid"]
    shown = json.loads(gigstack("status", "--json").out, parse_float=Decimal)["currencies"]
    assert len(shown) > 1
    for currency, section in shown.items():
        totals = [Decimal(str(row["total"])) for row in valid if row["currency"] == currency]
        assert section["invoices"]["total_amount"] == sum(totals)


def test_bug_07_days_begin_and_end_where_the_team_is(gigstack: Any, served: Server) -> None:
    period = ("--from", "2026-03", "--to", "2026-03")
    gigstack("invoices", "list", *period, "--client", "c", "-l", "5", "--live")
    assert served.requests[-1].query == {
        "limit": "5",
        "created[gte]": "1772344800",  # 2026-03-01T00:00-06:00
        "created[lte]": "1775023199",  # 2026-03-31T23:59:59-06:00
        "client_id": "c",
    }


@pytest.mark.parametrize(
    "wrong", ["--from garbage", "--to 2026-02-30", "--from 2026-13", "-l 0", "-l -1", "-l x"]
)
@pytest.mark.parametrize("live", [[], ["--live"]])
def test_bug_07_what_is_no_day_or_number_is_refused(
    gigstack: Any, served: Server, wrong: str, live: list[str]
) -> None:
    done = gigstack("clients", "list", *wrong.split(), *live, "--json")
    assert (done.code, done.json["error"]["code"], len(served.requests)) == (2, "usage", 0)


@pytest.mark.parametrize(("status", "code"), [("401", 4), ("403", 4), ("422", 1), ("503", 5)])
@pytest.mark.parametrize(
    "command", ["clients list --live", "invoices get i --live", "clients validate c --yes"]
)
def test_bug_08_an_error_is_an_exit_code_and_a_document(
    gigstack: Any,
    shop: Server,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    status: str,
    code: int,
) -> None:
    monkeypatch.setattr(Session, "client", partialmethod(Session.client, tries=1))
    break_it(shop, f"status={status}")
    shown = gigstack(*command.split())
    assert (shown.code, shown.out, shown.err.startswith("Error: ")) == (code, "", True)
    done = gigstack(*command.split(), "--json")
    assert (done.code, list(done.json), done.err) == (code, ["error"], "")


@pytest.mark.parametrize("fault", ["html", "empty", "status=502,body=html", "cut_json"])
def test_bug_09_what_is_no_json_is_told_in_words(
    gigstack: Any, shop: Server, impatient: None, fault: str
) -> None:
    break_it(shop, fault)
    error = gigstack("clients", "list", "--json").json["error"]
    assert "defect" not in error["message"]
    assert not re.search("token|unexpected end", error["message"], re.IGNORECASE)


@pytest.mark.parametrize("empty", ["yes", "no"])
def test_bug_09_a_delete_may_be_answered_by_nothing(
    gigstack: Any, shop: Server, empty: str
) -> None:
    quirky(shop, f"empty_deletes={empty}")
    new = gigstack("webhooks", "create", "--url", "https://a.mx/h", "--yes", "--json").json["id"]
    done = gigstack("webhooks", "delete", new, "--yes", "--json")
    assert (done.code, done.json["id"]) == (0, new)
    assert new not in shop.truth("team_own", "webhooks")


def test_bug_10_one_document_is_all_of_stdout(gigstack: Any, shop: Server, client: str) -> None:
    new = ("--client", client, "--items", ITEMS, "--yes", "--json")
    paid = gigstack("payments", "register", *new, "--payment-form", "03")
    receipt = gigstack("receipts", "create", *new).json["id"]
    invoice = gigstack("invoices", "create", *new).json["uuid"]
    for done in (
        paid,
        gigstack("receipts", "cancel", receipt, "--yes", "--json"),
        gigstack("invoices", "cancel", invoice, "--motive", "02", "--yes", "--json"),
        gigstack("invoices", "download", invoice, "--json"),
        gigstack("clients", "delete", client, "--yes", "--json"),
        gigstack("doctor", "--json"),
    ):
        assert isinstance(done.json, dict)


@pytest.mark.parametrize("fault", ["status=429,times=1,retry_after=0", "status=503,times=1"])
def test_bug_11_a_passing_failure_is_waited_out(gigstack: Any, shop: Server, fault: str) -> None:
    break_it(shop, fault)
    assert gigstack("clients", "list", "--json").code == 0
    assert len(shop.requests) == 2


def test_bug_11_silence_and_nobody_end_in_exit_5(
    gigstack: Any, shop: Server, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it(shop, "hang=1")
    assert gigstack("clients", "list", "--json").code == 5
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    monkeypatch.setenv("GIGSTACK_BASE_URL", f"http://127.0.0.1:{port}/v2")
    assert gigstack("clients", "list", "--json").json["error"]["code"] == "network"


@pytest.mark.parametrize("group", ["clients", "services", "invoices", "payments", "receipts"])
def test_bug_12_null_rows_are_left_out(gigstack: Any, shop: Server, group: str) -> None:
    quirky(shop, "null_rows=2")
    rows = gigstack(group, "list", "--json").json["data"]
    assert rows
    assert None not in rows
    assert gigstack(group, "list").code == 0


def test_bug_13_a_cancellation_names_its_substitute(
    gigstack: Any, shop: Server, client: str
) -> None:
    new = ("invoices", "create", "--client", client, "--items", ITEMS, "--yes", "--json")
    [old, other] = [gigstack(*new, "--idempotency-key", key).json["uuid"] for key in ("1-a", "1-b")]
    cancel = ("invoices", "cancel", old, "--motive", "01", "--replacement", other)
    assert gigstack(*cancel, "--dry-run", "--json").json["body"] == {
        "motive": "01",
        "substitution_uuid": other,
    }
    gigstack(*cancel, "--yes")
    [row] = [row for row in truth(shop, "invoices_income") if row["uuid"] == old]
    assert other in json.dumps(row["cancellation"])


def test_bug_13_refunds_and_stamps_send_what_they_need(
    gigstack: Any, shop: Server, client: str
) -> None:
    new = ("--client", client, "--items", ITEMS, "--yes", "--json")
    paid = gigstack("payments", "register", *new, "--payment-form", "03").json["id"]
    refund = ("payments", "refund", paid, "--amount", "16", "--reason", "Error")
    body = gigstack(*refund, "--dry-run", "--json").json["body"]
    assert (body["amount"], body["reason"]) == (16, "Error")
    assert gigstack(*refund, "--yes", "--json").code == 0
    receipt = gigstack("receipts", "create", *new).json["id"]
    assert gigstack("payments", "refund", paid, "--yes").code == 2
    assert gigstack("receipts", "stamp", receipt, "--yes", "--json").code == 0
    assert json.loads(shop.truth("team_own", "receipts")[receipt])["status"] != "pending"


@pytest.mark.parametrize("live", [[], ["--live"]])
def test_bug_14_explain_finds_every_sort_and_counts(
    gigstack: Any, served: Server, live: list[str]
) -> None:
    complement = truth(served, "invoices_payment")[0]["uuid"]
    assert gigstack("explain", complement, *live, "--json").json["type"] == "invoice"
    payments = truth(served, "payments")
    client = payments[0]["client"]["id"]
    mine = [row for row in payments if row["client"]["id"] == client]
    shown = gigstack("explain", client, *live, "--json").json
    assert (shown["type"], shown["payments_count"]) == ("client", len(mine))


def test_bug_14_an_outage_is_not_a_miss(gigstack: Any, shop: Server) -> None:
    for fault, code in (("status=401", 4), ("status=422", 1)):
        break_it(shop, fault)
        done = gigstack("explain", "payment_1", "--json")
        assert (done.code, done.json["error"]["code"] == "not_found") == (code, False)
        assert len(shop.requests) == 1
        shop.reset_log()


def test_bug_14_a_record_keeps_its_kind(gigstack: Any, shop: Server) -> None:
    services = shop.world.collection("team_own", "services")
    services.put({"id": "service_typed", "type": "product", "created_at": 1})
    assert gigstack("explain", "service_typed", "--json").json["type"] == "service"


def test_bug_15_sat_days_orders_and_totals(gigstack: Any, served: Server) -> None:
    listing = ("invoices", "sat", "list")
    gigstack(*listing, "--from", "2026-02", "--to", "2026-02", "--next", "n", "--live")
    query = served.requests[-1].query
    assert (query["from"], query["to"]) == ("2026-02-01", "2026-02-28")
    assert query["starting_after"] == "n"
    gigstack(*listing, "--from", "30d", "--live")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", served.requests[-1].query["from"])
    shown = gigstack(*listing, "-l", "1", "--json").json
    assert shown["total"] == len(truth(served, "invoices_sat"))


def test_bug_16_an_export_is_whole(gigstack: Any, served: Server) -> None:
    rows = list(csv.DictReader(io.StringIO(gigstack("export", "invoices").out)))
    sent = truth(served, "invoices_income")
    assert len({row["uuid"] or row["created_at"] for row in rows}) == len(sent) > 100
    paid = list(csv.DictReader(io.StringIO(gigstack("export", "payments").out)))
    stripe = {row["id"] for row in truth(served, "payments") if "total" not in row}
    assert stripe
    assert all(row["total"] for row in paid if row["id"] in stripe)


@pytest.mark.parametrize("gap", ["null", "absent", "empty"])
def test_bug_16_a_list_that_breaks_off_says_so(gigstack: Any, shop: Server, gap: str) -> None:
    break_it(shop, f"no_next={gap}")
    done = gigstack("services", "list", "--all", "--json")
    assert (done.code, done.json["has_more"]) == (3, True)
    assert "not whole" in done.err
    assert gigstack("services", "list", "--all", "--jsonl").code == 3
    assert gigstack("services", "list", "-l", "1", "--json").code == 0


def test_bug_17_a_forecast_rests_on_all_that_was_received(gigstack: Any, served: Server) -> None:
    shown = gigstack("forecast", "--json").json
    for month in shown["revenue"]["monthly_history"]:
        days = month["starts_on"][:7]
        status = gigstack("status", "--from", days, "--to", days, "--json").json
        assert month["invoiced"] == status["invoices"]["total_amount"]
    owed = gigstack("status", "--json").json["cobranza"]["pending_amount"]
    assert shown["collections_risk"]["total_pending"] == owed
    asked = {row["id"] for row in truth(served, "payments") if row["currency"] == "MXN"
             and row["status"] in {"pending", "requires_payment_method"}}  # fmt: skip
    assert shown["cash_flow"]["pending_payment_links"] == len(asked) > 0


def test_bug_18_the_doctor_says_what_is_wrong(gigstack: Any, shop: Server) -> None:
    break_it(shop, "status=403,path=receipts")
    done = gigstack("doctor", "--json")
    wrong = {f["check"] for f in done.json["findings"] if f["state"] in {"wrong", "warning"}}
    assert "receipts" in wrong
    assert done.code != 0


def test_bug_19_teams_have_pages_and_a_team(gigstack: Any, shop: Server) -> None:
    for number in range(3):
        team = shop.world.collection("team_own", "teams")
        team.put({"id": f"team_more_{number}", "created_at": number + 1})
    quirky(shop, "max_limit=2")
    rows = gigstack("teams", "list", "--all", "--team", "team_norte", "--json").json["data"]
    assert len({row["id"] for row in rows}) == len(rows) > 2
    gigstack("teams", "get", "team_norte", "--team", "team_norte")
    gigstack("teams", "integrations", "--team", "team_norte")
    assert {request.query.get("team") for request in shop.requests} == {"team_norte"}


@pytest.mark.parametrize("form", ["seconds", "ms", "iso", "firestore"])
def test_bug_20_a_moment_is_a_day_in_any_form(gigstack: Any, shop: Server, form: str) -> None:
    plain = gigstack("payments", "list").out
    assert re.match(r"\d{4}-\d\d-\d\d ", plain.splitlines()[1])
    quirky(shop, f"timestamps={form}")
    assert gigstack("payments", "list").out == plain
    assert "_seconds" not in gigstack("payments", "get", plain.split()[-1]).out


@pytest.mark.parametrize("group", ["invoices", "payments", "receipts", "services", "webhooks"])
def test_bug_22_ids_in_tables_can_be_used(gigstack: Any, served: Server, group: str) -> None:
    head, first, *_ = gigstack(group, "list").out.splitlines()
    key = "uuid" if "uuid" in head.split() else "id"
    start = re.search(rf"\b{key}\b", head)
    assert start
    shown = first[start.start() :].split()[0]
    assert gigstack(group, "get", shown, "--json").json[key] == shown


def test_bug_23_all_commands_are_completed(gigstack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_GIGSTACK_COMPLETE", "bash")
    lines = {
        "": {"explain", "forecast"},
        "invoices ": {"send", "sat"},
        "clients ": {"portal"},
        "context ": {"descarga_masiva_sat"},
    }
    for line, wanted in lines.items():
        offered = gigstack(*line.split(" ")).out.splitlines()
        assert wanted <= {word.partition("\t")[0] for word in offered}


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ({"email": "nobody", "amount": 1, "description": "x"}, "e-mail"),
        ({"email": "a@b.mx", "amount": "x", "description": "x"}, "amount"),
        ({"email": "a@b.mx", "amount": 1, "description": "x", "metadata": "{"}, "metadata"),
    ],
)
def test_bug_24_pay_checks_what_it_is_given(
    gigstack: Any, shop: Server, monkeypatch: pytest.MonkeyPatch, said: Any, about: str
) -> None:
    flags = [word for name, value in said.items() for word in (f"--{name}", str(value))]
    assert about in gigstack("pay", *flags, "--yes", "--json").json["error"]["message"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(said).encode())))
    assert about in gigstack("pay", "--stdin", "--yes", "--json").json["error"]["message"]
    assert len(shop.requests) == 0


def test_bug_24_pay_claims_no_mail(gigstack: Any, shop: Server) -> None:
    line = "pay --email new@b.mx --name Ana --description Curso --amount 10 --automation none --yes"
    done = gigstack(*line.split(), "--no-iva", "-v")
    assert done.code == 0
    assert not re.search("portal|correo|sent to", done.err)


def test_bug_25_a_test_key_is_a_test_key(
    gigstack: Any, served: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gigstack("whoami", "--json").json["Modo"] == "producción"
    monkeypatch.setenv("GIGSTACK_API_KEY", served.key_for("team_own", livemode=False))
    assert gigstack("whoami", "--json").json["Modo"] == "test"


@pytest.mark.parametrize("dates", ["snake", "created", "mixed", "both"])
def test_bug_26_a_receipt_is_valid_until_a_day(gigstack: Any, shop: Server, dates: str) -> None:
    quirky(shop, f"receipt_dates={dates}")
    head, first, *_ = gigstack("receipts", "list").out.splitlines()
    found = re.findall(r"\d{4}-\d\d-\d\d", first)
    assert {"created", "valid_until"} <= set(head.split())
    assert len(found) == 2


def test_bug_26_an_export_knows_until_when(gigstack: Any, served: Server) -> None:
    rows = list(csv.DictReader(io.StringIO(gigstack("export", "receipts").out)))
    assert rows
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", row["validUntil"]) for row in rows)


def test_bug_27_one_end_of_a_period_is_enough(gigstack: Any, served: Server) -> None:
    def total(*period: str) -> int:
        shown = gigstack("status", *period, "--json").json["currencies"].values()
        return sum(each["invoices"]["total"] for each in shown)

    first, rest = total("--to", "60d"), total("--from", "59d")
    assert first > 0 < rest
    assert first + rest == total()
    assert gigstack("status", "--to", "2026-01", "--json").json["period"] == {
        "from": None,
        "to": "2026-01-31",
    }


def test_bug_28_codes_are_called_as_sat_calls_them(gigstack: Any) -> None:
    concepts = gigstack("context", "invoices", "--json").json["concepts"]
    assert concepts["motive_02"].startswith("Comprobante emitido con errores sin relación")
    assert concepts["motive_03"].startswith("No se llevó a cabo la operación")
    regimes = gigstack("context", "clients", "--json").json["concepts"]["tax_system"]
    assert re.search(r"622 Actividades Agrícolas.*625 .*Plataformas Tecnológicas", regimes)


@pytest.mark.parametrize("command", ["invoices create", "payments request", "payments register"])
def test_bug_29_the_same_command_again_makes_nothing_new(
    gigstack: Any, shop: Server, client: str, command: str
) -> None:
    form = ("--payment-form", "03") if command == "payments register" else ()
    line = (*command.split(), "--client", client, "--items", ITEMS, *form, "--yes", "--json")
    first, again = gigstack(*line).json, gigstack(*line).json
    assert first["id"] == again["id"]
    assert first["idempotency_key"].startswith("gs-")


@pytest.mark.parametrize(
    "command",
    ["clients get", "invoices get", "payments get", "receipts get", "webhooks get", "explain"],
)
def test_bug_30_an_id_is_one_segment(gigstack: Any, shop: Server, command: str) -> None:
    done = gigstack(*command.split(), "a/../../teams?x=1", "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "not_found")
    paths = [request.path for request in shop.requests]
    assert paths
    assert all(path.endswith("/a%2F..%2F..%2Fteams%3Fx%3D1") for path in paths)


@pytest.mark.parametrize("report", ["status", "cobranza", "forecast", "conciliation"])
def test_bug_31_amounts_have_cents_not_noise(gigstack: Any, served: Server, report: str) -> None:
    out = gigstack(report, "--json").out
    amounts = re.findall(r'"[a-z_]*(?:amount|total|owed|difference)": (-?\d+\.\d+)', out)
    assert amounts
    assert max(len(amount.partition(".")[2]) for amount in amounts) == 2


@pytest.mark.parametrize(
    "command", ["clients create", "invoices create", "services create", "pay", "clients delete c"]
)
def test_bug_32_nobody_is_asked_without_a_terminal(shop: Server, command: str) -> None:
    line = [sys.executable, "-m", "gigstack_sync", *command.split(), "--json"]
    done = subprocess.run(
        line, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (2, b"")
    assert json.loads(done.stdout)["error"]["code"] == "usage"
    assert not [request for request in shop.requests if request.method != "GET"]


@pytest.mark.parametrize("shape", ["prose", "object", "standard"])
def test_bug_33_the_detail_of_an_error_is_told(gigstack: Any, shop: Server, shape: str) -> None:
    quirky(shop, f"error_shape={shape}")
    line = ("receipts", "create", "--client", "nobody", "--items", ITEMS, "--yes")
    error = gigstack(*line, "--json").json["error"]
    told = f"{error['message']} {error['details']}"
    assert "The specified client does not exist" in told
    assert "The specified client does not exist" in gigstack(*line).err


@pytest.mark.parametrize("live", ["clients get nobody", "clients delete nobody --yes"])
def test_bug_34_success_false_is_no_success(gigstack: Any, shop: Server, live: str) -> None:
    quirky(shop, "errors=ok")
    done = gigstack(*live.split(), "--json")
    assert (done.code, list(done.json)) == (1, ["error"])


def test_bug_34_a_refused_list_is_not_empty(gigstack: Any, shop: Server) -> None:
    break_it(shop, "error_200")
    done = gigstack("clients", "list", "--json")
    assert (done.code != 0, list(done.json)) == (True, ["error"])


def test_bug_35_a_wrong_guess_leaves_no_trace(gigstack: Any, shop: Server) -> None:
    payments = shop.world.collection("team_own", "payments")
    payments.put({"id": "client_misnamed", "created_at": 1, "status": "succeeded"})
    done = gigstack("explain", "client_misnamed", "--json")
    assert (done.code, done.json["type"], done.json["id"]) == (0, "payment", "client_misnamed")
    assert "warn" not in done.err.lower()

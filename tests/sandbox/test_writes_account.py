"""Clients, catalogue, webhooks, companies and papers changed over HTTP."""

from __future__ import annotations

import base64
import io
import zipfile
from decimal import Decimal

import pytest

from gigstack_sync.errors import ApiError, Forbidden, NotFound, UnknownOutcome

ANA = {"name": "Ana", "email": "ana@b.mx", "tax_id": "EKU9003173C9", "tax_system": "601"}


@pytest.fixture
def start(sandbox, connect):
    """A sandbox and a client of it."""

    def both(*quirks):
        server = sandbox(quirks=list(quirks))
        return server, connect(server)

    return both


def test_a_client_is_kept_found_and_listed(start):
    _, gigstack = start()
    made = gigstack.clients.create(**ANA, address={"zip": "06600", "country": "Mexico"})
    assert made["address"]["country"] == "MEX"
    assert next(gigstack.clients.iterate()) == gigstack.clients.get(made["id"]) == made
    assert [row["id"] for row in gigstack.clients.search("ana@b.mx")] == [made["id"]]


def test_an_edit_leaves_what_it_does_not_name(start):
    _, gigstack = start()
    made = gigstack.clients.create(**ANA, address={"zip": "06600", "city": "CDMX"})
    edited = gigstack.clients.update(made["id"], address={"zip": "44100"})
    assert (edited["address"]["zip"], edited["address"]["city"]) == ("44100", "CDMX")
    assert edited["email"] == "ana@b.mx"


def test_a_search_takes_the_client_there_is(start, ask):
    _, gigstack = start()
    made = gigstack.clients.create(**ANA)
    search = {"on_key": "tax_id", "on_value": ANA["tax_id"], "update": True}
    found = gigstack.clients.create(name="Ana María", search=search)
    assert (found["id"], found["name"]) == (made["id"], "Ana María")
    gigstack.clients.create(**ANA)
    with pytest.raises(ApiError, match="2 clients have tax_id") as refused:
        gigstack.clients.create(name="Ana", search=search)
    assert refused.value.status == 409


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tax_id": "NO"}, "not a valid RFC"),
        ({"email": "a b"}, "not an e-mail"),
        ({"address": {"zip": "1"}}, "five digits"),
        ({"tax_system": "999"}, "catalogue"),
    ],
)
def test_fiscal_data_that_cannot_be_is_refused(start, fields, words):
    _, gigstack = start()
    with pytest.raises(ApiError, match=words):
        gigstack.clients.create(name="Ana", **fields)


@pytest.mark.parametrize("quirk", ["empty_deletes=no", "empty_deletes=yes"])
def test_a_deleted_client_is_gone_from_get_and_list(start, quirk):
    _, gigstack = start(quirk)
    made = gigstack.clients.create(**ANA)
    assert gigstack.clients.delete(made["id"]) == {}
    with pytest.raises(NotFound):
        gigstack.clients.get(made["id"])
    assert made["id"] not in {row["id"] for row in gigstack.clients.iterate()}


def test_validation_notes_what_is_missing(start):
    _, gigstack = start()
    made = gigstack.clients.create(**ANA)
    assert gigstack.clients.validate(made["id"])["message"] == "zip missing"
    assert gigstack.clients.get(made["id"])["is_valid"] is False
    gigstack.clients.update(made["id"], address={"zip": "06600"})
    assert gigstack.clients.validate(made["id"])["is_valid"] is True


def test_the_portal_opens_by_mail_for_five_days(start):
    server, gigstack = start()
    gigstack.clients.create(**ANA)
    opened = gigstack.clients.portal(email="ana@b.mx")
    assert opened["url"].startswith("https://")
    assert 431_000 < opened["expires_at"] - server.world.now < 433_000


def test_a_constancia_makes_a_client(start, tmp_path):
    _, gigstack = start()
    path = tmp_path / "csf.pdf"
    path.write_bytes(b"%PDF-1.4\nRFC: EKU9003173C9\nNombre: Escuela\nCP: 26015\n%%EOF")
    made = gigstack.clients.csf(file=path)
    assert (made["tax_id"], made["address"]["zip"]) == ("EKU9003173C9", "26015")
    assert gigstack.clients.csf(file=path, client_id=made["id"])["id"] == made["id"]


@pytest.mark.parametrize("owner", ["clients", "payments", "invoices"])
def test_documents_stay_with_what_they_belong_to(start, tmp_path, owner):
    server, gigstack = start()
    path = tmp_path / 'con"trato\n.pdf'
    path.write_bytes(b"%PDF-1.4\nx\r\n--y\r\n%%EOF")
    stream = "invoices_income" if owner == "invoices" else owner
    one, two = server.world.collection("team_own", stream).newest_first()[:2]
    resource = getattr(gigstack, owner)
    made = resource.add_document(one, file=path, document_type="contract", description="ñ")
    assert (made["file_size"], made["mime_type"]) == (path.stat().st_size, "application/pdf")
    assert [row["id"] for row in resource.documents(one)] == [made["id"]]
    assert resource.documents(two) == ()


def test_services_live_and_price_new_invoices(start):
    _, gigstack = start()
    made = gigstack.services.create(
        description="Flete", unit_price=Decimal("99.90"), product_key="78101800", unit_key="E54",
        taxes=[{"type": "IVA", "rate": Decimal("0.16"), "factor": "Tasa"}],
    )  # fmt: skip
    gigstack.services.update(made["id"], unit_price=Decimal("100.10"))
    ana = gigstack.clients.create(**ANA)["id"]
    invoice = gigstack.invoices.income.create(client=ana, items=[{"id": made["id"], "quantity": 2}])
    assert (invoice["total"], invoice["items"][0]["description"]) == (Decimal("232.23"), "Flete")
    gigstack.services.delete(made["id"])
    with pytest.raises(NotFound):
        gigstack.services.get(made["id"])


def test_webhooks_come_and_go(start):
    _, gigstack = start()
    made = gigstack.webhooks.create(url="https://a.mx/h", events=["invoice.created"])
    assert made["status"] == "active"
    gigstack.webhooks.update(made["id"], status="inactive")
    assert made["id"] in {row["id"] for row in gigstack.webhooks.iterate(status="inactive")}
    gigstack.webhooks.delete(made["id"])
    with pytest.raises(NotFound):
        gigstack.webhooks.get(made["id"])
    with pytest.raises(ApiError, match="url must be https"):
        gigstack.webhooks.create(url="http://a.mx")


def test_a_new_company_is_listed_and_acted_for(start, connect, item):
    server, gigstack = start()
    made = gigstack.teams.create(
        name="Filial", legal_name="FILIAL", tax_id="EKU9003173C9", tax_system="601",
        address={"zip": "06600"},
    )  # fmt: skip
    assert made["id"] in {team["id"] for team in gigstack.teams.iterate()}
    branch = connect(server, team=made["id"])
    ana = branch.clients.create(**ANA)["id"]
    invoice = branch.invoices.income.create(client=ana, items=[item()])
    assert invoice["issuer_info"]["legal_name"] == "FILIAL"
    assert next(branch.clients.iterate())["team"] == made["id"]
    with pytest.raises(NotFound):
        gigstack.clients.get(ana)


def test_no_key_writes_where_it_does_not_belong(start, connect):
    server, _ = start()
    own = server.world.own_team
    with pytest.raises(Forbidden, match="its own mode"):
        connect(server, key=server.key_for(own, livemode=False)).clients.create(**ANA)
    server.world.teams["team_norte"].billing_account = "another"
    with pytest.raises(Forbidden, match="not allowed"):
        connect(server, team="team_norte").clients.create(**ANA)


def test_settings_change_one_by_one(start):
    _, gigstack = start()
    before = gigstack.teams.settings("team_own")
    gigstack.teams.update_settings("team_own", settings={"use": "G01", "product_key": None})
    after = gigstack.teams.settings("team_own")
    assert after == before | {"use": "G01", "product_key": None}


def test_the_next_folio_is_the_one_that_was_set(start, item):
    _, gigstack = start()
    series = {row["series"]: row["id"] for row in gigstack.teams.series("team_own")}
    gigstack.teams.update_series("team_own", series["A"], live=9000)
    ana = gigstack.clients.create(**ANA)["id"]
    invoice = gigstack.invoices.income.create(client=ana, items=[item()], series="A")
    assert invoice["folio_number"] == 9000


def test_people_join_and_leave(start):
    _, gigstack = start()
    made = gigstack.users.create(email="u@b.mx", first_name="Uri")
    gigstack.teams.add_member("team_norte", made["id"], role="editor")
    roles = {user["id"]: user["role"] for user in gigstack.teams.members("team_norte")}
    assert roles[made["id"]] == "editor"
    gigstack.teams.remove_member("team_norte", made["id"])
    assert made["id"] not in {user["id"] for user in gigstack.teams.members("team_norte")}
    gone = gigstack.users.delete(made["id"])
    assert (gone["removed_from_teams"], gone["account_deleted"]) == (["team_own"], False)


def test_an_onboarding_address_ends_the_one_before(start):
    _, gigstack = start()
    first, second = (gigstack.teams.onboarding_url("team_own")["url"] for _ in range(2))
    assert first != second


def test_descarga_masiva_is_switched_and_scheduled(start):
    _, gigstack = start()
    downloads = gigstack.invoices.downloads
    assert downloads.deactivate() == {"message": "Descarga Masiva deactivated"}
    with pytest.raises(Forbidden):
        gigstack.invoices.sat.list()
    assert downloads.status()["isActivated"] is False
    assert downloads.activate()["type"] == "included"
    downloads.set_schedule(time="04:30", download_types=["issued"], days_back=3)
    kept = downloads.schedule()["schedule"]
    assert (kept["time"], kept["downloadTypes"], kept["daysBack"]) == ("04:30", ["issued"], 3)
    assert len(downloads.history()) == 20


def test_a_package_comes_when_it_is_ready(start):
    server, gigstack = start()
    row = next(gigstack.invoices.sat.iterate(direction="issued"))
    day = row["issue_date"][:10]
    asked = gigstack.invoices.downloads.request(start_date=day, end_date=day, rfc_type="issued")
    with pytest.raises(ApiError, match="not ready"):
        gigstack.invoices.downloads.package(asked["id"])
    server.world.live_days(1)
    content = base64.b64decode(gigstack.invoices.downloads.package(asked["id"])["content"])
    assert f"{row['uuid']}.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_files_of_sats_copies(start):
    server, gigstack = start()
    row = next(row for row in gigstack.invoices.sat.iterate() if row["has_xml"])
    pdf, xml = io.BytesIO(), io.BytesIO()
    assert gigstack.invoices.sat.pdf(row["uuid"], pdf) == len(pdf.getvalue())
    gigstack.invoices.downloads.xml(row["uuid"], xml)
    assert row["uuid"] in xml.getvalue().decode()
    with server.world.lock:
        server.world.collection("team_own", "invoices_sat").change(row["id"], has_xml=False)
    assert gigstack.invoices.sat.retry(row["uuid"])["data"] == {"credit_charged": True}
    assert gigstack.invoices.sat.get(row["uuid"])["has_xml"] is True


@pytest.mark.parametrize(("quirk", "error"), [("rejected", ApiError), ("gateway", UnknownOutcome)])
def test_a_retry_may_fail(start, quirk, error):
    _, gigstack = start(f"sat_retry={quirk}")
    row = next(gigstack.invoices.sat.iterate())
    with pytest.raises(error, match="Prodigia"):
        gigstack.invoices.sat.retry(row["uuid"])


def test_a_retention_is_stamped_filed_and_cancelled(start):
    _, gigstack = start()
    ana = gigstack.clients.create(**ANA)["id"]
    made = gigstack.retentions.create(
        client=ana, retention_key="26", period=(1, 3, 2026), total_operation=1000,
        taxes=[{"tax": "ISR", "base": 1000, "amount": Decimal("12.50")}],
    )  # fmt: skip
    assert (made["id"], made["folio_number"]) == (made["uuid"], "1")
    assert made["totals"]["total_retained"] == Decimal("12.5")
    assert next(gigstack.retentions.iterate()) == gigstack.retentions.get(made["id"]) == made
    sink = io.BytesIO()
    gigstack.retentions.download(made["id"], "xml", sink)
    assert made["uuid"] in sink.getvalue().decode()
    assert gigstack.retentions.cancel(made["id"])["status"] == "canceled"


@pytest.mark.parametrize("preset", ["everything", "worst"])
def test_writes_work_among_all_quirks(start, preset, item):
    _, gigstack = start(preset)
    made = gigstack.clients.create(**ANA)
    assert not made["id"].isascii()
    assert gigstack.clients.update(made["id"], email="b@b.mx")["email"] == "b@b.mx"
    invoice = gigstack.invoices.income.create(client=made["id"], items=[item("10")])
    assert invoice["status"] == "stamped"
    cancelled = gigstack.invoices.cancel(invoice["uuid"], motive="02")
    assert cancelled["status"] == "cancelled"


def test_a_document_is_linked_found_read_and_put_away(start, tmp_path):
    server, gigstack = start()
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4\n%%EOF")
    ana = gigstack.clients.create(**ANA)["id"]
    paid = server.world.collection("team_own", "payments").newest_first()[0]
    made = [gigstack.clients.add_document(ana, file=path, document_type="contract") for _ in "abc"]
    first = made[0]["id"]
    gigstack.documents.link(first, entity_type="payment", entity_id=paid)
    assert [row["id"] for row in gigstack.documents.iterate(entity_id=paid)] == [first]
    assert [row["id"] for row in gigstack.payments.documents(paid)] == [first]
    page = gigstack.documents.list(limit=2)
    assert (len(page), page.has_more, len(gigstack.documents.list(cursor=page.next))) == (
        2,
        True,
        1,
    )
    gigstack.documents.unlink(first, entity_type="payment", entity_id=paid)
    assert gigstack.payments.documents(paid) == ()
    assert gigstack.documents.analyze(first)["compliance_status"] == "valid"
    gigstack.documents.delete(first)
    assert len(list(gigstack.documents.iterate(entity_type="client"))) == 2


def test_an_import_is_billed_as_agreed_and_runs_a_while(start):
    server, gigstack = start()
    downloads, uuids = gigstack.invoices.downloads, ["a", "b", "c"]
    with pytest.raises(ApiError, match=r"The cost is 0\.60 MXN"):
        downloads.import_xml(uuids=uuids, confirm_cost_mxn=Decimal("0.40"))
    jobs = [downloads.import_xml(uuids=uuids, confirm_cost_mxn=Decimal("0.60")) for _ in "ab"]
    assert downloads.cancel_job(jobs[0]["id"])["status"] == "cancelled"
    server.world.live_days(1)
    assert [job["status"] for job in downloads.jobs()] == ["cancelled", "completed"]
    with pytest.raises(ApiError, match="Cannot cancel job"):
        downloads.cancel_job(jobs[1]["id"])


def test_the_logs_of_a_team_can_be_asked_for(start):
    _, gigstack = start()
    page = gigstack.teams.api_logs("team_own", from_ms=1_790_000_000_000, method="GET")
    assert (len(page), page.has_more) == (0, False)


@pytest.mark.parametrize(("quirk", "refused"), [("optional", False), ("required", True)])
def test_a_webhook_without_events(start, quirk, refused):
    _, gigstack = start(f"webhook_events={quirk}")
    if refused:
        with pytest.raises(ApiError, match="events is required"):
            gigstack.webhooks.create(url="https://a.mx")
    else:
        assert gigstack.webhooks.create(url="https://a.mx")["events"] == []


def test_only_https_is_asked_for_and_only_what_is_named_changes(start):
    _, gigstack = start()
    made = gigstack.webhooks.create(url="https://a.mx", events=["invoice.created"])
    edited = gigstack.webhooks.update(made["id"], description="cobranza")
    assert edited == made | {"description": "cobranza"}

"""Each operation, called once: what it sends, where it goes, and that a sandbox plays along."""

from __future__ import annotations

import inspect
import io
import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import get_args, get_type_hints

import msgspec
import pytest

from gigstack_sync.api.body import Form
from gigstack_sync.api.client import Client
from gigstack_sync.api.operation import is_write
from gigstack_sync.api.rehearsal import Rehearsal
from gigstack_sync.api.resource import Resource
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.server import Server

DATA = Path(__file__).parents[1] / "data"
ENCODER = msgspec.json.Encoder(decimal_format="number")
ITEMS = [
    {
        "description": "Consultoría",
        "quantity": Decimal("1.5"),
        "unit_price": Decimal("1000.10"),
        "product_key": "80141503",
        "unit_key": "E48",
        "taxes": [{"type": "IVA", "rate": Decimal("0.16"), "factor": "Tasa"}],
    }
]
FORM = {"document_type": "contract", "name": "Contrato", "description": "de marzo"}

CALLS = {
    "Clients.list": lambda c, i: c.clients.list(limit=5, sort="asc"),
    "Clients.get": lambda c, i: c.clients.get(i.client),
    "Clients.search": lambda c, i: c.clients.search("sa de cv", page=2, limit=5),
    "Clients.create": lambda c, i: c.clients.create(
        name="Ñandú", tax_id="EKU9003173C9", tax_system="601", address={"zip": "06600"}
    ),
    "Clients.update": lambda c, i: c.clients.update(i.client, email="a@b.mx"),
    "Clients.delete": lambda c, i: c.clients.delete(i.client),
    "Clients.validate": lambda c, i: c.clients.validate(i.client),
    "Clients.portal": lambda c, i: c.clients.portal(client_id=i.client),
    "Clients.stamp_receipts": lambda c, i: c.clients.stamp_receipts(i.client),
    "Clients.csf": lambda c, i: c.clients.csf(file=i.pdf, client_id=i.client),
    "Clients.documents": lambda c, i: c.clients.documents(i.client),
    "Clients.add_document": lambda c, i: c.clients.add_document(i.client, file=i.pdf, **FORM),
    "Services.list": lambda c, i: c.services.list(),
    "Services.get": lambda c, i: c.services.get(i.service),
    "Services.create": lambda c, i: c.services.create(
        description="Flete", unit_price=Decimal("99.90"), product_key="78101800", unit_key="E54"
    ),
    "Services.update": lambda c, i: c.services.update(i.service, unit_price=Decimal("1.10")),
    "Services.delete": lambda c, i: c.services.delete(i.service),
    "IncomeInvoices.list": lambda c, i: c.invoices.income.list(status="valid", created_gte=0),
    "IncomeInvoices.get": lambda c, i: c.invoices.income.get(i.invoice),
    "IncomeInvoices.create": lambda c, i: c.invoices.income.create(
        client=i.client,
        items=ITEMS,
        currency="USD",
        exchange_rate=Decimal("18.2345"),
        payment_method="PPD",
        payment_form="99",
        global_={"periodicity": "04", "months": "01", "year": 2026},
        idempotency_key="k-income",
    ),
    "EgressInvoices.list": lambda c, i: c.invoices.egress.list(),
    "EgressInvoices.get": lambda c, i: c.invoices.egress.get(i.egress),
    "EgressInvoices.create": lambda c, i: c.invoices.egress.create(
        client=i.client, items=ITEMS, use="G02", idempotency_key="k-egress"
    ),
    "PaymentComplements.list": lambda c, i: c.invoices.payment.list(),
    "PaymentComplements.get": lambda c, i: c.invoices.payment.get(i.complement),
    "PaymentComplements.create": lambda c, i: c.invoices.payment.create(
        body={"payment_form": "03", "invoices": [{"id": i.ppd, "amount": Decimal("0.10")}]}
    ),
    "TransferInvoices.list": lambda c, i: c.invoices.transfer.list(),
    "TransferInvoices.get": lambda c, i: c.invoices.transfer.get(i.transfer),
    "TransferInvoices.create": lambda c, i: c.invoices.transfer.create(
        client=i.client, items=ITEMS
    ),
    "Drafts.list": lambda c, i: c.invoices.draft.list(invoice_type="I"),
    "Drafts.get": lambda c, i: c.invoices.draft.get(i.draft),
    "Drafts.create": lambda c, i: c.invoices.draft.create(client=i.client, items=ITEMS),
    "Drafts.update": lambda c, i: c.invoices.draft.update(i.draft, client=i.client, items=ITEMS),
    "Drafts.delete": lambda c, i: c.invoices.draft.delete(i.draft),
    "Drafts.stamp": lambda c, i: c.invoices.draft.stamp(i.draft, send_email=False),
    "Drafts.preview": lambda c, i: c.invoices.draft.preview(i.draft),
    "Invoices.search": lambda c, i: c.invoices.search("a"),
    "Invoices.files": lambda c, i: c.invoices.files(i.invoice, file_type="xml"),
    "Invoices.download": lambda c, i: c.invoices.download(i.invoice, "pdf", io.BytesIO()),
    "Invoices.cancel": lambda c, i: c.invoices.cancel(
        i.lone, motive="01", substitution_uuid=i.uuid
    ),
    "Invoices.send": lambda c, i: c.invoices.send(i.invoice, emails=["a@b.mx"]),
    "Invoices.documents": lambda c, i: c.invoices.documents(i.invoice),
    "Invoices.add_document": lambda c, i: c.invoices.add_document(i.invoice, file=i.pdf, **FORM),
    "SatCfdis.list": lambda c, i: c.invoices.sat.list(direction="issued", from_="2026-01-01"),
    "SatCfdis.get": lambda c, i: c.invoices.sat.get(i.sat),
    "SatCfdis.retry": lambda c, i: c.invoices.sat.retry(i.sat),
    "SatCfdis.pdf": lambda c, i: c.invoices.sat.pdf(i.sat, io.BytesIO()),
    "SatDownloads.status": lambda c, i: c.invoices.downloads.status(),
    "SatDownloads.activate": lambda c, i: c.invoices.downloads.activate(),
    "SatDownloads.schedule": lambda c, i: c.invoices.downloads.schedule(),
    "SatDownloads.set_schedule": lambda c, i: c.invoices.downloads.set_schedule(time="04:30"),
    "SatDownloads.history": lambda c, i: c.invoices.downloads.history(),
    "SatDownloads.request": lambda c, i: c.invoices.downloads.request(
        start_date="2026-01-01", end_date="2026-01-31"
    ),
    "SatDownloads.request_status": lambda c, i: c.invoices.downloads.request_status(i.request),
    "SatDownloads.package": lambda c, i: c.invoices.downloads.package(i.request),
    "SatDownloads.xml": lambda c, i: c.invoices.downloads.xml(i.sat, io.BytesIO()),
    "Payments.list": lambda c, i: c.payments.list(tax_id="XAXX010101000"),
    "Payments.get": lambda c, i: c.payments.get(i.paid),
    "Payments.search": lambda c, i: c.payments.search("a", status="succeeded"),
    "Payments.request": lambda c, i: c.payments.request(
        client=i.client, items=ITEMS, allowed_payment_methods=["card"], idempotency_key="k-ask"
    ),
    "Payments.register": lambda c, i: c.payments.register(
        client={
            "search": {"on_key": "email", "on_value": "n@b.mx", "auto_create": True},
            "name": "Nadie",
            "email": "n@b.mx",
        },
        items=ITEMS,
        payment_form="03",
        automation_type="pue_invoice",
        metadata={"n": 1},
    ),
    "Payments.paid": lambda c, i: c.payments.paid(i.asked, payment_form="03", date=1_790_000_000),
    "Payments.refund": lambda c, i: c.payments.refund(
        i.paid, amount=Decimal("0.10"), reason="Devolución"
    ),
    "Payments.cancel": lambda c, i: c.payments.cancel(i.asked),
    "Payments.update": lambda c, i: c.payments.update(i.paid, client={"email": "x@b.mx"}),
    "Payments.documents": lambda c, i: c.payments.documents(i.paid),
    "Payments.add_document": lambda c, i: c.payments.add_document(i.paid, file=i.pdf, **FORM),
    "Receipts.list": lambda c, i: c.receipts.list(status="pending"),
    "Receipts.get": lambda c, i: c.receipts.get(i.receipt),
    "Receipts.search": lambda c, i: c.receipts.search("general"),
    "Receipts.create": lambda c, i: c.receipts.create(
        client=i.client, items=ITEMS, periodicity="week", idempotency_key="k-slip"
    ),
    "Receipts.stamp": lambda c, i: c.receipts.stamp(i.receipt, stamp_to="general_public_national"),
    "Receipts.cancel": lambda c, i: c.receipts.cancel(i.receipt),
    "Receipts.reopen": lambda c, i: c.receipts.reopen(i.closed, reason="Error"),
    "Retentions.list": lambda c, i: c.retentions.list(),
    "Retentions.create": lambda c, i: c.retentions.create(
        client=i.client,
        retention_key="26",
        period=(1, 3, 2026),
        total_operation=Decimal("1000.50"),
        taxes=[{"tax": "ISR", "base": 1000, "amount": Decimal("12.50")}],
    ),
    "Retentions.get": lambda c, i: c.retentions.get(i.retention),
    "Retentions.files": lambda c, i: c.retentions.files(i.retention),
    "Retentions.download": lambda c, i: c.retentions.download(i.retention, "xml", io.BytesIO()),
    "Retentions.cancel": lambda c, i: c.retentions.cancel(i.retention),
    "Teams.list": lambda c, i: c.teams.list(),
    "Teams.get": lambda c, i: c.teams.get(i.team),
    "Teams.integrations": lambda c, i: c.teams.integrations(),
    "Teams.create": lambda c, i: c.teams.create(name="Filial", tax_id="EKU9003173C9"),
    "Teams.update": lambda c, i: c.teams.update(i.team, name="Otra"),
    "Teams.delete": lambda c, i: c.teams.delete(i.other_team),
    "Teams.series": lambda c, i: c.teams.series(i.team),
    "Teams.update_series": lambda c, i: c.teams.update_series(i.team, "series_A", live=900),
    "Teams.settings": lambda c, i: c.teams.settings(i.team),
    "Teams.update_settings": lambda c, i: c.teams.update_settings(
        i.team, settings={"use": "G01", "sku": None}
    ),
    "Teams.onboarding_url": lambda c, i: c.teams.onboarding_url(i.team),
    "Teams.members": lambda c, i: c.teams.members(i.team),
    "Teams.add_member": lambda c, i: c.teams.add_member(i.other_team, i.user, role="editor"),
    "Teams.remove_member": lambda c, i: c.teams.remove_member(i.team, i.user),
    "Teams.api_logs": lambda c, i: c.teams.api_logs(i.team, from_ms=1, status="500"),
    "Teams.webhook_deliveries": lambda c, i: c.teams.webhook_deliveries(i.team, limit=5),
    "Papers.list": lambda c, i: c.documents.list(entity_type="client"),
    "Papers.get": lambda c, i: c.documents.get(i.document),
    "Papers.delete": lambda c, i: c.documents.delete(i.document),
    "Papers.link": lambda c, i: c.documents.link(
        i.document, entity_type="payment", entity_id=i.paid
    ),
    "Papers.unlink": lambda c, i: c.documents.unlink(
        i.document, entity_type="payment", entity_id=i.last_paid
    ),
    "Papers.analyze": lambda c, i: c.documents.analyze(i.document),
    "SatDownloads.import_xml": lambda c, i: c.invoices.downloads.import_xml(
        uuids=[i.sat, i.sat], confirm_cost_mxn=Decimal("0.40")
    ),
    "SatDownloads.jobs": lambda c, i: c.invoices.downloads.jobs(),
    "SatDownloads.job": lambda c, i: c.invoices.downloads.job(i.job),
    "SatDownloads.cancel_job": lambda c, i: c.invoices.downloads.cancel_job(i.job),
    "SatDownloads.deactivate": lambda c, i: c.invoices.downloads.deactivate(),
    "Users.list": lambda c, i: c.users.list(),
    "Users.get": lambda c, i: c.users.get(i.user),
    "Users.create": lambda c, i: c.users.create(email="u@b.mx", first_name="Uri", role="viewer"),
    "Users.update": lambda c, i: c.users.update(i.user, phone="55"),
    "Users.delete": lambda c, i: c.users.delete(i.user),
    "Users.reset_password": lambda c, i: c.users.reset_password(email="u@b.mx"),
    "Users.login_link": lambda c, i: c.users.login_link(i.user),
    "Webhooks.list": lambda c, i: c.webhooks.list(status="active"),
    "Webhooks.get": lambda c, i: c.webhooks.get(i.webhook),
    "Webhooks.create": lambda c, i: c.webhooks.create(
        url="https://a.mx/h", events=["invoice.created"]
    ),
    "Webhooks.update": lambda c, i: c.webhooks.update(i.webhook, status="inactive"),
    "Webhooks.delete": lambda c, i: c.webhooks.delete(i.webhook),
}
READING_POSTS = {"Drafts.preview", "SatCfdis.pdf"}
CHANGING_GETS = {"Teams.onboarding_url", "SatDownloads.xml"}
WALKS = {"pages", "iterate"}


def listed():
    """Class.method → (verb, path), as the list of operations has them."""
    lines = (DATA / "operations.txt").read_text().splitlines()
    words = [line.split() for line in lines if line and not line.startswith("#")]
    return {name: (verb, path) for verb, path, name in words}


OPERATIONS = listed()


def resources(holder):
    """Every resource below a client."""
    for value in vars(holder).values():
        if isinstance(value, Resource):
            yield value
            yield from resources(value)


def methods():
    """Class.method → function, for everything public."""
    return {
        f"{type(resource).__name__}.{name}": function
        for resource in resources(Rehearsal())
        for name, function in inspect.getmembers(type(resource), inspect.isfunction)
        if not name.startswith("_")
    }


def test_the_list_names_every_method_and_no_other():
    found = {name for name in methods() if name.partition(".")[2] not in WALKS}
    assert found == set(OPERATIONS) == set(CALLS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_changes_something_is_marked(name):
    verb = OPERATIONS[name][0]
    expected = (verb != "GET" and name not in READING_POSTS) or name in CHANGING_GETS
    assert is_write(methods()[name]) is expected


def parameters(function):
    """Each parameter's name and annotation, those of its fields too."""
    hints = get_type_hints(function, include_extras=True)
    hints.pop("return")
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            fields = get_args(hints.pop(parameter.name))[0]
            hints |= get_type_hints(fields, include_extras=True)
    return hints


@pytest.mark.parametrize("name", methods())
def test_every_parameter_says_what_it_is(name):
    function = methods()[name]
    assert inspect.getdoc(function)
    for parameter, hint in parameters(function).items():
        assert getattr(hint, "__metadata__", ("",))[0].endswith("."), parameter


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    path = tmp_path_factory.mktemp("files") / "constancia.pdf"
    path.write_bytes(b"%PDF-1.4\nRFC: EKU9003173C9\nNombre: Escuela Kemper\nCP: 26015\n%%EOF")
    return path


class Ids:
    """Constant ids: the name of each is its value."""

    def __init__(self, pdf):
        self.pdf = pdf

    def __getattr__(self, name):
        return name


def line(name, request):
    """One request on one line; a form shows its type, fields and file."""
    body = request.body
    if isinstance(body, Form):
        body = [body.content_type, body.file_name, body.fields]
    query = "".join(f" {key}={value}" for key, value in request.params.items())
    text = ENCODER.encode(body).decode() if body else ""
    return f"{name}  {request.method} {request.path}{query} {text}".rstrip()


def rehearsed(name, pdf):
    """What a write would send."""
    rehearsal = Rehearsal(team="team_2")
    try:
        CALLS[name](rehearsal, Ids(pdf))
    except Exception:
        if not rehearsal.planned:
            raise
    (request,) = rehearsal.planned
    return request


WRITES = [name for name, function in methods().items() if is_write(function)]


def test_what_each_write_sends(pdf):
    lines = [line(name, rehearsed(name, pdf)) for name in WRITES]
    assert "\n".join(sorted(lines)) + "\n" == (DATA / "requests.txt").read_text()


@pytest.mark.parametrize("name", WRITES)
def test_what_is_rehearsed_is_what_is_sent(name, pdf, serve, connect, http):
    server = serve(http.raw({"data": {"id": "a"}, "xml": "<a></a>"}))
    client = connect(server)
    client.team = "team_2"
    CALLS[name](client, Ids(pdf))
    planned, (sent,) = rehearsed(name, pdf), server.requests
    query = "&".join(f"{key}={value}" for key, value in planned.params.items())
    assert (sent.method, sent.target) == (planned.method, f"/v2{planned.path}?{query}")
    if isinstance(planned.body, Form):
        assert sent.headers["content-type"].startswith("multipart/form-data; boundary=")
        assert planned.body.content in sent.body
    else:
        assert sent.body == (b"" if planned.body is None else ENCODER.encode(planned.body))


@pytest.fixture(scope="module")
def account(pdf):
    """A sandbox and a client, for all operations one after the other."""
    world = found_business(invoices=120, months=8)
    with Server(world) as server, Client(server.key, base_url=server.url) as client:
        yield SimpleNamespace(server=server, client=client, own=world.teams["team_own"], pdf=pdf)


class Found(Ids):
    """Ids of rows that exist in a sandbox and are fit for the operation."""

    def __init__(self, account):
        super().__init__(account.pdf)
        self._account = account

    def __getattr__(self, name):
        return getattr(type(self), f"find_{name}")(self)

    def _first(self, stream, **wanted):
        rows = self._account.own[stream]
        for ref in rows.newest_first():
            row = rows.row(ref).body()
            if all(row[key] == value for key, value in wanted.items()):
                return ref
        raise LookupError(stream)

    def find_client(self):
        return self._account.client.clients.create(name="Cliente")["id"]

    def find_service(self):
        return self._first("services")

    def find_invoice(self):
        return self._first("invoices_income", status="valid")

    def find_ppd(self):
        made = self._account.client.invoices.income.create(
            client=self.client, items=ITEMS, payment_method="PPD"
        )
        return made["id"]

    find_lone = find_ppd

    def find_uuid(self):
        return self._account.own["invoices_income"].row(self.invoice)["uuid"]

    def find_egress(self):
        return self._first("invoices_egress")

    def find_complement(self):
        return self._first("invoices_payment")

    def find_transfer(self):
        return self._account.client.invoices.transfer.create(client=self.client, items=ITEMS)["id"]

    def find_draft(self):
        return self._account.client.invoices.draft.create(client=self.client, items=ITEMS)["id"]

    def find_sat(self):
        return self._first("invoices_sat", has_xml=True)

    def find_request(self):
        asked = self._account.client.invoices.downloads.request(
            start_date="2026-10-01", end_date="2026-10-31"
        )
        self._account.server.world.live_days(1)
        return asked["id"]

    def find_paid(self):
        return self._first("payments", status="succeeded")

    def find_asked(self):
        return self._account.client.payments.request(client=self.client, items=ITEMS)["id"]

    def find_receipt(self):
        return self._account.client.receipts.create(client=self.client, items=ITEMS)["id"]

    def find_closed(self):
        receipt = self.receipt
        self._account.client.receipts.cancel(receipt)
        return receipt

    def find_retention(self):
        return CALLS["Retentions.create"](self._account.client, self)["id"]

    def find_document(self):
        paid = self.paid
        resource = self._account.client.payments
        return resource.add_document(paid, file=self.pdf, document_type="contract")["id"]

    find_last_paid = find_paid

    def find_job(self):
        return CALLS["SatDownloads.import_xml"](self._account.client, self)["id"]

    def find_team(self):
        return "team_own"

    def find_other_team(self):
        return self._account.client.teams.create(name="Otra")["id"]

    def find_user(self):
        return self._account.client.users.create(email="x@b.mx")["id"]

    def find_webhook(self):
        return self._account.client.webhooks.create(url="https://a.mx")["id"]


@pytest.mark.parametrize("name", CALLS)
def test_each_operation_goes_where_the_list_says_and_is_played(name, account):
    CALLS[name](account.client, Found(account))
    asked = [entry for entry in account.server.requests if not entry.path.startswith("/_")]
    sent = asked[-1]
    verb, path = OPERATIONS[name]
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
    assert sent.method == verb
    assert re.fullmatch(f"/v2{pattern}", sent.path)
    assert sent.status in (200, 201)

"""Payments and receipts over HTTP: asked for, paid, invoiced, given back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gigstack_sync.errors import ApiError


@pytest.fixture
def open_till(sandbox, connect):
    """A sandbox, a client of it and somebody who pays."""

    def start(*quirks):
        server = sandbox(quirks=list(quirks))
        gigstack = connect(server)
        person = gigstack.clients.create(
            name="Ana", email="ana@b.mx", tax_id="EKU9003173C9", tax_system="601",
            address={"zip": "06600"},
        )  # fmt: skip
        return server, gigstack, person["id"]

    return start


def pay(gigstack, client, items, **more):
    return gigstack.payments.register(client=client, items=items, payment_form="03", **more)


def test_a_link_is_paid_and_becomes_an_invoice(open_till, item):
    _, gigstack, ana = open_till()
    asked = gigstack.payments.request(client=ana, items=[item()], automation_type="pue_invoice")
    assert (asked["status"], asked["invoices"]) == ("requires_payment_method", [])
    assert asked["short_url"].startswith("https://pay.gigstack.io/p/")
    paid = gigstack.payments.paid(asked["id"], payment_form="28", date=1_790_000_000)
    assert (paid["status"], paid["succeeded_at"]) == ("succeeded", 1_790_000_000)
    invoice = gigstack.invoices.income.get(paid["invoices"][0])
    assert (invoice["total"], invoice["payments"]) == (1160, [asked["id"]])
    assert (invoice["payment_method"], invoice["payment_form"]) == ("PUE", "28")
    with pytest.raises(ApiError, match="Cannot mark as paid"):
        gigstack.payments.paid(asked["id"], payment_form="28")


def test_money_on_credit_brings_invoice_and_complement(open_till, item):
    _, gigstack, ana = open_till()
    paid = pay(gigstack, ana, [item()], automation_type="ppd_invoice_and_complement")
    invoice = gigstack.invoices.income.get(paid["invoices"][0])
    assert (invoice["payment_method"], invoice["last_balance"]) == ("PPD", 0)
    (part,) = gigstack.invoices.payment.iterate(invoice_id=invoice["uuid"])
    assert part["payments"] == [paid["id"]]


def test_a_payment_may_bring_a_receipt(open_till, item):
    _, gigstack, ana = open_till()
    paid = pay(gigstack, ana, [item()], automation_type="receipt")
    assert gigstack.receipts.get(paid["receipts"][0])["payments"] == [paid["id"]]


def test_a_payer_unknown_so_far_becomes_a_client_once(open_till, item):
    _, gigstack, _ = open_till()
    search = {"on_key": "email", "on_value": "new@b.mx", "auto_create": True}
    who = {"search": search, "name": "Nueva", "email": "new@b.mx"}
    first, second = (pay(gigstack, who, [item()]) for _ in range(2))
    assert first["client"]["id"] == second["client"]["id"]
    assert gigstack.clients.get(first["client"]["id"])["name"] == "Nueva"


def test_refunds_add_up_to_the_whole_and_no_further(open_till, item):
    _, gigstack, ana = open_till()
    paid = pay(gigstack, ana, [item()], automation_type="pue_invoice")
    part = gigstack.payments.refund(paid["id"], amount=Decimal("160.50"), reason="Error")
    assert (part["status"], part["total_refunded"]) == ("succeeded", Decimal("160.5"))
    (note,) = gigstack.invoices.egress.iterate(client_id=ana)
    invoice = gigstack.invoices.income.get(paid["invoices"][0])
    assert note["total"] == Decimal("160.5")
    assert note["related_documents"][0]["documents"] == [invoice["uuid"]]
    with pytest.raises(ApiError, match=r"between 0 and 999\.50"):
        gigstack.payments.refund(paid["id"], amount=1000, reason="Error")
    rest = gigstack.payments.refund(paid["id"], amount=Decimal("999.50"), reason="Error")
    assert rest["status"] == "refunded"


def test_a_whole_refund_closes_the_receipt(open_till, item):
    _, gigstack, ana = open_till()
    paid = pay(gigstack, ana, [item()], automation_type="receipt")
    gigstack.payments.refund(paid["id"], amount=1160, reason="Error")
    receipt = gigstack.receipts.get(paid["receipts"][0])
    assert (receipt["status"], receipt["total_refunded"]) == ("canceled", 1160)


@pytest.mark.parametrize("body", ["", "{}", '{"reason":"a"}', '{"amount":1}'])
def test_a_refund_says_why_and_how_much(open_till, item, ask, body):
    server, gigstack, ana = open_till()
    paid = pay(gigstack, ana, [item()])
    answer = ask(server, f"/payments/{paid['id']}/refund", _method="POST", _body=body)
    assert (answer.status, answer.json["message"]) == (400, "Invalid request body")


def test_only_an_open_payment_can_be_cancelled(open_till, item):
    _, gigstack, ana = open_till()
    asked = gigstack.payments.request(client=ana, items=[item()])
    gigstack.payments.cancel(asked["id"])
    assert gigstack.payments.get(asked["id"])["status"] == "canceled"
    with pytest.raises(ApiError, match="Cannot cancel payment"):
        gigstack.payments.cancel(pay(gigstack, ana, [item()])["id"])


def test_an_edit_reaches_payment_and_client(open_till, item):
    _, gigstack, ana = open_till()
    service = gigstack.services.create(
        description="Flete", unit_price=100, product_key="78101800", unit_key="E54"
    )
    paid = pay(gigstack, ana, [{"id": service["id"], "quantity": 2}])
    words = [{"id": service["id"], "description": "Flete a Mérida"}]
    gigstack.payments.update(paid["id"], items=words, client={"email": "otra@b.mx"})
    now = gigstack.payments.get(paid["id"])
    assert (now["items"][0]["description"], now["total"]) == ("Flete a Mérida", 200)
    assert now["client"]["email"] == gigstack.clients.get(ana)["email"] == "otra@b.mx"


def test_an_automation_is_attached_once(open_till, item):
    _, gigstack, ana = open_till()
    paid = pay(gigstack, ana, [item()])
    gigstack.payments.update(paid["id"], automation_type="pue_invoice")
    assert len(gigstack.payments.get(paid["id"])["invoices"]) == 1
    with pytest.raises(ApiError, match="automation already"):
        gigstack.payments.update(paid["id"], automation_type="receipt")


def test_while_it_is_attached_the_status_is_in_between(open_till, item):
    server, gigstack, ana = open_till("stamping=pending", "stamp_seconds=600")
    paid = pay(gigstack, ana, [item()])
    gigstack.payments.update(paid["id"], automation_type="pue_invoice")
    assert gigstack.payments.get(paid["id"])["status"] == "succeeded_"
    server.world.live_days(1)
    now = gigstack.payments.get(paid["id"])
    assert (now["status"], len(now["invoices"])) == ("succeeded", 1)


def test_a_receipt_is_made_once_per_key_and_stamped_once(open_till, item):
    _, gigstack, ana = open_till()
    said = {"client": ana, "items": [item()], "idempotency_key": "slip", "periodicity": "week"}
    slip, again = (gigstack.receipts.create(**said) for _ in range(2))
    assert slip == again
    assert slip["valid_until"] - slip["created_at"] == 7 * 86_400
    stamped = gigstack.receipts.stamp(slip["id"])
    now = gigstack.receipts.get(slip["id"])
    assert (now["status"], now["invoices"]) == ("stamped", [stamped["id"]])
    assert gigstack.invoices.income.get(stamped["id"])["total"] == slip["total"]
    with pytest.raises(ApiError, match="Receipt already stamped"):
        gigstack.receipts.stamp(slip["id"])


def test_a_receipt_expires(open_till, item):
    server, gigstack, ana = open_till()
    slip = gigstack.receipts.create(client=ana, items=[item()], periodicity="day")
    server.world.live_days(2)
    with pytest.raises(ApiError, match="Receipt expired"):
        gigstack.receipts.stamp(slip["id"])


def test_a_buyer_without_fiscal_data_says_who_it_is(open_till, item):
    _, gigstack, _ = open_till()
    nobody = gigstack.clients.create(name="Nadie")["id"]
    slip = gigstack.receipts.create(client=nobody, items=[item()])
    with pytest.raises(ApiError, match="Missing required fiscal information: tax_id"):
        gigstack.receipts.stamp(slip["id"])
    info = {"legal_name": "NADIE", "tax_id": "EKU9003173C9", "tax_system": "601", "zip": "06600"}
    made = gigstack.receipts.stamp(slip["id"], fiscal_information=info)
    assert gigstack.invoices.income.get(made["id"])["client"]["tax_id"] == "EKU9003173C9"


def test_a_closed_receipt_can_be_opened_again(open_till, item):
    _, gigstack, ana = open_till()
    slip = gigstack.receipts.create(client=ana, items=[item()])
    gigstack.receipts.cancel(slip["id"])
    assert gigstack.receipts.get(slip["id"])["status"] == "canceled"
    gigstack.receipts.reopen(slip["id"], reason="Error")
    assert gigstack.receipts.get(slip["id"])["status"] == "pending"


def test_stamping_all_of_a_client_tells_what_failed(open_till, item):
    server, gigstack, ana = open_till()
    gigstack.receipts.create(client=ana, items=[item()], periodicity="day")
    server.world.live_days(2)
    fresh = gigstack.receipts.create(client=ana, items=[item()])
    done = gigstack.clients.stamp_receipts(ana)
    assert (done["stamped"], done["failed"], done["remaining"]) == (1, 1, 1)
    assert {"id": fresh["id"], "status": "stamped"} in done["results"]

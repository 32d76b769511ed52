"""Invoices stamped, paid off, credited and cancelled over HTTP, and what that does elsewhere."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from gigstack_sync.errors import ApiError, NotFound, UnknownOutcome


@pytest.fixture
def open_shop(sandbox, connect):
    """A sandbox, a client of it and somebody to invoice."""

    def start(*quirks, **settings):
        server = sandbox(quirks=list(quirks), **settings)
        gigstack = connect(server)
        person = gigstack.clients.create(name="Ana", email="ana@b.mx", tax_id="EKU9003173C9")
        return server, gigstack, person["id"]

    return start


def test_a_new_invoice_is_stamped_counted_and_listed_first(open_shop, item):
    _, gigstack, ana = open_shop()
    made = gigstack.invoices.income.create(
        client=ana, items=[item("1000.10", discount=Decimal("0.05")), item("0.33", quantity=3)]
    )
    assert (made["subtotal"], made["discount"]) == (Decimal("1001.09"), Decimal("0.05"))
    assert (made["taxes"], made["total"]) == (Decimal("160.17"), Decimal("1161.21"))
    assert made["status"] == "valid"
    assert next(gigstack.invoices.income.iterate())["id"] == made["id"]
    assert gigstack.invoices.income.get(made["uuid"]) == made


def test_taxes_within_the_price_and_withheld_ones(open_shop, item):
    _, gigstack, ana = open_shop()
    within = {"type": "IVA", "rate": Decimal("0.16"), "inclusive": True}
    held = {"type": "ISR", "rate": Decimal("0.10"), "withholding": True}
    made = gigstack.invoices.income.create(client=ana, items=[item("116", taxes=[within, held])])
    assert (made["subtotal"], made["taxes"]) == (100, 16)
    assert (made["withholding_taxes"], made["total"]) == (10, 106)


def test_complements_take_the_balance_down_to_nothing(open_shop, item):
    _, gigstack, ana = open_shop()
    owed = gigstack.invoices.income.create(client=ana, items=[item()], payment_method="PPD")
    assert owed["last_balance"] == 1160
    for amount, left in ((Decimal("160.50"), Decimal("999.50")), (Decimal("999.50"), 0)):
        paid = {"uuid": owed["uuid"], "amount": amount}
        gigstack.invoices.payment.create(body={"payment_form": "03", "invoices": [paid]})
        assert gigstack.invoices.income.get(owed["id"])["last_balance"] == left
    now = gigstack.invoices.income.get(owed["id"])
    assert (now["installments"], now["payment_complements"]) == (2, 1160)
    parts = list(gigstack.invoices.payment.iterate(invoice_id=owed["uuid"]))
    data = [part["complements"][0]["data"]["related_documents"][0] for part in parts]
    assert sorted(part["payment_number"] for part in data) == [1, 2]
    with pytest.raises(ApiError, match="must be between 0"):
        gigstack.invoices.payment.create(body={"invoices": [paid]})


def test_a_credit_note_lowers_what_is_owed(open_shop, item):
    _, gigstack, ana = open_shop()
    owed = gigstack.invoices.income.create(client=ana, items=[item()], payment_method="PPD")
    related = [{"relationship": "01", "documents": [owed["uuid"]]}]
    note = gigstack.invoices.egress.create(
        client=ana, items=[item("100")], related_documents=related
    )
    assert gigstack.invoices.egress.get(note["id"])["related_documents"] == related
    assert gigstack.invoices.income.get(owed["id"])["last_balance"] == 1044
    with pytest.raises(ApiError, match="exceeds the balance"):
        gigstack.invoices.egress.create(client=ana, items=[item()], related_documents=related)


def test_a_small_invoice_is_cancelled_at_once(open_shop, item):
    _, gigstack, ana = open_shop()
    made = gigstack.invoices.income.create(client=ana, items=[item("10")])
    answer = gigstack.invoices.cancel(made["id"], motive="02")
    assert answer["status"] == "canceled"
    assert gigstack.invoices.income.get(made["id"])["cancellation"]["motive"] == "02"
    with pytest.raises(ApiError, match="not in force"):
        gigstack.invoices.cancel(made["id"], motive="02")


@pytest.mark.parametrize(("quirk", "status", "word"), [
    ("asks", "canceled", "accepted"), ("rejected", "valid", "rejected"),
])  # fmt: skip
def test_a_large_one_waits_for_the_receiver(open_shop, item, quirk, status, word):
    server, gigstack, ana = open_shop(f"cancellation={quirk}")
    made = gigstack.invoices.income.create(client=ana, items=[item()])
    asked = gigstack.invoices.cancel(made["id"], motive="02")
    assert (asked["status"], asked["cancellation"]["cancellation_status"]) == ("valid", "pending")
    server.world.live_days(2)
    assert gigstack.invoices.income.get(made["id"])["status"] == "valid"
    server.world.live_days(2)
    now = gigstack.invoices.income.get(made["id"])
    assert (now["status"], now["cancellation"]["cancellation_status"]) == (status, word)


def test_a_replaced_invoice_names_the_one_that_replaces_it(open_shop, item, ask):
    server, gigstack, ana = open_shop()
    wrong, right = (gigstack.invoices.income.create(client=ana, items=[item("9")]) for _ in "ab")
    for body in ({"motive": "01"}, {"motive": "01", "replacement": right["uuid"]}, {}):
        answer = ask(server, f"/invoices/{wrong['id']}", _method="DELETE", _body=json.dumps(body))
        assert answer.status == 400
    gigstack.invoices.cancel(wrong["id"], motive="01", substitution_uuid=right["uuid"].lower())
    cancellation = gigstack.invoices.income.get(wrong["id"])["cancellation"]
    assert cancellation["substitution_uuid"] == right["uuid"]


def test_nothing_rests_on_an_invoice_that_is_not_stamped_yet(open_shop, item):
    _, gigstack, ana = open_shop("stamping=pending", "stamp_seconds=600")
    owed = gigstack.invoices.income.create(client=ana, items=[item()], payment_method="PPD")
    related = [{"relationship": "01", "documents": [owed["id"]]}]
    with pytest.raises(ApiError, match="not in force"):
        gigstack.invoices.egress.create(client=ana, items=[item()], related_documents=related)
    with pytest.raises(ApiError, match="not a PPD invoice in force"):
        gigstack.invoices.payment.create(body={"invoices": [{"id": owed["id"]}]})
    with pytest.raises(ApiError, match="not in force"):
        gigstack.invoices.cancel(owed["id"], motive="02")


def test_a_cancelled_complement_leaves_the_invoice_owed_again(open_shop, item):
    _, gigstack, ana = open_shop("cancellation=at_once")
    owed = gigstack.invoices.income.create(client=ana, items=[item()], payment_method="PPD")
    part = gigstack.invoices.payment.create(body={"invoices": [{"id": owed["id"], "amount": 160}]})
    with pytest.raises(ApiError, match="dependent payment complements"):
        gigstack.invoices.cancel(owed["id"], motive="03")
    gigstack.invoices.cancel(part["id"], motive="02")
    now = gigstack.invoices.income.get(owed["id"])
    assert (now["last_balance"], now["installments"]) == (1160, 0)
    assert gigstack.invoices.cancel(owed["id"], motive="03")["status"] == "canceled"


def test_what_is_stamped_and_cancelled_shows_in_the_copies_of_sat(open_shop, item):
    server, gigstack, ana = open_shop()
    kept, gone = (gigstack.invoices.income.create(client=ana, items=[item("9")]) for _ in "ab")
    server.world.live_days(4)
    gigstack.invoices.cancel(gone["id"], motive="02")
    server.world.live_days(4)
    states = [gigstack.invoices.sat.get(each["uuid"])["status"] for each in (kept, gone)]
    assert states == ["Vigente", "Cancelado"]


def test_an_invoice_may_take_a_while_to_be_stamped(open_shop, item):
    server, gigstack, ana = open_shop("stamping=pending", "stamp_seconds=600")
    made = gigstack.invoices.income.create(client=ana, items=[item()], idempotency_key="once")
    assert (made["status"], made["uuid"], made["stamp"]) == ("pending", None, None)
    assert gigstack.invoices.files(made["id"]) == {"pdf": None, "xml": None}
    server.world.live_days(1)
    now = gigstack.invoices.income.get(made["id"])
    assert now["status"] == "valid"
    assert gigstack.invoices.income.get(now["uuid"])["id"] == made["id"]


def test_or_not_be_found_at_first(open_shop, item):
    server, gigstack, ana = open_shop("stamping=late", "stamp_seconds=864000")
    made = gigstack.invoices.income.create(client=ana, items=[item()])
    with pytest.raises(NotFound):
        gigstack.invoices.income.get(made["id"])
    server.world.live_days(6)
    assert gigstack.invoices.income.get(made["id"])["status"] == "pending"
    server.world.live_days(6)
    assert gigstack.invoices.income.get(made["id"])["status"] == "valid"


def test_a_key_makes_one_invoice_however_often_it_is_sent(open_shop, item):
    _, gigstack, ana = open_shop()
    said = {"client": ana, "items": [item()], "idempotency_key": "order-1"}
    first, second = (gigstack.invoices.income.create(**said) for _ in range(2))
    assert first == second
    with pytest.raises(ApiError, match="another body") as refused:
        gigstack.invoices.income.create(**said | {"use": "G01"})
    assert refused.value.status == 409
    assert gigstack.invoices.egress.create(**said)["id"] != first["id"]


def test_a_server_that_ignores_keys_stamps_twice(open_shop, item):
    _, gigstack, ana = open_shop("idempotency=ignored")
    said = {"client": ana, "items": [item()], "idempotency_key": "order-1"}
    first, second = (gigstack.invoices.income.create(**said) for _ in range(2))
    assert first["id"] != second["id"]


def stamped(server):
    return len(server.world.collection("team_own", "invoices_income"))


LOST = ["reset=before", "reset=body", "close=before", "truncate=", "cut_json="]


@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_is_asked_for_again_under_a_key(open_shop, item, fault):
    server, gigstack, ana = open_shop(faults=[f"{fault},path=/income,times=1"])
    before = stamped(server)
    made = gigstack.invoices.income.create(client=ana, items=[item()], idempotency_key="k")
    assert gigstack.invoices.income.get(made["id"]) == made
    assert stamped(server) == before + 1
    assert gigstack.traffic.retries == 1


@pytest.mark.parametrize("fault", LOST)
def test_without_a_key_a_lost_answer_is_an_unknown_outcome(open_shop, item, fault):
    server, gigstack, ana = open_shop(faults=[f"{fault},path=/income,times=1"])
    before = stamped(server)
    with pytest.raises(UnknownOutcome, match="not repeated"):
        gigstack.invoices.income.create(client=ana, items=[item()])
    assert stamped(server) == before + 1


def test_a_refusal_after_a_lost_answer_leaves_the_outcome_unknown(open_shop, item):
    faults = ["reset=before,path=/income,times=1", "status=409,path=/income,after=1,times=1"]
    _, gigstack, ana = open_shop(faults=faults)
    with pytest.raises(UnknownOutcome, match="sent 2 times"):
        gigstack.invoices.income.create(client=ana, items=[item()], idempotency_key="k")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client": {}}, "client is required"),
        ({"client": {"id": "client_none"}}, "Client not found"),
        ({"items": []}, "at least one item"),
        ({"items": [{"id": "service_xyz"}]}, "Service service_xyz not found"),
        ({"items": [{"description": "a"}]}, r"items\[0\].product_key is required"),
        ({"payment_method": "XXX"}, "payment_method must be one of PUE, PPD"),
        ({"currency": "USD"}, "exchange_rate is required"),
    ],
)
def test_bad_bodies_are_told_what_is_wrong(open_shop, item, change, words):
    _, gigstack, ana = open_shop()
    with pytest.raises(ApiError, match=words):
        gigstack.invoices.income.create(**{"client": ana, "items": [item()], **change})


def test_a_rate_that_does_not_exist_is_refused(open_shop, item):
    _, gigstack, ana = open_shop()
    with pytest.raises(ApiError, match="IVA rate must be"):
        gigstack.invoices.income.create(client=ana, items=[item(rate="0.15")])


def test_stamps_end_with_the_credits(open_shop, item):
    _, gigstack, ana = open_shop("credits=1")
    gigstack.invoices.income.create(client=ana, items=[item()])
    with pytest.raises(ApiError, match="No remaining credits"):
        gigstack.invoices.income.create(client=ana, items=[item()])


def test_sending_names_who_got_it(open_shop, item):
    _, gigstack, ana = open_shop()
    made = gigstack.invoices.income.create(client=ana, items=[item()])
    assert gigstack.invoices.send(made["id"])["recipients"] == ["ana@b.mx"]
    with pytest.raises(ApiError, match="not an e-mail"):
        gigstack.invoices.send(made["id"], emails=["nobody"])


def test_a_draft_lives_until_it_is_stamped(open_shop, item):
    _, gigstack, ana = open_shop()
    draft = gigstack.invoices.draft.create()
    assert (draft["status"], draft["client"], draft["items"]) == ("draft", None, [])
    with pytest.raises(ApiError, match="Draft is incomplete"):
        gigstack.invoices.draft.stamp(draft["id"])
    gigstack.invoices.draft.update(draft["id"], client=ana, items=[item()], series="Z")
    made = gigstack.invoices.draft.stamp(draft["id"], return_files=True)
    assert (made["series"], made["folio_number"], made["total"]) == ("Z", 1, 1160)
    assert made["files"]["pdf"].startswith("JVBERi")
    assert gigstack.invoices.income.get(made["uuid"])["id"] == made["id"]
    with pytest.raises(NotFound):
        gigstack.invoices.draft.get(draft["id"])


@pytest.mark.parametrize(("quirk", "items"), [("replace", 0), ("merge", 1)])
def test_what_an_edit_leaves_out(open_shop, item, quirk, items):
    _, gigstack, ana = open_shop(f"draft_update={quirk}")
    draft = gigstack.invoices.draft.create(client=ana, items=[item()])
    edited = gigstack.invoices.draft.update(draft["id"], client=ana, series="Q")
    assert (len(edited["items"]), edited["series"]) == (items, "Q")
    assert edited["id"] == draft["id"]


def test_a_draft_can_be_thrown_away(open_shop):
    _, gigstack, _ = open_shop()
    draft = gigstack.invoices.draft.create(invoice_type="E")
    gigstack.invoices.draft.delete(draft["id"])
    with pytest.raises(NotFound):
        gigstack.invoices.draft.delete(draft["id"])

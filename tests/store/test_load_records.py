"""Whole records, as the API documents them and as it has been seen to send them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

UUID = "6741A863-04BE-49FE-BB76-E1657AB6B7EA"
CLIENT = {
    "id": "client_1",
    "name": "ACME",
    "legal_name": "ACME SA DE CV",
    "tax_id": "aaa010101aaa",
    "tax_system": "601",
    "email": "a@b.mx",
    "address": {"country": "MEX", "zip": "06600"},
}
TAX = {
    "type": "IVA",
    "rate": 0.16,
    "factor": "Tasa",
    "base": 100,
    "inclusive": False,
    "withholding": False,
}
ITEM = {
    "id": "service_1",
    "description": "Consultoría",
    "product_key": "80141503",
    "unit_key": "E48",
    "unit_name": "Servicio",
    "quantity": 1,
    "unit_price": 100,
    "discount": 0,
    "taxability": "02",
    "taxes": [TAX],
}
INVOICE = {
    "id": "invoice_9f2K1",
    "uuid": UUID.lower(),
    "invoice_type": "I",
    "status": "valid",
    "livemode": True,
    "client": CLIENT,
    "created_at": 1791500000,
    "date": 1791547200000,
    "currency": "mxn",
    "exchange_rate": 1,
    "subtotal": 100,
    "discount": 0,
    "taxes": 16,
    "withholding_taxes": 0,
    "total": 116,
    "series": "A",
    "folio_number": 123,
    "use": "G03",
    "payment_form": "99",
    "payment_method": "PPD",
    "items": [ITEM],
    "payments": ["payment_1"],
    "invoices": [],
    "stamp": {"sello": "ABC", "stamp_at": 1791500000, "provider": "prodigia"},
    "cancellation": None,
    "verification_url": "https://verify/",
    "payment_complements": 20,
    "last_balance": 96,
    "installments": 2,
    "related_documents": [],
    "complements": [],
    "metadata": {"order_id": "ORD-1"},
    "emails": ["a@b.mx"],
    "issuer_info": {"legal_name": "YO SA", "tax_id": "BBB010101BBB", "zip": "06600"},
    "files": {"pdf": "https://x.pdf", "xml": "https://x.xml"},
    "team": "team_1",
    "owner": "user_1",
    "from": "api",
    "idempotency_key": None,
}


def one(typed: Any, stem: str, payload: Any) -> dict[str, Any]:
    (row,) = typed(stem, payload)
    return row  # type: ignore[no-any-return]


def test_a_full_invoice_loses_nothing(typed: Any) -> None:
    row = one(typed, "invoices", INVOICE)
    assert row["drift"] == set()
    assert {
        "uuid": UUID.lower(),
        "uuid_fiscal": UUID,
        "status": "valid",
        "is_status_known": True,
        "is_livemode": True,
        "is_draft": False,
        "currency": "MXN",
        "total": Decimal(116),
        "last_balance": Decimal(96),
        "payment_complements": Decimal(20),
        "installments": 2,
        "payment_method": "PPD",
        "folio_number": "123",
        "client_id": "client_1",
        "client_legal_name": "ACME SA DE CV",
        "client_tax_id": "AAA010101AAA",
        "client_zip": "06600",
        "issuer_tax_id": "BBB010101BBB",
        "created_at": datetime(2026, 10, 8, 22, 53, 20),
        "issued_at": datetime(2026, 10, 9, 12),
        "issued_on": date(2026, 10, 9),
        "stamped_on": date(2026, 10, 8),
        "cancelled_at": None,
        "payment_ids": ["payment_1"],
        "invoice_ids": [],
        "related_documents": [],
        "metadata": '{"order_id":"ORD-1"}',
        "emails": ["a@b.mx"],
        "pdf_url": "https://x.pdf",
        "origin": "api",
    }.items() <= row.items()


def test_concepts_keep_their_order_and_their_taxes(typed: Any) -> None:
    row = one(typed, "invoices", {"items": [None, ITEM, {**ITEM, "quantity": "2.5"}]})
    first, second = row["items"]
    assert (first["position"], second["position"]) == (1, 2)
    assert (second["quantity"], second["amount"]) == (Decimal("2.5"), Decimal(250))
    assert first["taxes"][0] == {
        "position": 1,
        "type": "IVA",
        "factor": "Tasa",
        "rate": Decimal("0.16"),
        "base": Decimal(100),
        "amount": Decimal(16),
        "is_withholding": False,
        "is_inclusive": False,
    }


def test_the_row_of_a_list_has_no_id_and_its_own_id_for_uuid(typed: Any) -> None:
    row = one(typed, "invoices", {"uuid": "invoice_1234567890", "total": 1160.0})
    assert (row["uuid"], row["uuid_fiscal"]) == ("invoice_1234567890", None)
    assert row["drift"] == set()


def test_the_stamp_may_hold_the_folio_fiscal(typed: Any) -> None:
    row = one(typed, "invoices", {"uuid": "invoice_1", "stamp": {"uuid": UUID}})
    assert row["uuid_fiscal"] == UUID


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        (CLIENT, "client_1"),
        ("cus_9", "cus_9"),
        ({"name": "only a name"}, None),
        ([], None),
        (None, None),
        ("", None),
    ],
)
def test_a_client_may_be_an_object_or_an_id(typed: Any, client: Any, expected: Any) -> None:
    row = one(typed, "payments", {"client": client})
    assert (row["client_id"], row["drift"]) == (expected, set())


@pytest.mark.parametrize("stem", ["invoices", "payments", "receipts"])
@pytest.mark.parametrize("wire", ["text", 5, True, {"a": 1}])
def test_concepts_that_are_no_list_are_null_and_drift(typed: Any, stem: str, wire: Any) -> None:
    row = one(typed, stem, {"items": wire})
    assert (row["items"], row["drift"]) == (None, {"items"})


def test_links_are_ids_or_objects(typed: Any) -> None:
    links = ["invoice_1", {"id": "invoice_2"}, {"uuid": UUID.lower()}, None, "", {}, [1]]
    row = one(typed, "payments", {"invoices": links})
    assert row["invoice_ids"] == ["invoice_1", "invoice_2", UUID]


def test_related_documents_are_texts_or_objects(typed: Any) -> None:
    related = [{"relationship": "01", "documents": [UUID.lower(), {"uuid": UUID}]}, None]
    row = one(typed, "invoices", {"related_documents": related})
    assert row["related_documents"] == [{"relationship": "01", "documents": [UUID, UUID]}]


def test_a_cancellation_under_way(typed: Any) -> None:
    cancellation = {
        "cancellation_status": "pending",
        "motive": "01",
        "requested_at": 1791500000,
        "last_checked": "1791500000000",
        "substitution_uuid": UUID.lower(),
    }
    row = one(typed, "invoices", {"status": "valid", "cancellation": cancellation})
    assert (row["status"], row["cancellation_status"]) == ("valid", "pending")
    assert (row["cancellation_motive"], row["substitution_uuid"]) == ("01", UUID)
    assert row["cancellation_requested_at"] == row["cancellation_checked_at"]


@pytest.mark.parametrize(
    ("stem", "word", "status", "is_known"),
    [
        *(("invoices", word, "valid", True) for word in ("valid", "stamped", "VALID")),
        *(("invoices", word, "cancelled", True) for word in ("canceled", "cancelled")),
        ("invoices", "pending", "pending", True),
        ("invoices", "draft", "draft", True),
        ("invoices", "Odd", "Odd", False),
        ("payments", "requires_payment_method", "pending", True),
        ("payments", "succeeded_", "succeeded", True),
        ("payments", "canceled", "cancelled", True),
        ("payments", "refunded", "refunded", True),
        ("payments", "on_fire", "on_fire", False),
        *(("receipts", word, "pending", True) for word in ("pending", "open")),
        *(("receipts", word, "invoiced", True) for word in ("stamped", "invoiced", "completed")),
        ("receipts", "expired", "expired", True),
        ("sat_cfdis", "Vigente", "valid", True),
        ("sat_cfdis", "Cancelado", "cancelled", True),
        ("sat_cfdis", "No Encontrado", "No Encontrado", False),
        ("invoices", None, None, False),
    ],
)
def test_statuses_have_one_word_each(
    typed: Any, stem: str, word: str | None, status: str | None, is_known: bool
) -> None:
    row = one(typed, stem, {"status": word})
    assert (row["status"], row["status_raw"], row["is_status_known"]) == (status, word, is_known)


def test_a_draft_without_status_is_a_draft(typed: Any) -> None:
    row = one(typed, "invoices", {"draft": True, "created_at": 1709090576567})
    assert (row["status"], row["is_draft"]) == ("draft", True)
    assert row["created_on"] == date(2024, 2, 27)


@pytest.mark.parametrize("names", [("created", "validUntil"), ("created_at", "valid_until")])
def test_a_receipt_in_either_spelling(typed: Any, names: tuple[str, str]) -> None:
    row = one(typed, "receipts", {names[0]: 1677651234, names[1]: 1680243234})
    assert (row["created_on"], row["expires_on"]) == (date(2023, 3, 1), date(2023, 3, 31))


@pytest.mark.parametrize(
    "link", [{"invoice_id": "i_1"}, {"invoiceId": "i_1"}, {"invoice": {"id": "i_1"}}]
)
def test_a_receipt_may_name_one_invoice(typed: Any, link: Any) -> None:
    assert one(typed, "receipts", link)["invoice_ids"] == ["i_1"]


def test_a_client(typed: Any) -> None:
    client = {
        **CLIENT,
        "use": "G03",
        "is_valid": True,
        "efos": {"is_valid": False},
        "sat_status": {"is_risky": "yes"},
        "bcc": ["c@d.mx"],
        "created_at": 1677651234,
    }
    row = one(typed, "clients", client)
    assert (row["tax_id"], row["zip"], row["bcc"]) == ("AAA010101AAA", "06600", ["c@d.mx"])
    assert (row["is_valid"], row["is_efos_valid"]) == (True, False)
    assert row["drift"] == {"is_sat_risky"}


def test_a_service(typed: Any) -> None:
    row = one(typed, "services", {"description": "x", "unit_price": 1000.0, "taxes": [TAX]})
    assert row["unit_price"] == Decimal(1000)
    assert (row["taxes"][0]["base"], row["taxes"][0]["amount"]) == (Decimal(100), Decimal(16))


def test_a_sat_cfdi(typed: Any) -> None:
    row = one(
        typed,
        "sat_cfdis",
        {
            "uuid": UUID.lower(),
            "direction": "issued",
            "issuer": {"rfc": "bbb010101bbb", "name": "YO"},
            "receiver": {"rfc": "", "name": ""},
            "total": "116.00",
            "exchange_rate": 0,
            "issue_date": "2026-01-31T23:00:00",
            "status": "Vigente",
            "has_xml": True,
            "xmlError": "boom",
        },
    )
    assert (row["uuid_fiscal"], row["status"], row["status_raw"]) == (UUID, "valid", "Vigente")
    assert (row["issuer_tax_id"], row["receiver_tax_id"]) == ("BBB010101BBB", None)
    assert (row["total"], row["has_xml"], row["xml_error"]) == (Decimal(116), True, "boom")
    assert row["drift"] == set()


def test_a_webhook_and_a_team(typed: Any) -> None:
    webhook = one(typed, "webhooks", {"url": "https://x", "events": ["a"], "status": "active"})
    team = one(
        typed, "teams", {"tax_id": "abc", "sat": {"completed": True}, "billing": {"credits": 120}}
    )
    assert (webhook["events"], webhook["status"]) == (["a"], "active")
    assert (team["tax_id"], team["is_sat_connected"], team["credits"]) == ("ABC", True, 120)


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "{bad json",
        "[red]x[/red]",
        "'; drop table mirror.clients; --",
        "\x1b[31m\u202e",
        " spaced ",
        "🧾 Ñandú",
        "",
    ],
)
def test_hostile_names_arrive_unchanged(typed: Any, name: str) -> None:
    assert one(typed, "clients", {"name": name})["name"] == name
    row = one(typed, "invoices", {"client": {"id": "c", "name": name}, "series": name})
    assert (row["client_name"], row["series"]) == (name, name)


STEMS = [
    "clients",
    "complements",
    "invoices",
    "payments",
    "receipts",
    "sat_cfdis",
    "services",
    "teams",
    "webhooks",
]
NAMES = sorted({*INVOICE, "amount", "address", "sat", "events", "issuer", "receiver", "receipts"})


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize(
    "wire", [None, True, 7, 1.5, "text", "{bad", "", [], [None], [1], {}, {"a": {}}]
)
def test_any_type_anywhere_loads(typed: Any, stem: str, wire: Any) -> None:
    row = one(typed, stem, dict.fromkeys(NAMES, wire))
    assert row["drift"] <= row.keys()


@pytest.mark.parametrize("stem", STEMS)
def test_an_empty_record_is_all_nulls_without_drift(typed: Any, stem: str) -> None:
    row = one(typed, stem, {})
    assert row["drift"] == set()
    assert {v for n, v in row.items() if n != "drift"} <= {None, False}


@pytest.mark.parametrize("stem", STEMS)
def test_unknown_fields_do_no_harm(typed: Any, stem: str) -> None:
    assert one(typed, stem, {"brand_new": {"x": [1]}, "Total": 5})["drift"] == set()

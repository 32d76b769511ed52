from __future__ import annotations

from typing import Any

import pytest

UUID = "6741A863-04BE-49FE-BB76-E1657AB6B7EA"
OTHER = "00000000-04BE-49FE-BB76-E1657AB6B7EA"


@pytest.fixture
def business(warehouse: Any) -> Any:
    warehouse.put("invoices_income", {"id": "i", "uuid": UUID.lower(), "status": "valid"})
    return warehouse


def relations(warehouse: Any) -> list[tuple[Any, ...]]:
    rows = warehouse.rows(
        "select invoice_id, relation_kind, related_id, related_uuid, is_resolved "
        "from invoice_relations order by all"
    )
    return [tuple(row.values()) for row in rows]


@pytest.mark.parametrize("name", ["i", UUID, UUID.lower(), {"uuid": UUID}, {"id": "i"}])
def test_a_complement_names_the_invoice_it_pays(business: Any, name: Any) -> None:
    business.put("invoices_payment", {"id": "p", "invoices": [name]})
    assert relations(business) == [("p", "complement", "i", UUID, True)]


def test_a_complement_that_says_it_twice_counts_once(business: Any) -> None:
    related = [{"relationship": "08", "documents": [UUID.lower(), UUID]}]
    business.put("invoices_payment", {"id": "p", "invoices": ["i"], "related_documents": related})
    assert relations(business) == [("p", "complement", "i", UUID, True)]


def test_a_complement_may_replace_a_complement(business: Any) -> None:
    related = [{"relationship": "04", "documents": [OTHER]}]
    business.put(
        "invoices_payment", {"id": "p", "related_documents": related}, {"id": "q", "uuid": OTHER}
    )
    assert relations(business) == [("p", "substitution", "q", OTHER, True)]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("01", "credit_note"),
        ("02", "debit_note"),
        ("03", "return"),
        ("04", "substitution"),
        ("05", "transfer"),
        ("06", "invoiced_transfer"),
        ("07", "advance"),
        ("99", "other"),
    ],
)
def test_sats_codes_have_names(business: Any, code: str, kind: str) -> None:
    related = [{"relationship": code, "documents": [UUID]}]
    business.put("invoices_egress", {"id": "e", "related_documents": related})
    assert relations(business) == [("e", kind, "i", UUID, True)]


def test_a_document_of_elsewhere_is_not_resolved(business: Any) -> None:
    related = [{"relationship": "01", "documents": [OTHER, "invoice_gone"]}]
    business.put("invoices_egress", {"id": "e", "related_documents": related})
    assert relations(business) == [
        ("e", "credit_note", None, OTHER, False),
        ("e", "credit_note", None, None, False),
    ]


def test_teams_do_not_see_each_others_invoices(business: Any) -> None:
    business.put("payments", {"id": "pay", "invoices": ["i", UUID]}, team="team_2")
    rows = business.rows("select invoice_id from payment_invoices")
    assert [row["invoice_id"] for row in rows] == [None, None]


def test_two_invoices_of_one_folio_do_not_double_a_link(business: Any) -> None:
    business.put("invoices_income", {"id": "copy", "uuid": UUID, "status": "canceled"})
    business.put("payments", {"id": "pay", "invoices": [UUID]})
    row = business.one("select invoice_id, uuid_fiscal from payment_invoices")
    assert row == {"invoice_id": "i", "uuid_fiscal": UUID}


def test_a_payment_and_its_invoice_say_the_same_once(business: Any) -> None:
    business.put("invoices_income", {"id": "j", "payments": ["pay"]})
    business.put("payments", {"id": "pay", "invoices": ["j", UUID.lower()]})
    rows = business.rows(
        "select invoice_id, is_said_by_payment, is_said_by_invoice from payment_invoices order by 1"
    )
    assert [tuple(row.values()) for row in rows] == [("i", True, False), ("j", True, True)]


def test_deleted_payments_link_nothing(business: Any) -> None:
    business.put("payments", {"id": "pay", "invoices": ["i"]}, gone=True)
    assert business.rows("select * from payment_invoices") == []


def test_a_receipt_ends_in_an_invoice(business: Any) -> None:
    business.put("receipts", {"id": "r", "invoices": [UUID, "i"]}, {"id": "open"})
    rows = business.rows("select receipt_id, invoice_id from receipt_invoices")
    assert rows == [{"receipt_id": "r", "invoice_id": "i"}]

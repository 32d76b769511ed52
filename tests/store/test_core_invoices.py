from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

UUID = "6741A863-04BE-49FE-BB76-E1657AB6B7EA"


def test_the_four_lists_are_one_view(warehouse: Any) -> None:
    warehouse.put("invoices_income", {"id": "i"})
    warehouse.put("invoices_egress", {"id": "e", "invoice_type": "e"})
    warehouse.put("invoices_payment", {"id": "p"})
    warehouse.put("invoices_transfer", {"id": "t"})
    rows = warehouse.rows("select id, invoice_type from invoices order by id")
    assert [row["invoice_type"] for row in rows] == ["E", "I", "P", "T"]


@pytest.mark.parametrize(
    ("invoice", "total_mxn"),
    [
        ({"currency": "MXN", "total": "100.10"}, "100.10"),
        ({"currency": "MXN", "total": 100, "exchange_rate": 0}, "100"),
        ({"currency": "USD", "total": "100.10", "exchange_rate": "17.123456"}, "1714.057946"),
        ({"currency": "USD", "total": 999999999999, "exchange_rate": 20}, "19999999999980"),
        ({"currency": "USD", "total": 100, "exchange_rate": 0}, None),
        ({"currency": "USD", "total": 100}, None),
        ({"total": 100}, None),
    ],
)
def test_pesos_are_at_the_rate_of_the_document(
    warehouse: Any, invoice: dict[str, Any], total_mxn: str | None
) -> None:
    warehouse.put("invoices_income", {"id": "i", **invoice})
    expected = None if total_mxn is None else Decimal(total_mxn)
    assert warehouse.one("select total_mxn from invoices") == {"total_mxn": expected}


@pytest.mark.parametrize(
    ("status", "gone", "is_live"),
    [
        ("stamped", False, True),
        ("stamped", True, False),
        ("canceled", False, False),
        ("pending", False, False),
        (None, False, False),
    ],
)
def test_live_is_valid_and_still_there(
    warehouse: Any, status: str | None, gone: bool, is_live: bool
) -> None:
    warehouse.put("invoices_egress", {"id": "i", "status": status}, gone=gone)
    assert warehouse.one("select is_live from invoices") == {"is_live": is_live}


def test_deleted_rows_stay_with_their_date(warehouse: Any) -> None:
    warehouse.put("invoices_draft", {"id": "d"}, gone=True)
    row = warehouse.one("select invoice_type, deleted_at from invoice_drafts")
    assert row == {"invoice_type": "I", "deleted_at": datetime(2026, 3, 1)}


@pytest.mark.parametrize(
    ("client", "name"),
    [
        ({"name": "a", "legal_name": "A SA"}, "A SA"),
        ({"name": "a", "legal_name": ""}, "a"),
        ({"name": "=cmd()"}, "=cmd()"),
        ("client_1", None),
    ],
)
def test_the_legal_name_comes_first(warehouse: Any, client: Any, name: str | None) -> None:
    warehouse.put("invoices_income", {"id": "i", "client": client})
    assert warehouse.one("select client_name from invoices") == {"client_name": name}


@pytest.mark.parametrize(
    ("globe", "is_global"), [({"months": "01"}, True), ({}, False), (None, False)]
)
def test_global_invoices(warehouse: Any, globe: Any, is_global: bool) -> None:
    warehouse.put("invoices_income", {"id": "i", "global": globe})
    assert warehouse.one("select is_global from invoices") == {"is_global": is_global}


ITEMS = [
    {"id": "s", "quantity": 3, "unit_price": "33.333333", "discount": "0.5"},
    {
        "unit_price": 10,
        "taxes": [{"type": "002", "rate": 0.16}, {"type": "isr", "rate": 0.1, "withholding": True}],
    },
]


def test_concepts_are_rows(warehouse: Any) -> None:
    warehouse.put("invoices_income", {"id": "i", "items": ITEMS}, {"id": "none"})
    rows = warehouse.rows(
        "select position, quantity, amount, net_amount from invoice_items order by 1"
    )
    assert [tuple(row.values()) for row in rows] == [
        (1, Decimal(3), Decimal("99.999999"), Decimal("99.499999")),
        (2, Decimal(1), Decimal(10), Decimal(10)),
    ]


def test_taxes_are_rows(warehouse: Any) -> None:
    warehouse.put("invoices_income", {"id": "i", "items": ITEMS})
    rows = warehouse.rows(
        "select item_position, position, tax, factor, base, signed_amount "
        "from invoice_taxes order by 1, 2"
    )
    assert [tuple(row.values()) for row in rows] == [
        (2, 1, "IVA", "Tasa", Decimal(10), Decimal("1.6")),
        (2, 2, "ISR", "Tasa", Decimal(10), Decimal(-1)),
    ]


def test_concepts_and_taxes_add_up_to_the_total(warehouse: Any) -> None:
    warehouse.put("invoices_income", {"id": "i", "total": "110.099999", "items": ITEMS})
    row = warehouse.one(
        "select (select sum(net_amount) from invoice_items) "
        "+ (select sum(signed_amount) from invoice_taxes) as added, total from invoices"
    )
    assert row["added"] == row["total"]


def test_a_payment_shows_its_substitute_total(warehouse: Any) -> None:
    warehouse.put("payments", {"id": "p", "amount": 11600, "currency": "usd", "exchange_rate": 20})
    row = warehouse.one("select total, total_source, total_mxn, currency from payments")
    assert tuple(row.values()) == (Decimal(116), "amount", Decimal(2320), "USD")


def test_sat_keeps_its_own_words_and_days(warehouse: Any) -> None:
    warehouse.put(
        "invoices_sat",
        {"id": UUID, "status": "Cancelado", "cancellation_date": "2026-01-31T23:59:59"},
    )
    row = warehouse.one(
        "select uuid_fiscal, status, status_raw, is_live, cancelled_on::varchar as day "
        "from sat_cfdis"
    )
    assert tuple(row.values()) == (UUID, "cancelled", "Cancelado", False, "2026-01-31")


@pytest.mark.parametrize(
    ("rfc", "is_generic"), [("xaxx010101000", True), ("AAA010101AAA", False), (None, False)]
)
def test_the_general_public_is_many_people(
    warehouse: Any, rfc: str | None, is_generic: bool
) -> None:
    warehouse.put("clients", {"id": "c", "tax_id": rfc})
    assert warehouse.one("select is_generic_tax_id as it from clients") == {"it": is_generic}

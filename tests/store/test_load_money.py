from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

# Binding one query costs more than typing a hundred rows.
A_FEW = settings(max_examples=12, deadline=None)
amounts = st.decimals(
    Decimal("-999999999999.999999"), Decimal("999999999999.999999"), places=6
).map(lambda amount: amount + 0)
FIELDS = ("total", "subtotal", "taxes", "discount", "last_balance", "exchange_rate")


@A_FEW
@given(st.lists(amounts, min_size=1, max_size=50))
def test_every_digit_survives(typed: Any, values: list[Decimal]) -> None:
    numbers = typed("invoices", *(f'{{"total": {value:f}}}' for value in values))
    texts = typed("invoices", *(f'{{"total": "{value:f}"}}' for value in values))
    assert [row["total"] for row in numbers] == values
    assert [row["total"] for row in texts] == values


@A_FEW
@given(st.lists(amounts, min_size=1, max_size=20))
def test_every_digit_of_a_concept_survives(typed: Any, values: list[Decimal]) -> None:
    payloads = (f'{{"items": [{{"unit_price": {value:f}}}]}}' for value in values)
    rows = typed("payments", *payloads)
    assert [row["items"][0]["unit_price"] for row in rows] == values


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "wire", [True, False, "x", "1,234.50", [1], {"a": 1}, 10**12, "1e40", "NaN", "true"]
)
def test_what_is_no_amount_is_null_and_drift(typed: Any, field: str, wire: Any) -> None:
    (row,) = typed("invoices", {field: wire})
    assert (row[field], row["drift"]) == (None, {field})


@pytest.mark.parametrize("wire", [None, "", " "])
def test_no_amount_is_not_drift(typed: Any, wire: Any) -> None:
    (row,) = typed("invoices", {"total": wire})
    assert (row["total"], row["drift"]) == (None, set())


@pytest.mark.parametrize(
    ("wire", "expected"),
    [("1e3", "1000"), (" 12.5 ", "12.5"), (-0.5, "-0.5"), (0, "0"), ("0.1234565", "0.123457")],
)
def test_amounts_in_other_spellings(typed: Any, wire: Any, expected: str) -> None:
    (row,) = typed("invoices", {"total": wire})
    assert row["total"] == Decimal(expected)


def total_of(typed: Any, **payment: Any) -> tuple[Any, Any]:
    (row,) = typed("payments", json.dumps(payment))
    return row["effective_total"], row["total_source"]


IVA = {"type": "IVA", "rate": 0.16, "factor": "Tasa"}
ITEM = {"quantity": 2, "unit_price": 50, "discount": 10, "taxes": [IVA]}


@pytest.mark.parametrize(
    ("payment", "total", "source"),
    [
        ({"total": 116, "amount": 999, "items": [ITEM]}, "116", "total"),
        ({"subtotal": 100, "taxes": 16, "amount": 999}, "116", "subtotal"),
        ({"subtotal": 100, "discount": 10, "taxes": 14.4}, "104.4", "subtotal"),
        ({"subtotal": 100, "amount": 11600}, "116", "amount"),
        ({"amount": 11601, "items": [ITEM]}, "116.01", "amount"),
        ({"items": [ITEM]}, "104.4", "items"),
        ({"items": [ITEM, None, ITEM]}, "208.8", "items"),
        ({"items": [{"unit_price": "116", "taxes": [{**IVA, "inclusive": True}]}]}, "116", "items"),
        ({"items": [{**ITEM, "taxes": [IVA, {**IVA, "withholding": True}]}]}, "90", "items"),
        ({"items": [{**ITEM, "taxes": [{"type": "IVA", "factor": "Exento"}]}]}, "90", "items"),
        ({"items": [{**ITEM, "taxes": [{"rate": 3, "factor": "Cuota"}]}]}, "96", "items"),
    ],
)
def test_a_payment_without_total_gets_the_best_substitute(
    typed: Any, payment: dict[str, Any], total: str, source: str
) -> None:
    assert total_of(typed, **payment) == (Decimal(total), source)


@pytest.mark.parametrize("payment", [{}, {"items": []}, {"total": "x"}, {"items": [{}]}])
def test_a_payment_that_tells_nothing_has_no_total(typed: Any, payment: dict[str, Any]) -> None:
    assert total_of(typed, **payment) == (None, None)


def tax_of(typed: Any, **item: Any) -> tuple[Decimal, Decimal]:
    (row,) = typed("invoices", {"items": [item]})
    (tax,) = row["items"][0]["taxes"]
    return tax["base"], tax["amount"]


@pytest.mark.parametrize(
    ("item", "base", "amount"),
    [
        ({"quantity": 1, "unit_price": 100, "taxes": [{**IVA, "base": 100}]}, "100", "16"),
        ({"quantity": 3, "unit_price": 100, "taxes": [{**IVA, "base": 100}]}, "300", "48"),
        ({"quantity": 3, "unit_price": 100, "taxes": [{**IVA, "base": 250}]}, "250", "40"),
        ({"quantity": 3, "unit_price": 100, "discount": 50, "taxes": [IVA]}, "250", "40"),
        ({"unit_price": "100", "taxes": [{**IVA, "rate": "0.16", "base": "100"}]}, "100", "16"),
        ({"unit_price": 116, "taxes": [{**IVA, "inclusive": True}]}, "100", "16"),
        ({"unit_price": 100, "taxes": [{**IVA, "inclusive": True}]}, "86.206897", "13.793104"),
        ({"quantity": 7, "unit_price": 5, "taxes": [{"rate": 2, "factor": "Cuota"}]}, "7", "14"),
        ({"unit_price": 100, "taxes": [{"factor": "Exento"}]}, "100", "0"),
        ({"unit_price": 100, "taxes": [{"rate": 0.16}]}, "100", "16"),
    ],
)
def test_a_tax_is_charged_on_its_base(
    typed: Any, item: dict[str, Any], base: str, amount: str
) -> None:
    assert tax_of(typed, **item) == (Decimal(base), Decimal(amount))


@A_FEW
@given(
    st.decimals(Decimal("0.01"), Decimal(10**9), places=2),
    st.decimals(Decimal("0"), Decimal("1.6"), places=6),
)
def test_a_contained_tax_is_taken_out_exactly(typed: Any, price: Decimal, rate: Decimal) -> None:
    tax = f'{{"rate": {rate:f}, "inclusive": true}}'
    (row,) = typed("invoices", f'{{"items": [{{"unit_price": {price:f}, "taxes": [{tax}]}}]}}')
    base = row["items"][0]["taxes"][0]["base"]
    assert abs(base * (1 + rate) - price) <= (1 + rate) * Decimal("0.0000005")


def test_true_for_a_number_voids_the_concepts_and_is_drift(typed: Any) -> None:
    (row,) = typed("invoices", {"items": [{"quantity": True, "unit_price": 5}]})
    assert (row["items"], row["drift"]) == (None, {"items"})


def test_amounts_beyond_all_reason_never_raise(typed: Any) -> None:
    item = {"quantity": 9e11, "unit_price": 9e11, "discount": 9e11, "taxes": [{"rate": 9e11}]}
    (row,) = typed("payments", {"items": [item, {**item, "unit_price": 1e37}]})
    assert row["items"][0]["amount"] is None
    assert row["effective_total"] is None

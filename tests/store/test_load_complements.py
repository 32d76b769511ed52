from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

UUID = "6741a863-04be-49fe-bb76-e1657ab6b7ea"
OURS = {
    "payment_date": "2026-02-15T12:00:00",
    "payment_form": "03",
    "currency": "MXN",
    "exchange_rate": 1,
    "amount": 10092,
    "related_documents": [
        {
            "uuid": UUID,
            "currency": "USD",
            "equivalence": 0.0574712644,
            "payment_number": 1,
            "previous_balance": 1160,
            "paid_amount": 580,
            "remaining_balance": 580,
        }
    ],
}
SAT_DOCUMENT = {
    "IdDocumento": UUID,
    "MonedaDR": "USD",
    "EquivalenciaDR": "0.0574712644",
    "NumParcialidad": "1",
    "ImpSaldoAnt": "1160.00",
    "ImpPagado": "580.00",
    "ImpSaldoInsoluto": "580.00",
}
SAT = {
    "FechaPago": "2026-02-15T12:00:00",
    "FormaDePagoP": "03",
    "MonedaP": "MXN",
    "TipoCambioP": "1",
    "Monto": "10092.00",
}
USUAL = {
    "date": "2026-02-15T18:00:00Z",
    "payment_form": "03",
    "currency": "MXN",
    "exchange": 1,
    "amount": 10092,
    "related_documents": [
        {
            "uuid": UUID,
            "currency": "USD",
            "exchange": 0.0574712644,
            "installment": 1,
            "last_balance": 1160,
            "amount": 580,
        }
    ],
}


def rows_of(typed: Any, complements: Any, **fields: Any) -> Any:
    (row,) = typed("complements", {"id": "p", "complements": complements, **fields})
    return row["complements"]


@pytest.mark.parametrize(
    "complement",
    [
        {"type": "pago", "data": OURS},
        {"type": "pago", "data": [USUAL]},
        {"type": "Pagos", "data": {"payments": [OURS]}},
        {"data": {"Pagos": {"Pago": [{**SAT, "DoctoRelacionado": [SAT_DOCUMENT]}]}}},
        {"Pagos": {"Pago": {**SAT, "DoctoRelacionado": SAT_DOCUMENT}}},
    ],
    ids=["api", "usual", "list", "sat", "sat_single"],
)
def test_every_layout_says_the_same(typed: Any, complement: Any) -> None:
    (row,) = rows_of(typed, [complement])
    assert row == {
        "payment_no": 1,
        "row_no": 1,
        "paid_on": date(2026, 2, 15),
        "payment_form": "03",
        "currency": "MXN",
        "exchange_rate": 1,
        "amount": 10092,
        "reference": UUID.upper(),
        "invoice_currency": "USD",
        "equivalence": Decimal("0.0574712644"),
        "instalment": 1,
        "previous_balance": 1160,
        "paid": 580,
        "remaining": 580,
    }


def test_payments_and_their_rows_are_numbered(typed: Any) -> None:
    twice = {**OURS, "related_documents": OURS["related_documents"] * 2}  # type: ignore[operator]
    rows = rows_of(typed, [{"type": "pago", "data": [OURS, twice]}, {"type": "pago", "data": {}}])
    places = [(row["payment_no"], row["row_no"]) for row in rows]
    assert places == [(1, 1), (2, 1), (2, 2), (3, None)]


def test_amounts_are_read_to_the_last_digit(typed: Any) -> None:
    document = '{"uuid":"a\\":7","paid_amount" : 123456789012.123456}'
    text = f'[{{"type":"pago","data":{{"related_documents":[{document}]}}}}]'
    (row,) = typed("complements", f'{{"id":"p","complements":{text}}}')
    (read,) = row["complements"]
    assert (read["paid"], read["reference"]) == (Decimal("123456789012.123456"), 'a":7')


@pytest.mark.parametrize("complements", [[], [3, None, "{x", [1]], [{"type": "iedu", "data": {}}]])
def test_other_complements_are_no_payments(typed: Any, complements: Any) -> None:
    assert rows_of(typed, complements, invoice_type="I") == []


@pytest.mark.parametrize("complements", ["{x", [{"type": "pago", "data": {"amount": True}}]])
def test_what_cannot_be_read_is_drift(typed: Any, complements: Any) -> None:
    (row,) = typed("complements", json.dumps({"id": "p", "complements": complements}))
    assert (row["complements"], row["drift"]) == (None, {"complements"})


@pytest.mark.parametrize(
    ("terms", "days"),
    [
        ("Pago a 30 días.", 30),
        ("30 días", 30),
        ("Crédito 7 DIAS fecha factura", 7),
        ("15d", 15),
        ("Net 45", 45),
        ("Contado", 0),
        ("pago inmediato", 0),
        ("Condiciones de pago", None),
        ("2026", None),
        ("99999 dias", None),
        (None, None),
    ],
)
def test_terms_in_words_are_days(typed: Any, terms: str | None, days: int | None) -> None:
    (row,) = typed("complements", {"id": "i", "payment_conditions": terms})
    assert row["term_days"] == days


def test_a_due_date_may_be_noted_on_the_invoice(typed: Any) -> None:
    (row,) = typed("complements", {"id": "i", "metadata": {"due_date": "2026-03-05"}})
    assert row["due_on"] == date(2026, 3, 5)

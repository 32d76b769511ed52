from __future__ import annotations

from datetime import date
from typing import Any

import pytest


def test_the_calendar_has_every_day_once(warehouse: Any) -> None:
    row = warehouse.one(
        "select min(day) as a, max(day) as z, count(*) as n, count(distinct day) as d from calendar"
    )
    assert tuple(row.values()) == (date(2000, 1, 1), date(2040, 12, 31), 14976, 14976)


def test_the_calendar_agrees_with_python(warehouse: Any) -> None:
    for row in warehouse.rows("select * from calendar"):
        day = row["day"]
        assert (row["iso_year"], row["iso_week"], row["weekday"]) == day.isocalendar()
        assert (row["year"], row["month"]) == (day.year, day.month)
        assert row["month_start"] <= day <= row["month_end"]
        assert row["is_month_end"] == (day == row["month_end"])


@pytest.mark.parametrize(
    ("catalog", "code", "label"),
    [
        ("c_FormaPago", "03", "Transferencia electrónica de fondos"),
        ("c_MetodoPago", "PPD", "Pago en parcialidades o diferido"),
        ("c_MotivoCancelacion", "03", "No se llevó a cabo la operación"),
        ("c_TipoFactor", "Exento", "Exento"),
        ("x_gigstack_periodicidad", "month", "04"),
    ],
)
def test_codes_have_sats_labels(warehouse: Any, catalog: str, code: str, label: str) -> None:
    row = warehouse.one(
        f"select label from catalogs where catalog = '{catalog}' and code = '{code}'"
    )
    assert row == {"label": label}


def test_codes_are_unique_within_their_catalog(warehouse: Any) -> None:
    twice = "select catalog, code from catalogs group by all having count(*) > 1"
    assert warehouse.rows(twice) == []
    assert warehouse.one("select count(*) as n from catalogs")["n"] == 374


def test_entries_keep_their_dates_and_other_facts(warehouse: Any) -> None:
    row = warehouse.one("select * from catalogs where catalog = 'c_Moneda' and code = 'MXN'")
    assert (row["valid_from"], row["valid_to"]) == (date(2022, 1, 1), None)
    assert '"decimals":2' in row["details"]

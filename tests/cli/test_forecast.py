"""`gigstack forecast`: its shape for programs, its look for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

OFFICIAL = {
    "revenue": {
        "monthly_average_6m",
        "trend_pct",
        "trend_direction",
        "projected_this_month",
        "projections",
        "monthly_history",
    },
    "collections_risk": {
        "total_pending",
        "invoice_count",
        "expected_recovery",
        "recovery_pct",
        "likely_loss",
        "high_risk",
        "top_risk",
    },
    "eom_estimate": {
        "pending_receipts",
        "pending_amount",
        "self_invoice_rate",
        "estimated_global_count",
        "estimated_global_amount",
    },
    "cash_flow": {
        "pending_payment_links",
        "pending_links_amount",
        "conversion_rate",
        "expected_from_links",
        "expected_from_ppd",
        "total_expected",
    },
}


def test_json_has_the_official_keys_and_ours(gigstack: Any, demo: Path) -> None:
    shown = gigstack("forecast", "--json").json
    for part, keys in OFFICIAL.items():
        assert keys <= shown[part].keys(), part
        assert shown[part] == shown["currencies"]["MXN"][part]
    assert {"period", "team", "currencies", "mirror", "as_of", "level"} <= shown.keys()
    month = shown["revenue"]["projections"][0]
    assert {"month", "revenue", "collections", "risk", "revenue_band"} <= month.keys()
    history = shown["revenue"]["monthly_history"]
    assert len(history) <= 6
    assert {"month", "invoiced", "collected", "receipts"} <= history[-1].keys()


@pytest.mark.parametrize(("asked", "given"), [("1", 1), ("12", 12), ("0", 1), ("99", 12)])
def test_months_are_clamped_as_the_official_ones(
    gigstack: Any, demo: Path, asked: str, given: int
) -> None:
    shown = gigstack("forecast", "--months", asked, "--json").json
    assert len(shown["revenue"]["projections"]) == given


def test_sums_tie_out(gigstack: Any, demo: Path) -> None:
    shown = gigstack("forecast", "--json").json
    for section in shown["currencies"].values():
        risk = section["collections_risk"]
        if risk["expected_recovery"] is not None:
            whole = risk["expected_recovery"] + risk["likely_loss"]
            assert whole == pytest.approx(risk["total_pending"], abs=0.005)


def test_a_past_cut_knows_nothing_later(gigstack: Any, demo: Path) -> None:
    shown = gigstack("forecast", "--as-of", "2026-06-15", "--json").json
    assert (shown["as_of"], shown["period"]) == ("2026-06-15", "Junio 2026")
    months = [month["starts_on"] for month in shown["revenue"]["monthly_history"]]
    assert max(months) == "2026-05-01"


def test_it_fits_into_80_columns_without_escapes(gigstack: Any, demo: Path) -> None:
    for arguments in (("forecast",), ("forecast", "--backtest"), ("forecast", "--months", "12")):
        done = gigstack(*arguments)
        assert done.code == 0, done.err
        assert "\x1b" not in done.out
        assert max(map(len, done.out.splitlines())) <= 80


def test_bars_are_for_terminals(gigstack: Any, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gigstack_sync.cli.session import Session

    assert "█" not in gigstack("forecast").out
    monkeypatch.setattr(Session, "draws", True)
    lines = gigstack("forecast").out.splitlines()
    assert any("█" in line for line in lines)
    assert max(map(len, lines)) <= 80


def test_a_backtest_stands_beside_the_official_formula(gigstack: Any, demo: Path) -> None:
    shown = gigstack("forecast", "--backtest", "--json").json
    score = shown["currencies"]["MXN"]["invoiced, this month"]
    assert score["cases"] > 0
    assert {"wape", "bias", "coverage"} <= score["ours"].keys()
    assert score["official"]["wape"] > 0
    assert "official" in gigstack("forecast", "--backtest").out


def test_a_day_to_come_is_refused(gigstack: Any, demo: Path) -> None:
    assert gigstack("forecast", "--as-of", "2999-01-01").code == 2


def test_a_team_this_file_does_not_know_is_refused(gigstack: Any, demo: Path) -> None:
    done = gigstack("forecast", "--team", "team_nobody")
    assert done.code == 2
    assert "team_nobody" in done.err

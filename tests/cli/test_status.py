"""`gigstack status`: its shape for programs, its look for people, and the days it understands."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gigstack_sync.cli.period import first_day, last_day, read_cut
from gigstack_sync.config import Settings
from gigstack_sync.errors import UsageError

TODAY = date(2026, 3, 15)
OFFICIAL = {
    "invoices": {"total", "valid", "cancelled", "pue", "ppd", "total_amount"},
    "payments": {"total", "succeeded", "pending", "failed", "succeeded_amount", "pending_amount"},
    "receipts": {"total", "pending", "invoiced", "pending_amount", "total_amount"},
    "cobranza": {"ppd_pending", "ppd_paid", "ppd_partial", "pending_amount", "aging"},
}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02-03", "2026-02-03", "2026-02-03"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("30d", "2026-02-13", "2026-02-13"),
        ("0d", "2026-03-15", "2026-03-15"),
        (" Today ", "2026-03-15", "2026-03-15"),
    ],
)
def test_what_a_day_may_look_like(text: str, first: str, last: str) -> None:
    assert first_day(text, TODAY) == date.fromisoformat(first)
    assert last_day(text, TODAY) == date.fromisoformat(last)


@pytest.mark.parametrize(
    "text", ["", "x", "2026-13", "2026-02-30", "0000", "99999999d", "-3d", "1.5d", "2026-2-3", "٣d"]
)
def test_nonsense_is_no_day(text: str) -> None:
    with pytest.raises(UsageError, match="is no date"):
        first_day(text, TODAY)


def cut(from_: str | None, to: str | None, as_of: str | None) -> Any:
    return read_cut(Settings.load(environment={"HOME": "/nowhere"}), from_, to, as_of, TODAY)


def test_without_dates_the_cut_is_the_day_of_the_mirror() -> None:
    assert (cut(None, None, None).as_of, cut(None, None, None).from_on) == (TODAY, None)


def test_days_after_the_mirror_ask_for_a_sync() -> None:
    with pytest.raises(UsageError, match="nothing after 2026-03-15") as told:
        cut("2026-03-16", None, None)
    assert "gigstack sync" in told.value.hint


def test_the_month_we_are_in_is_cut_today() -> None:
    today = datetime.now(UTC).date() - timedelta(days=1)  # never ahead of any zone
    assert cut(None, None, f"{today:%Y-%m}").as_of >= today


@pytest.mark.parametrize(
    ("from_", "to", "as_of"),
    [("2026-03", "2026-02", None), ("2026-04", None, None), (None, None, "2999-01-01")],
)
def test_absurd_ranges_are_refused(from_: Any, to: Any, as_of: Any) -> None:
    with pytest.raises(UsageError):
        cut(from_, to, as_of)


def test_json_has_the_official_keys_and_ours(gigstack: Any, demo: Path) -> None:
    shown = gigstack("status", "--json").json
    for part, keys in OFFICIAL.items():
        assert keys <= shown[part].keys(), part
    assert shown["period"] == {"note": "all records"}
    assert shown["team"].keys() == {"name", "tax_id"}
    assert {"currencies", "conciliation", "mirror", "mxn", "as_of"} <= shown.keys()
    assert shown["mirror"]["pending_windows"] == 0
    assert shown["invoices"] == shown["currencies"]["MXN"]["invoices"]


def test_figures_are_over_all_rows(gigstack: Any, demo: Path) -> None:
    shown = gigstack("status", "--json").json
    with duckdb.connect(str(demo), read_only=True) as con:
        sql = "select count(*) from invoices where invoice_type = 'I' and issued_on <= ?"
        (invoices,) = con.execute(sql, [shown["as_of"]]).fetchone() or ()
    assert sum(c["invoices"]["total"] for c in shown["currencies"].values()) == invoices


def test_money_in_json_is_a_number_with_its_cents(gigstack: Any, demo: Path) -> None:
    out = gigstack("status", "--json").out
    exact = json.loads(out, parse_float=str)
    assert exact["invoices"]["total_amount"].partition(".")[2].isdigit()
    assert len(exact["invoices"]["total_amount"].partition(".")[2]) >= 2


def test_a_period_is_told_and_adds_up(gigstack: Any, demo: Path) -> None:
    whole = gigstack("status", "--json").json
    first = gigstack("status", "--json", "--to", "60d").json
    rest = gigstack("status", "--json", "--from", "59d").json
    sums = [shown["invoices"]["total"] for shown in (first, rest)]
    assert sum(sums) == whole["invoices"]["total"]
    assert rest["period"]["to"] == whole["as_of"]


def test_people_see_it_within_80_columns(gigstack: Any, demo: Path) -> None:
    lines = gigstack("status").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("Cobranza (PPD)") for line in lines)
    assert not any("\x1b" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "2026-03", "--to", "2026-02"], "before it begins"),
        (["--from", "soon"], "is no date"),
        (["--as-of", "2999-01"], "still to come"),
    ],
)
def test_a_bad_range_is_a_usage_error(
    gigstack: Any, demo: Path, arguments: list[str], said: str
) -> None:
    done = gigstack("status", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_without_a_mirror_it_says_how_to_make_one(gigstack: Any) -> None:
    done = gigstack("status")
    assert (done.code, "gigstack sync" in done.err) == (7, True)


def test_a_file_without_these_views_wants_a_sync(gigstack: Any, published: Path) -> None:
    done = gigstack("status")
    assert (done.code, "gigstack sync" in done.err) == (7, True)


def test_an_old_mirror_says_so(gigstack: Any, demo: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copy(demo, old := tmp_path / "old.duckdb")
    with duckdb.connect(str(old)) as con:
        con.execute("update sync.runs set finished_at = finished_at - interval 3 day")
    done = gigstack("status", "--db", str(old))
    assert "The mirror is 3 days old" in done.err
    assert gigstack("status", "--db", str(old), "-q").err == ""


def test_several_companies_are_told_apart(
    gigstack: Any, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = tmp_path / "both.duckdb"
    shutil.copy(demo, both)
    with duckdb.connect(str(both)) as con:
        con.execute("update sync.windows set team_id = 'team_norte' where stream = 'payments'")
    monkeypatch.setenv("GIGSTACK_DB", str(both))
    told = gigstack("status", "-v").err
    assert "2 companies together: team_norte, team_own." in told
    assert "--team" in told
    assert "together" not in gigstack("status", "-v", "--team", "team_own").err

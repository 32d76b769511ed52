"""`gigstack conciliation`: the same figures in every form, and the exit codes cron acts on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest


@pytest.fixture
def checks(gigstack: Any, demo: Path) -> list[dict[str, Any]]:
    """The checks that found something in the demo."""
    found = gigstack("conciliation", "--json").json["checks"]
    return [check for check in found if check["findings"]]


def test_the_document(gigstack: Any, demo: Path) -> None:
    done = gigstack("conciliation", "--json")
    assert (done.code, set(done.json)) == (0, {"as_of", "period", "months", "checks"})
    assert {check["code"] for check in done.json["checks"]} == {f"C{n:02}" for n in range(1, 26)}
    assert all(month["difference"] == 0 for month in done.json["months"])


def test_months_are_the_view(gigstack: Any, demo: Path) -> None:
    months = gigstack("conciliation", "--from", "2026-01", "--to", "2026-06", "--json").json[
        "months"
    ]
    assert {month["month"][:7] for month in months} == {f"2026-{n:02}-01"[:7] for n in range(1, 7)}
    with duckdb.connect(str(demo), read_only=True) as con:
        (total,) = con.execute(
            "select sum(total) from invoices where invoice_type = 'I' and is_live "
            "and issued_on between '2026-01-01' and '2026-06-30'"
        ).fetchone() or (None,)
    assert sum(Decimal(str(month["invoiced"])) for month in months) == total


def test_the_detail_of_each_check_adds_up(gigstack: Any, checks: list[dict[str, Any]]) -> None:
    for check in checks:
        rows = gigstack("conciliation", "--detail", check["code"], "--json").json["found"]
        mine = [row for row in rows if row["currency"] == check["currency"]]
        assert len(mine) == check["findings"]
        whole = sum(Decimal(str(row["amount"])) for row in mine)
        assert whole == Decimal(str(check["amount"])), check["code"]


@pytest.mark.parametrize("figure", ["invoiced", "collected", "outstanding"])
def test_the_detail_of_each_figure_adds_up(gigstack: Any, demo: Path, figure: str) -> None:
    period = ("--from", "2026-01", "--json")
    months = gigstack("conciliation", *period).json["months"]
    rows = gigstack("conciliation", "--detail", figure, *period).json["rows"]
    sums = [sum(Decimal(str(r[name])) for r in some) for name, some in
            ((figure, months), ("amount", rows))]  # fmt: skip
    assert sums[0] == sums[1] > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ["invoiced", "owed", "critica", "Not decided, needs XML: C19."]),
        (("--matrix",), ["in gigstack", "at SAT", "valid"]),
        (("--detail", "c10"), ["Payment without invoice", "= "]),
        (("--detail", "Collected"), ["payment", "= "]),
        (("sat",), ["SAT, issued", "at SAT"]),
        (("changes", "--since", "3650d"), ["effect", "record"]),
    ],
)
def test_what_people_read(
    gigstack: Any, demo: Path, arguments: tuple[str, ...], words: list[str]
) -> None:
    done = gigstack("conciliation", *arguments)
    assert done.code == 0, done.err
    assert [word for word in words if word not in done.out] == []
    assert "\x1b" not in done.out


def test_the_months_and_checks_fit_80_columns(gigstack: Any, demo: Path) -> None:
    for arguments in ((), ("--matrix",), ("sat",)):
        assert max(map(len, gigstack("conciliation", *arguments).out.splitlines())) <= 80


def test_the_other_name_is_the_same(gigstack: Any, demo: Path) -> None:
    assert gigstack("conciliacion", "--json").out == gigstack("conciliation", "--json").out


@pytest.mark.parametrize("arguments", [(), ("--matrix",), ("--detail", "C07"), ("--json",)])
def test_fail_on_tells_cron(gigstack: Any, demo: Path, arguments: tuple[str, ...]) -> None:
    assert gigstack("conciliation", *arguments, "--fail-on", "baja").code == 8


def test_fail_on_looks_at_severity_and_period(gigstack: Any, checks: list[dict[str, Any]]) -> None:
    assert {check["severity"] for check in checks} >= {"alta"}
    assert gigstack("conciliation", "--to", "2001", "--fail-on", "baja").code == 0
    worst = {check["severity"] for check in checks if check["severity"] == "critica"}
    assert gigstack("conciliation", "--fail-on", "critica").code == (8 if worst else 0)


def test_sat_alone_can_fail(gigstack: Any, demo: Path, checks: list[dict[str, Any]]) -> None:
    sat = {"C01", "C02", "C03", "C04", "C05", "C06", "C20", "C22"}
    code = 8 if any(check["code"] in sat for check in checks) else 0
    done = gigstack("conciliation", "sat", "--json", "--fail-on", "baja")
    assert (done.code, {c["code"] for c in done.json["checks"]}) == (code, sat)


def test_quiet_with_fail_on_says_nothing(gigstack: Any, demo: Path) -> None:
    done = gigstack("conciliation", "--fail-on", "baja", "--quiet")
    assert (done.out, done.err) == ("", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--detail", "C26"),
        ("--detail", "nonsense"),
        ("--fail-on", "worst"),
        ("--from", "2026-05", "--to", "2026-04"),
        ("--from", "2026", "sat"),
        ("changes", "--since", "yesterday"),
    ],
)
def test_what_makes_no_sense_is_refused(
    gigstack: Any, demo: Path, arguments: tuple[str, ...]
) -> None:
    done = gigstack("conciliation", *arguments)
    assert (done.code, done.out) == (2, "")


def test_changes_add_up_per_closed_month(gigstack: Any, demo: Path) -> None:
    every = gigstack("conciliation", "changes", "--since", "2000", "--json").json["changes"]
    closed = gigstack("conciliation", "changes", "--since", "2000", "--closed", "--json").json
    assert closed["changes"] == [row for row in every if row["is_closed"]]
    assert {row["change"] for row in every} <= {"new", "gone", "returned", "status", "amount"}
    assert every


def test_a_company_nobody_has_is_refused(gigstack: Any, demo: Path) -> None:
    assert gigstack("conciliation", "--team", "team_of_nobody").code == 2


def test_large_months_lose_their_cents_rather_than_their_columns() -> None:
    from gigstack_sync.cli.conciliation_text import month_lines

    names = ("invoiced", "credited", "collected", "collected_with_rep", "outstanding")
    month = {name: Decimal("898765432.10") for name in names} | {"unknown": 0, "difference": 0}
    lines = month_lines([month | {"month": date(2026, 1, 1), "currency": "MXN"}])
    assert max(map(len, lines)) <= 80
    assert "898,765,432 " in lines[1]
    assert "cents" in lines[-1]


def test_changes_keep_to_two_lines_each_on_a_narrow_terminal(
    gigstack: Any, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gigstack_sync.cli.session.Session.draws", True)
    monkeypatch.setenv("COLUMNS", "80")
    changes = gigstack("conciliation", "changes", "--json").json["changes"]
    lines = gigstack("conciliation", "changes").out.splitlines()
    assert max(map(len, lines)) <= 80
    ids = [change["record_id"] for change in changes[:40]]
    assert [line.strip() for line in lines[2 : 2 * len(ids) + 1 : 2]] == ids

"""`gigstack catalog`, `history`, `changes` and `check`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.usefixtures("demo")


def test_catalogues_are_listed_with_their_sizes(gigstack: Any) -> None:
    sizes = {row["catalog"]: row["codes"] for row in gigstack("catalog", "--json").json}
    assert (sizes["c_FormaPago"], sizes["c_MetodoPago"], sizes["c_UsoCFDI"]) == (22, 2, 24)


@pytest.mark.parametrize("name", ["c_FormaPago", "FORMAPAGO", "forma", "payment_form"])
def test_a_catalogue_goes_by_several_names(gigstack: Any, name: str) -> None:
    assert gigstack("catalog", name, "03", "--json").json[0]["label"] == (
        "Transferencia electrónica de fondos"
    )


def test_cancellation_motives_are_sats(gigstack: Any) -> None:
    labels = {row["code"]: row["label"] for row in gigstack("catalog", "motivo", "--json").json}
    assert "sin relación" in labels["02"]
    assert "no se llevó a cabo" in labels["03"].lower()


@pytest.mark.parametrize(
    ("name", "code", "label"),
    [
        ("uso", "P01", "P01 (no vigente en 4.0)"),
        ("uso", "X99", "X99 (desconocido)"),
        ("relacion", "09", "09 (desconocido)"),
        ("forma", "07", "07 (desconocido)"),
    ],
)
def test_unknown_codes_are_kept_and_marked(gigstack: Any, name: str, code: str, label: str) -> None:
    assert gigstack("catalog", name, code, "--json").json[0]["label"] == label


def test_a_catalogue_nobody_knows_is_a_usage_error(gigstack: Any) -> None:
    done = gigstack("catalog", "formas")
    assert (done.code, "Did you mean" in done.err) == (2, True)


def changed(demo: Path) -> tuple[str, str]:
    """Id and folio of an invoice that was seen to change."""
    with duckdb.connect(str(demo), read_only=True) as con:
        sql = (
            "select i.id, i.uuid_fiscal from changes c join invoices i using (team_id, id) "
            "where c.change = 'updated' and i.uuid_fiscal is not null limit 1"
        )
        row = con.execute(sql).fetchone()
    assert row is not None
    return row


def test_history_tells_what_differed(gigstack: Any, demo: Path) -> None:
    record, folio = changed(demo)
    shown = gigstack("history", record, "--json").json
    assert [change["change"] for change in shown][:2] == ["inserted", "updated"]
    assert all(d["before"] != d["after"] for d in shown[1]["differences"] if len(d) == 3)
    assert shown[1]["differences"]
    by_folio = gigstack("history", folio.lower(), "--json").json
    assert record in {change["id"] for change in by_folio}
    assert record in gigstack("history", record).out


def test_history_of_nothing_is_a_usage_error(gigstack: Any) -> None:
    assert gigstack("history", "payment_that_never_was").code == 2


def test_changes_are_the_newest_first_and_limited(gigstack: Any) -> None:
    shown = gigstack("changes", "--since", "1d", "--json").json
    moments = [change["observed_at"] for change in shown]
    assert moments == sorted(moments, reverse=True)
    assert {change["change"] for change in shown} <= {"updated", "deleted", "returned"}
    assert len(gigstack("changes", "--limit", "1", "--json").json) == 1


def test_no_changes_are_told(gigstack: Any) -> None:
    done = gigstack("changes", "--since", "2999-01-01", "--verbose")
    assert (done.code, done.out) == (0, "")
    assert "Nothing was seen to change since 2999-01-01." in done.err


def test_every_claim_holds_in_the_demo(gigstack: Any) -> None:
    done = gigstack("check", "--json")
    assert (done.code, {c["check"]: c["rows"] for c in done.json if c["rows"]}) == (0, {})
    assert all(check["claim"] for check in done.json)


def test_a_broken_claim_exits_8_and_shows_its_rows(
    gigstack: Any, demo: Path, tmp_path: Path
) -> None:
    shutil.copy(demo, broken := tmp_path / "broken.duckdb")
    with duckdb.connect(str(broken)) as con:
        con.execute("insert into mirror.payments from mirror.payments limit 1")
        con.execute(
            "update mirror.receipts set currency = null where id in "
            "(select id from mirror.receipts where deleted_at is null limit 1)"
        )
    done = gigstack("check", "--json", "--db", str(broken))
    found = {check["check"]: check["rows"] for check in done.json if check["rows"]}
    assert (done.code, found) == (8, {"ids_are_unique": 1, "amounts_have_a_currency": 1})
    shown = gigstack("check", "ids_are_unique", "--db", str(broken))
    assert (shown.code, "copies" in shown.out) == (8, True)


def test_a_check_nobody_knows_is_a_usage_error(gigstack: Any) -> None:
    assert gigstack("check", "ids_are_uniqe").err.count("ids_are_unique") == 1

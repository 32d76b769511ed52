"""`gigstack cobranza` over a small invented business."""

from __future__ import annotations

import re
import shutil
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gigstack_sync.cli.cobranza_view import _left

PARTS = ([], ["indicadores"], ["rep"], ["pue"])


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize("preset", ["vencimiento", "gigstack"])
def test_the_aging_fits_a_terminal(gigstack: Any, demo: Path, preset: str) -> None:
    done = gigstack("cobranza", "--preset", preset)
    assert done.code == 0
    assert max(map(width, done.out.splitlines())) <= 80
    assert "\x1b" not in done.out


def test_json_adds_up(gigstack: Any, demo: Path) -> None:
    found = gigstack("cobranza", "--json").json
    assert found["currencies"].keys() <= {"MXN", "USD", "EUR"}
    for section in found["currencies"].values():
        amounts = [Decimal(str(bucket["amount"])) for bucket in section["buckets"]]
        clients = [Decimal(str(client["balance"])) for client in section["clients"]]
        assert sum(amounts) == sum(clients) == Decimal(str(section["balance"])) > 0


def test_the_documents_of_a_bucket_add_up(gigstack: Any, demo: Path) -> None:
    section = gigstack("cobranza", "--json").json["currencies"]["MXN"]
    for bucket in section["buckets"]:
        asked = ["--currency", "mxn", "--bucket", bucket["bucket"]]
        rows = gigstack("cobranza", *asked, "--json").json["documents"]
        assert len(rows) == bucket["count"]
        total = sum((Decimal(str(row["amount"])) for row in rows), Decimal(0))
        assert total == Decimal(str(bucket["amount"]))


def test_detail_of_one_client(gigstack: Any, demo: Path) -> None:
    client = gigstack("cobranza", "--json").json["currencies"]["MXN"]["clients"][0]
    done = gigstack("cobranza", "--client", client["client"], "--detail")
    assert done.out.startswith("document")
    assert f"{client['balance']:,.2f}" in done.err


def test_the_statement_closes_with_what_is_owed(gigstack: Any, demo: Path) -> None:
    client = gigstack("cobranza", "--json").json["currencies"]["MXN"]["clients"][0]
    found = gigstack("cobranza", "estado", client["client"], "--json").json
    assert found["currencies"]["MXN"]["closing"] == client["balance"]
    shown = gigstack("cobranza", "estado", client["client"], "--from", "2026-06").out
    assert "Opening balance" in shown
    assert f"MXN {client['balance']:,.2f}" in shown


@pytest.mark.parametrize("part", PARTS)
def test_every_part_speaks_json(gigstack: Any, demo: Path, part: list[str]) -> None:
    done = gigstack("cobranza", *part, "--as-of", "2026-09-30", "--json")
    assert (done.code, type(done.json)) == (0, dict)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_read(gigstack: Any, demo: Path, part: list[str]) -> None:
    done = gigstack("cobranza", *part)
    assert done.code == 0
    assert len(done.out.splitlines()) > 3


@pytest.mark.parametrize("part", [*PARTS, ["--detail"]])
def test_a_terminal_breaks_no_number_nor_date(
    gigstack: Any, demo: Path, monkeypatch: pytest.MonkeyPatch, part: list[str]
) -> None:
    token = re.compile(r"\d{4}-\d\d-\d\d|[\d,]+\.\d\d\b")
    piped = token.findall(gigstack("cobranza", *part).out)
    monkeypatch.setattr("gigstack_sync.cli.session.Session.draws", True)
    monkeypatch.setenv("COLUMNS", "80")
    drawn = gigstack("cobranza", *part).out
    assert token.findall(drawn) == piped
    assert max(map(width, drawn.splitlines())) <= 80


@pytest.mark.parametrize(
    "wrong",
    [
        ["--preset", "none"],
        ["--edges", "30,20"],
        ["--edges", "a"],
        ["--edges", "0,30"],
        ["--bucket", "7-9"],
        ["--client", "nobody at all"],
        ["--terms", "missing.toml"],
        ["--as-of", "2999-01-01"],
    ],
)
def test_nonsense_is_refused_with_a_hint(gigstack: Any, demo: Path, wrong: list[str]) -> None:
    done = gigstack("cobranza", *wrong)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) > 1


@pytest.mark.parametrize("label", ["90+", "por vencer", "NOT DUE", "current", "1-30"])
def test_buckets_by_any_spelling(gigstack: Any, demo: Path, label: str) -> None:
    assert gigstack("cobranza", "--bucket", label, "--json").code == 0


@pytest.mark.parametrize("name", ["terms.toml", "terms.csv", "mine.toml"])
def test_terms_are_found_or_named(
    gigstack: Any, demo: Path, home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    shutil.copyfile(demo, home / "copy.duckdb")
    monkeypatch.setenv("GIGSTACK_DB", str(home / "copy.duckdb"))
    (home / name).write_text("default,45\n" if name.endswith("csv") else "default = 45\n")
    asked = ["--terms", name] if name == "mine.toml" else []
    assert gigstack("cobranza", *asked, "--json").json["terms_default_days"] == 45


def test_edges_of_ones_own(gigstack: Any, demo: Path) -> None:
    found = gigstack("cobranza", "--edges", "7,14", "--json").json
    assert found["buckets"] == ["not due", "1-7", "8-14", "14+"]


def test_without_a_mirror_there_is_a_next_step(gigstack: Any) -> None:
    done = gigstack("cobranza")
    assert done.code == 7
    assert "gigstack sync" in done.err


@pytest.mark.parametrize("detail", [[], ["--detail"]])
def test_nothing_of_one_currency_is_not_nothing_at_all(
    gigstack: Any, demo: Path, detail: list[str]
) -> None:
    done = gigstack("cobranza", "--currency", "JPY", *detail)
    assert done.code == 0
    assert "of what was asked for" in done.out + done.err


def test_days_say_which_side_of_the_deadline_they_are() -> None:
    assert [_left(3), _left(0), _left(-4), _left(None, 5)] == [
        "3 left",
        "0 left",
        "4 past",
        "5 late",
    ]

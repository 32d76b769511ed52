"""`gigstack --map`: the tree as a document, and the reference made of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gigstack_sync.cli.app import COMMANDS, load, root
from gigstack_sync.cli.command_map import described, written

ROOT = Path(__file__).parents[2]
RUNS = (ROOT / "tests" / "data" / "commands.txt").read_text().splitlines()


def flat(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        yield entry
        yield from flat(entry["commands"])


@pytest.fixture(scope="module")
def known() -> dict[str, dict[str, Any]]:
    """Each command of the map by its name."""
    return {entry["command"]: entry for entry in flat(described(root())["commands"])}


def test_the_map_is_one_document_on_stdout(gigstack: Any) -> None:
    done = gigstack("--map", "json")
    assert (done.code, done.err) == (0, "")
    assert done.json == json.loads(written(root(), "json"))


def test_a_map_of_another_kind_is_refused(gigstack: Any) -> None:
    assert gigstack("--map", "yaml").code == 2


def test_every_command_is_in_it(known: dict[str, Any]) -> None:
    assert {f"gigstack {name}" for name, e in COMMANDS.items() if e.section} <= set(known)
    typed = {" ".join(re.split(r" [^a-z ]| \|", line)[0].split()[:3]) for line in RUNS}
    assert all(any(f"gigstack {line} ".startswith(f"{c} ") for c in known) for line in typed)
    assert known["gigstack conciliation"]["aliases"] == ["conciliacion"]


@pytest.mark.parametrize("name", ["invoices cancel", "export", "sync", "payments request"])
def test_options_are_those_of_the_help(name: str, known: dict[str, Any], gigstack: Any) -> None:
    own = [flag for option in known[f"gigstack {name}"]["options"] for flag in option["flags"]]
    shown = re.findall(r"(?<=[ ,/])-{1,2}[a-z][a-z-]*", gigstack(*name.split(), "--help").out)
    assert set(own) <= set(shown)


def test_an_option_tells_all_that_it_takes(known: dict[str, Any]) -> None:
    options = {o["flags"][0]: o for o in known["gigstack invoices cancel"]["options"]}
    motive = options["--motive"]
    assert (motive["type"], motive["required"]) == ("choice", True)
    assert motive["choices"] == ["01", "02", "03", "04"]
    assert options["--dry-run"] | {"help": ""} == {
        "flags": ["--dry-run"],
        "type": "boolean",
        "required": False,
        "repeats": False,
        "values": 0,
        "default": False,
        "choices": [],
        "help": "",
    }
    [place] = known["gigstack invoices cancel"]["arguments"]
    assert (place["name"], place["required"]) == ("ID", True)


def test_what_changes_the_account_can_be_rehearsed_and_nothing_else(known: dict[str, Any]) -> None:
    for name, entry in known.items():
        flags = {flag for option in entry["options"] for flag in option["flags"]}
        assert ("--dry-run" in flags) == (entry["changes"] == "account"), name


def test_a_group_says_whether_it_does_something_itself(known: dict[str, Any]) -> None:
    assert not known["gigstack invoices"]["runs"]
    assert known["gigstack sync"]["runs"]
    assert known["gigstack sync"]["changes"] == "mirror"
    assert known["gigstack invoices complements"]["changes"] is None


def test_every_command_has_two_examples_of_itself(known: dict[str, Any]) -> None:
    for name, entry in known.items():
        own = [line for line in entry["examples"] if f"{line} ".startswith(f"{name} ")]
        assert len(set(own)) >= 2, name


def test_the_reference_is_current() -> None:
    shipped = (ROOT / "gigstack_sync" / "cli" / "REFERENCE.md").read_text(encoding="utf-8")
    again = "gigstack --map markdown > gigstack_sync/cli/REFERENCE.md"
    assert shipped == f"{written(root(), 'markdown')}\n", f"make it anew: {again}"
    assert again in shipped


def test_the_links_of_the_reference_lead_somewhere() -> None:
    text = written(root(), "markdown")
    titles = {title.replace(" ", "-") for title in re.findall(r"^#+ (gigstack .*)$", text, re.M)}
    assert set(re.findall(r"\(#([a-z-]+)\)", text)) <= titles
    assert load("invoices").name == "invoices"

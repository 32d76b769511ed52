"""`gigstack context`: every topic is whole, and names only what there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gigstack_sync.cli.context import TOPICS, read
from gigstack_sync.cli.tree import flags_of, own_parameters, shared_options, walk

COMMANDS = {" ".join(("gigstack", *node.path)): node.command for node in walk()}
OFFICIAL = [
    "payments", "invoices", "receipts", "clients", "cobranza", "automations", "services",
    "webhooks", "descarga_masiva_sat",
]  # fmt: skip


def texts(body: dict[str, Any]) -> list[str]:
    """Every text of a topic, names included."""
    found = []
    for part in body.values():
        found += [part] if isinstance(part, str) else [*part]
        found += part.values() if isinstance(part, dict) else []
    return found


def test_the_topics_are_listed(gigstack: Any) -> None:
    listed = gigstack("context", "--json").json["topics"]
    assert [topic["id"] for topic in listed] == [*OFFICIAL, "mirror"] == [*TOPICS]
    assert all(set(topic) == {"id", "title", "summary"} for topic in listed)
    assert gigstack("context").out.count("\n") >= len(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_has_the_keys_scripts_expect(topic: str, gigstack: Any) -> None:
    body = gigstack("context", topic, "--json").json
    assert list(body)[:3] == ["title", "summary", "concepts"]
    extra = {"tables", "examples"} if topic == "mirror" else set()
    known = {"title", "summary", "concepts", "statuses", "actions", "relationships", "tips"}
    assert set(body) <= known | extra
    assert all(isinstance(body.get(key, {}), dict) for key in ("concepts", "statuses", "actions"))
    assert all(isinstance(body.get(key, []), list) for key in ("relationships", "tips"))


@pytest.mark.parametrize("topic", TOPICS)
def test_every_command_and_option_named_exists(topic: str) -> None:
    body = read(topic)
    inside = [line for text in texts(body) for line in re.findall(r"`(gigstack [^`]*)`", text)]
    for line in [*inside, *body["actions"]]:
        words = shlex.split(line)
        names = [" ".join(words[:n]) for n in range(len(words), 1, -1)]
        command = COMMANDS[next(name for name in names if name in COMMANDS)]
        known = own_parameters(command) + shared_options(command)
        flags = {flag for parameter in known for flag in flags_of(parameter)}
        assert {word for word in words if word.startswith("-")} <= flags


@pytest.mark.parametrize("topic", TOPICS)
def test_the_text_fits_the_terminal_and_says_it_all(
    topic: str, gigstack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = gigstack("context", topic).out
    assert max(map(len, shown.splitlines())) <= 80
    flat = " ".join(shown.split())
    assert all(" ".join(text.split()) in flat for text in texts(read(topic))[1:])
    assert "{" not in shown


def test_short_is_title_and_summary(gigstack: Any) -> None:
    assert list(gigstack("context", "clients", "--short", "--json").json) == ["title", "summary"]
    assert gigstack("context", "clients", "--short").out.count("\n") <= 4
    every = gigstack("context", "--all", "--short", "--json").json["topics"]
    assert [*every] == [*TOPICS]
    assert all(list(body) == ["title", "summary"] for body in every.values())


def test_all_of_them_at_once(gigstack: Any) -> None:
    assert gigstack("context", "--all", "--json").json["topics"] == {n: read(n) for n in TOPICS}


def test_an_unknown_topic_names_those_there_are(gigstack: Any) -> None:
    refused = gigstack("context", "invoice", "--json")
    assert refused.code == 2
    assert "gigstack context invoices" in refused.json["error"]["hint"]
    assert all(topic in refused.json["error"]["hint"] for topic in TOPICS)
    assert gigstack("context", "invoices", "--all").code == 2


@pytest.mark.parametrize("title", read("mirror")["examples"])
def test_every_question_to_the_mirror_answers(title: str, demo: Path) -> None:
    with duckdb.connect(str(demo), read_only=True) as con:
        assert con.execute(read("mirror")["examples"][title]).description


def test_every_table_named_is_one(demo: Path) -> None:
    with duckdb.connect(str(demo), read_only=True) as con:
        views = {name for (name,) in con.execute("select view_name from duckdb_views()").fetchall()}
    assert set(read("mirror")["tables"]) <= views

"""`gigstack context`: what the words of gigstack and of SAT mean, for people and agents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from importlib.resources import files
from typing import Annotated, Any, Final

import typer

from gigstack_sync.cli.language import marked, spoken, tr
from gigstack_sync.cli.operations_codes import entries
from gigstack_sync.cli.session import Session, session_of
from gigstack_sync.errors import UsageError

TOPICS: Final = (
    "payments",
    "invoices",
    "receipts",
    "clients",
    "cobranza",
    "automations",
    "services",
    "webhooks",
    "descarga_masiva_sat",
    "mirror",
)
_SECTIONS: Final = (
    "concepts", "statuses", "tables", "actions", "relationships", "tips", "examples",
)  # fmt: skip
_TITLES: Final = {
    "concepts": marked("Concepts"),
    "statuses": marked("Statuses"),
    "tables": marked("Tables"),
    "actions": marked("Actions"),
    "relationships": marked("Relationships"),
    "tips": marked("Tips"),
    "examples": marked("Examples"),
}
_LABEL: Final = re.compile(r"\{(c_[A-Za-z]+)\.([A-Z0-9]+)\}")


def context(
    context: typer.Context,
    topic: Annotated[
        str | None,
        typer.Argument(
            metavar="TOPIC", help=f"{', '.join(TOPICS)}.", autocompletion=lambda args: TOPICS
        ),
    ] = None,
    short: Annotated[bool, typer.Option("--short", help="Titles and summaries alone.")] = False,
    all_topics: Annotated[bool, typer.Option("--all", help="Every topic.")] = False,
) -> None:
    """Explain a topic: its words, states, commands and pitfalls. Without one, list the topics.

    $ gigstack context
    $ gigstack context invoices
    $ gigstack context --all --json
    """
    session = session_of(context)
    if topic and all_topics:
        raise UsageError("A topic and --all exclude each other.")
    if topic is None and not all_topics:
        _list(session)
        return
    found = {name: read(name) for name in (TOPICS if all_topics else [_named(topic or "")])}
    if short:
        found = {name: _summary(body) for name, body in found.items()}
    if session.json:
        session.emit({"topics": found} if all_topics else next(iter(found.values())))
    else:
        print("\n\n".join("\n".join(_text(body, _width())) for body in found.values()))


def read(name: str) -> dict[str, Any]:
    """One topic: title, summary, concepts, and what else it has, SAT's own labels filled in."""
    import tomllib

    folder = files("gigstack_sync.cli") / "topics"
    folder = folder / "es" if spoken() == "es" else folder
    text = (folder / f"{name}.toml").read_text(encoding="utf-8")
    labels = _labels() if _LABEL.search(text) else {}
    body = tomllib.loads(_LABEL.sub(lambda code: labels[code[1], code[2]], text))
    return {**_summary(body), **{key: body[key] for key in _SECTIONS if key in body}}


def _labels() -> Mapping[tuple[str, str], str]:
    """What SAT calls each code of its catalogues."""
    return {(entry["catalog"], entry["code"]): entry["label"] for entry in entries()}


def _summary(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"title": body["title"], "summary": body["summary"]}


def _named(word: str) -> str:
    name = word.strip().lower().replace("-", "_")
    if name in TOPICS:
        return name
    close = get_close_matches(name, TOPICS, n=1)
    meant = f"Did you mean: gigstack context {close[0]}\n" if close else ""
    raise UsageError(
        f"There is no topic {word!r}.", hint=f"{meant}The topics are: {', '.join(TOPICS)}"
    )


def _list(session: Session) -> None:
    topics = [{"id": name, **_summary(read(name))} for name in TOPICS]
    if session.json:
        session.emit({"topics": topics})
        return
    widest = max(map(len, TOPICS))
    for each in topics:
        print(*_wrapped(each["summary"], _width(), each["id"].ljust(widest + 2)), sep="\n")
    session.chat("\n" + tr("One of them: gigstack context TOPIC"))


def _width() -> int:
    import shutil

    return min(shutil.get_terminal_size((80, 24)).columns, 100)


def _text(body: Mapping[str, Any], width: int) -> Iterator[str]:
    """A topic to read: its sections, each name above what it means."""
    yield body["title"].upper()
    yield from _wrapped(body["summary"], width)
    for section in _SECTIONS:
        if section in body:
            yield from ("", tr(_TITLES[section]))
            yield from _entries(body[section], width)


def _entries(section: Mapping[str, str] | Iterable[str], width: int) -> Iterator[str]:
    if isinstance(section, Mapping):
        for name, text in section.items():
            yield f"  {name}"
            yield from _wrapped(text, width, "      ")
    else:
        for text in section:
            yield from _wrapped(text, width, "  - ")


def _wrapped(text: str, width: int, lead: str = "") -> list[str]:
    import textwrap

    rest = " " * len(lead)
    return textwrap.wrap(
        text,
        width,
        initial_indent=lead,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )

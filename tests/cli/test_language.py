"""Spanish: a complete catalogue, messages found again by their templates, and what is shown."""

from __future__ import annotations

import inspect
import json
import re
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from gigstack_sync.cli import language
from gigstack_sync.reports import conciliation
from tests.cli import texts_said
from tests.cli.texts_said import shape, tree, wanted

SPANISH: dict[str, dict[str, str]] = json.loads(language.CATALOGUE.read_text(encoding="utf-8"))
EVERY = [(section, *pair) for section, texts in SPANISH.items() for pair in texts.items()]
TEMPLATES = sorted(text for text in SPANISH["messages"] if "{" in text)
TOKENS = st.lists(st.text("abXY19/._-ñ", min_size=1, max_size=12), min_size=9, max_size=9)


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    language.speak("en")


@pytest.fixture
def spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spanish, for commands run in this process and for calls."""
    monkeypatch.setenv("GIGSTACK_LANG", "es")
    language.speak("es")


def holes(text: str) -> list[str]:
    return re.findall(r"\{(\w+)~?(?::[^}]*)?\}", text)


def filled(template: str, values: list[str]) -> str:
    given = dict(zip(sorted(set(holes(template))), values, strict=False))
    return re.sub(r"\{(\w+)~?\}", lambda hole: given[hole[1]], template)


@pytest.mark.parametrize("section", wanted())
def test_the_catalogue_lacks_nothing_and_has_nothing_stale(section: str) -> None:
    alike = shape if section == "messages" else str
    assert set(map(alike, SPANISH[section])) == set(map(alike, wanted()[section]))


def test_no_message_is_in_the_catalogue_twice() -> None:
    assert len({shape(text) for text in SPANISH["messages"]}) == len(SPANISH["messages"])


def test_what_typer_says_is_what_it_says_in_this_version() -> None:
    source = inspect.getsource(typer.core)
    assert [text for text in SPANISH["typer"] if f'_("{text}")' not in source] == []


def test_both_sides_have_the_same_holes() -> None:
    assert [e for _, e, s in EVERY if sorted(holes(e)) != sorted(holes(s))] == []


def test_no_hole_stands_twice_in_a_message() -> None:
    assert [text for text in TEMPLATES if len(set(holes(text))) != len(holes(text))] == []


def test_nothing_is_left_empty_or_untidy() -> None:
    untidy = [e for _, e, s in EVERY if not s.strip() or s.endswith(" ") != e.endswith(" ")]
    assert untidy == []
    assert [s for _, e, s in EVERY if e.endswith(".") != s.endswith(".")] == []


def test_what_is_to_be_typed_stays() -> None:
    """Commands, options and variables are the same in both languages."""
    typed = re.compile(
        r"(?<![\w-])(?:--[a-z][a-z-]+|GIGSTACK_[A-Z_]+|(?:(?<=: )|(?<=`)|^)gigstack [a-z]{3,})"
    )
    assert [e for _, e, s in EVERY if sorted(typed.findall(e)) != sorted(typed.findall(s))] == []


def test_what_the_views_say_is_what_they_say() -> None:
    """The notes above are those of the SQL: each of their words is in it."""
    views = texts_said.PACKAGE.parent / "sql" / "reports"
    source = "".join(path.read_text(encoding="utf-8") for path in views.glob("*.sql"))
    source += inspect.getsource(conciliation)
    told = source.replace("''", "'")
    words = {
        part.strip(" ,:;") for note in texts_said.NOTES for part in re.split(r"\{\w+\}|, ", note)
    }
    assert sorted(word for word in words if word not in told) == []


# Messages found again


def test_every_message_is_found_again(spanish: None) -> None:
    values = ["'x1'", "/tmp/y-2.toml", "33", "w_4", "v.5", "u6"]
    expected = {text: filled(SPANISH["messages"][text], values) for text in TEMPLATES}
    assert {text: language.told(filled(text, values)) for text in TEMPLATES} == expected


@given(st.sampled_from(TEMPLATES), TOKENS)
def test_messages_are_not_taken_for_one_another(template: str, values: list[str]) -> None:
    language.speak("es")
    expected = filled(SPANISH["messages"][template], values)
    assert language.told(filled(template, values)) == expected


@given(st.text())
def test_data_passes_through_untouched(name: str) -> None:
    language.speak("es")
    assert language.told(f"There is no view {name!r}.") == f"No existe la vista {name!r}."


@given(st.text())
def test_any_text_may_be_asked_for(message: str) -> None:
    language.speak("es")
    assert isinstance(language.told(message), str)


@pytest.mark.parametrize("part", [": ", " (", "a b ", " 'x' is ", "\n"])
def test_no_message_takes_long_to_be_looked_for(spanish: None, part: str) -> None:
    started = time.perf_counter()
    for text in (part * 900, part * 90_000):
        language.told(f"{text}.")
    assert time.perf_counter() - started < 2


def test_a_name_that_looks_like_a_hole_or_a_message_is_neither(spanish: None) -> None:
    told = language.told("There is no profile '{path} {name~} valid' in pending.")
    assert told == "No existe el perfil '{path} {name~} valid' en pending."


def test_english_is_said_as_it_is_written() -> None:
    language.speak("en")
    assert language.told("There is no API key yet.") == "There is no API key yet."
    assert language.tr("{count} rows", count=3) == "3 rows"
    assert language.heads("client", "") == ("client", "")


# Which language


@pytest.mark.parametrize(
    ("variables", "title"),
    [
        ({}, "Usage:"),
        ({"GIGSTACK_LANG": "es"}, "Uso:"),
        ({"LANG": "es_MX.UTF-8"}, "Uso:"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "es_MX.UTF-8"}, "Usage:"),
        ({"GIGSTACK_LANG": "en", "LC_ALL": "es_MX.UTF-8"}, "Usage:"),
    ],
)
def test_the_environment_decides(
    gigstack: Any, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], title: str
) -> None:
    monkeypatch.delenv("GIGSTACK_LANG")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert gigstack("sync", "--help").out.startswith(title)


@pytest.mark.parametrize("asked", ["fr", "español", "es_MX"])
def test_another_language_is_refused(
    gigstack: Any, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setenv("GIGSTACK_LANG", asked)
    result = gigstack("sync", "--help")
    assert result.code == 2
    assert result.err == f"Error: GIGSTACK_LANG is {asked!r}.\nUse es or en.\n"


def test_scripts_read_english(gigstack: Any, spanish: None, published: Path) -> None:
    error = gigstack("views", "nothing_such", "--json").json["error"]
    assert error["message"] == "There is no view 'nothing_such'."
    assert error["hint"] == "See them all: gigstack views"


def test_people_read_spanish_errors(gigstack: Any, spanish: None, published: Path) -> None:
    result = gigstack("views", "nothing_such")
    assert result.err == "Error: No existe la vista 'nothing_such'.\nVe todas: gigstack views\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sync --ful", "No existe la opción --ful (Opciones posibles: --full)"),
        ("statu", "No existe el comando 'statu'. ¿Quisiste decir 'status'?"),
        ("history", "Falta el argumento 'ID'."),
        ("export", "Falta el argumento 'QUÉ'."),
        ("conciliation --fail-on", "La opción '--fail-on' necesita un valor."),
        ("sync --budget x", "Valor inválido para '--budget': debe ser un número entero"),
        ("sync --budget 3", "Valor inválido para '--budget': debe ser 5 o más"),
        ("sync --plan=3", "La opción '--plan' no lleva valor."),
        ("config a b", "Sobran argumentos: a b"),
        ("conciliation --fail-on x", "Valor inválido para '--fail-on': 'x' no es uno de"),
    ],
)
def test_typers_own_complaints_are_spanish(
    gigstack: Any, spanish: None, line: str, said: str
) -> None:
    result = gigstack(*line.split())
    assert result.code == 2
    assert result.err.startswith(f"Error: {said}")


# What is shown


def test_nothing_is_said_past_the_catalogue() -> None:
    """Whatever is printed or narrated as a literal goes through `tr`, unless it is typed."""
    assert texts_said.untranslated() == []


def english_left(text: str) -> list[str]:
    """Texts of the catalogue that stand untranslated in what was shown."""
    shown = " ".join(text.split())
    left = []
    for section, english, spanish in EVERY:
        parts = [" ".join(part.split()) for part in re.split(r"\{\w+~?\}", english)]
        longest = max(parts, key=len)
        if len(longest.split()) > 2 and longest not in spanish and section != "typer":
            left += [english] if longest in shown else []
    return left


REPORTS = (
    "status", "cobranza", "cobranza --detail", "cobranza indicadores", "cobranza rep",
    "cobranza pue", "conciliation", "conciliation sat", "conciliation changes --since 900d",
    "conciliation --detail C11", "conciliation --detail C01", "conciliation --matrix",
    "conciliation --detail collected", "forecast", "forecast --backtest", "sync status",
    "sync --plan", "check", "changes", "config", "export clients", "doctor",
)  # fmt: skip


@pytest.mark.parametrize("line", REPORTS)
def test_reports_are_spanish_throughout(
    gigstack: Any, spanish: None, demo: Path, line: str
) -> None:
    result = gigstack(*line.split())
    assert english_left(result.out + result.err) == []


@pytest.mark.parametrize("line", ["status", "cobranza", "cobranza indicadores", "forecast"])
def test_spanish_fits_eighty_columns(gigstack: Any, spanish: None, demo: Path, line: str) -> None:
    wide = [x for x in gigstack(*line.split()).out.splitlines() if len(x) > 80]
    assert [x for x in wide if not x.startswith("Nota: ")] == []


def labels(text: str, block: str) -> list[str]:
    """The words at the beginning of each line of one currency's block."""
    lines = text.split(f"\n{block}\n---\n")[1].split("\n\n", maxsplit=1)[0].splitlines()
    return [re.split(r" {2,}|(?<=\D) +-?[\d,.]+$", line.strip())[0] for line in lines]


def test_the_status_reads_like_this(gigstack: Any, spanish: None, demo: Path) -> None:
    assert labels(gigstack("status").out, "MXN")[:18] == [
        "Facturas vigentes",
        "PUE",
        "PPD",
        "canceladas",
        "Notas de crédito",
        "Pagos recibidos",
        "menos reemb. parciales",
        "cobrado",
        "pendientes",
        "reembolsados completos",
        "fallidos o cancelados",
        "Recibos",
        "pendientes",
        "Por cobrar (PPD)",
        "emitidas hace 0-15 d",
        "emitidas hace 16-30 d",
        "emitidas hace 31-60 d",
        "emitidas hace 61-90 d",
    ]


GOLDEN = (
    ("cobranza", "Por cobrar al {day}, por días desde el vencimiento."),
    ("cobranza", "cliente            por vencer     1-30    31-60    61-90      90+       total"),
    ("conciliation --to 2026-03", "mes               emitido  n. crédito        cobrado"),
    ("forecast", "Pronóstico al {day}. Cuatro de cada cinco resultados caen en la banda."),
    ("forecast", "Emitido por mes                                   banda"),
    ("sync status", "Última sincronización: ok, "),
    ("conciliation", "Sin diferencias: "),
)


@pytest.mark.parametrize(("line", "said"), GOLDEN)
def test_reports_say_it_in_the_trades_terms(
    gigstack: Any, spanish: None, demo: Path, line: str, said: str
) -> None:
    shown = re.sub(r"\d{4}-\d{2}-\d{2}", "{day}", gigstack(*line.split()).out)
    assert re.sub(r" +", " ", said) in re.sub(r" +", " ", shown)


def test_whoami_is_one_language_at_a_time(
    gigstack: Any, monkeypatch: pytest.MonkeyPatch, api: Any, key: str
) -> None:
    facts = gigstack("whoami").out.splitlines()
    assert [line.split("  ")[0] for line in facts[:3]] == ["Profile", "Mode", "RFC"]
    assert "production" in facts[1]
    monkeypatch.setenv("GIGSTACK_LANG", "es")
    hechos = gigstack("whoami").out.splitlines()
    assert [line.split("  ")[0] for line in hechos[:3]] == ["Perfil", "Modo", "RFC"]
    assert "producción" in hechos[1]
    assert set(gigstack("whoami", "--json").json) >= {"Perfil", "Modo", "RFC", "Nombre", "SAT"}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("relationship", "relationship and doc"),
        ("months", "periodicity, months"),
        ("tax", "tax (ISR"),
    ],
)
def test_names_of_json_fields_are_not_translated(field: str, said: str) -> None:
    spanish = next(s for _, english, s in EVERY if english.startswith(said))
    assert re.search(rf"\b{field}\b", spanish)


def test_no_help_holds_a_word_of_english(spanish: None) -> None:
    """Every command's help at once: titles, paragraphs, options and Typer's own."""
    titles = re.compile(
        r"^(Usage|Arguments|Options|Options of every command|Commands|Examples):|"
        r"\[(OPTIONS|ARGUMENTS)\]|\[(?:default:|required|env var)|Show this message",
        re.MULTILINE,
    )
    for command in tree():
        context = typer.Context(command, info_name=command.name or "gigstack")
        help_text = command.get_help(context)
        assert titles.findall(help_text) == []
        assert english_left(help_text) == [], command.name


def test_a_page_of_help_reads_like_this(gigstack: Any, spanish: None) -> None:
    assert gigstack("sync", "reset", "--help").out.startswith(
        """\
Uso: gigstack sync reset [OPCIONES]

  Olvida cuándo se revisó una lista, para que la próxima corrida la liste
  completa. No se pierde ninguna fila.

Ejemplos:
  gigstack sync reset --stream payments
  gigstack sync reset --stream invoices --json

Opciones:
  --stream NOMBRE  Lista que se olvida; se puede repetir.  [obligatorio]

Opciones de todos los comandos:
  --json                Imprime JSON en la salida estándar.
"""
    )


TOPICS = sorted(path.name for path in (texts_said.PACKAGE / "cli" / "topics").glob("*.toml"))


@pytest.mark.parametrize("name", TOPICS)
def test_topics_say_the_same_in_both_languages(name: str) -> None:
    folder = texts_said.PACKAGE / "cli" / "topics"
    english, spanish = (
        tomllib.loads(path.read_text(encoding="utf-8"))
        for path in (folder / name, folder / "es" / name)
    )
    assert [*english] == [*spanish]
    assert english["title"] == spanish["title"] or english["summary"] != spanish["summary"]
    for section in english.keys() - {"title", "summary", "examples"}:
        assert keys_of(english[section]) == keys_of(spanish[section]), section
    assert [*english.get("examples", {}).values()] == [*spanish.get("examples", {}).values()]


def keys_of(section: Any) -> Any:
    """The names of a section and the codes each text quotes; of a list how many there are."""
    if isinstance(section, list):
        return len(section)
    return {key: re.findall(r"\{c_\w+\.\w+\}", text) for key, text in section.items()}


def test_topics_are_spanish_to_people_and_english_to_programs(gigstack: Any, spanish: None) -> None:
    assert gigstack("context", "receipts").out.startswith("RECIBOS\nDinero ya cobrado")
    assert gigstack("context", "receipts", "--json").json["title"] == "Receipts"


def test_lists_and_what_they_say_of_the_mirror_are_spanish(
    gigstack: Any, spanish: None, demo: Path
) -> None:
    result = gigstack("invoices", "list", "--limit", "3")
    assert result.out.split()[:4] == ["creado", "uuid", "cliente", "serie"]
    assert re.search(
        r"^Del espejo, sincronizado hace .*; --live pregunta a la API\.$", result.err, re.M
    )
    assert "Hay más: --next " in result.err
    assert {"vigente", "cancelado"} & set(result.out.split())


def test_what_a_change_says_is_spanish(gigstack: Any, spanish: None, demo: Path, key: str) -> None:
    line = "payments refund payment_1 --amount 10 --reason Duplicado"
    assert gigstack(*line.split(), "--dry-run").err == "No se envió nada.\n"
    assert (
        "cambia una cuenta de producción, y no hay a quién preguntar" in gigstack(*line.split()).err
    )


def test_a_shell_is_offered_spanish_help(
    gigstack: Any, spanish: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_GIGSTACK_COMPLETE", "1")
    assert "sync\tPon el espejo al día con la API." in gigstack("sy").out
    assert (
        "--plan\tMuestra lo que costaría una corrida; no baja nada." in gigstack("sync", "--pl").out
    )

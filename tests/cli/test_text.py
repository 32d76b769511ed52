"""Text of strangers on a terminal."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.text import Text

from gigstack_sync.cli.table import plain
from gigstack_sync.cli.text import clean, columns_of, escape, wrapped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Café Ñandú 日本", "Café Ñandú 日本"),
        ("\x1b]0;owned\x07", " ]0;owned "),
        ("a\r\nb\tc", "a  b c"),
        ("total\u202e99", "total 99"),
        ("\x9b31m", " 31m"),
        (7, "7"),
    ],
)
def test_clean(text: object, shown: str) -> None:
    assert clean(text) == shown


def test_clean_keeps_what_is_asked_for() -> None:
    assert clean("a\nb\x1b", keep="\n") == "a\nb "


@given(st.text())
def test_nothing_that_controls_a_terminal_gets_through(text: str) -> None:
    assert not [c for c in clean(text) if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}]


@given(st.text(alphabet=r"\[]/abred "))
@example("\\" * 3)
def test_escaped_text_styles_nothing_and_closes_nothing(text: str) -> None:
    drawn = Text.from_markup(f"[bold]{escape(text)}[/bold]")
    assert {str(span.style) for span in drawn.spans} <= {"bold"}
    assert drawn.plain.replace("\\", "") == text.replace("\\", "")


class Terminal(io.StringIO):
    """A stream that says a person is watching."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_whole_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    assert wrapped("what holds\ninvoices-income today", Terminal()) == (
        "what holds\ninvoices-income\ntoday"
    )
    assert wrapped("invoices and payments", io.StringIO()) == "invoices and payments"


def test_columns_stand_below_each_other_in_any_script() -> None:
    lines = plain(
        ("client", "total"), [("北京", 1), ("e\u0301a", 10), ("abcd", 100)], frozenset({1})
    )
    assert {columns_of(line) for line in lines} == {len("client  total")}

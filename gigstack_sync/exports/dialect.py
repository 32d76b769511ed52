"""How a value is spelled in CSV: exactly for machines, or as Excel in Mexico opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gigstack_sync.exports.question import Field, Question
from gigstack_sync.store.quoting import identifier

if TYPE_CHECKING:
    from collections.abc import Callable

BYTE_ORDER_MARK: Final = "\ufeff"
_RUN_BY_SPREADSHEETS: Final = "('=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠')"
_MANGLED_BY_EXCEL: Final = "'0[0-9]+|[0-9]{12,}|[0-9]+[eE][0-9]+'"
"""Text that Excel would take for a number and change: 01, a long folio, 12E5."""
_FINE: Final = frozenset({"exchange_rate", "rate", "quantity", "unit_price", "equivalence"})
"""Decimals that are no amounts of money and keep their digits."""


def machine_csv(question: Question) -> str:
    """Select for CSV: ISO dates, exact decimals of two digits or more, no formula left to run."""
    return _projected(question, _for_machines, "")


def excel_csv(question: Question) -> str:
    """Select for CSV: dd/mm/yyyy, two decimals, codes kept as text, a byte order mark."""
    return _projected(question, _for_excel, BYTE_ORDER_MARK)


def _projected(question: Question, spell: Callable[[Field], str], mark: str) -> str:
    columns = ", ".join(
        f"{spell(field)} as {identifier((mark if n == 0 else '') + field.heading)}"
        for n, field in enumerate(question.fields)
    )
    return f"select {columns} from (\n{question.sql}\n)"


def headed(question: Question) -> str:
    """Select with the values as they are, under their headings."""
    columns = ", ".join(f"{identifier(f.name)} as {identifier(f.heading)}" for f in question.fields)
    return f"select {columns} from (\n{question.sql}\n)"


def _for_machines(field: Field) -> str:
    name = identifier(field.name)
    if field.kind == "VARCHAR":
        return _harmless(name)
    if field.kind.startswith("DECIMAL"):
        return _exact(name, field.kind)
    if field.kind.startswith("TIMESTAMP"):
        return f"strftime({name}, '%Y-%m-%dT%H:%M:%S')"
    return _nested(name) if _is_nested(field) else name


def _for_excel(field: Field) -> str:
    name = identifier(field.name)
    if field.kind == "VARCHAR":
        return (
            f"case when regexp_full_match({name}, {_MANGLED_BY_EXCEL}) "
            f"then '=\"' || {name} || '\"' else {_harmless(name)} end"
        )
    if field.kind.startswith("DECIMAL"):
        return (
            _exact(name, field.kind) if field.name in _FINE else f"round({name}, 2)" + _two(field)
        )
    if field.kind == "DATE":
        return f"strftime({name}, '%d/%m/%Y')"
    if field.kind.startswith("TIMESTAMP"):
        return f"strftime({name}, '%d/%m/%Y %H:%M:%S')"
    if field.kind == "BOOLEAN":
        return f"case when {name} then 'Sí' when not {name} then 'No' end"
    return _nested(name) if _is_nested(field) else name


def _two(field: Field) -> str:
    width = 38 if "(38" in field.kind else 18
    return f"::decimal({width}, 2)"


def _exact(name: str, kind: str) -> str:
    """Two decimals, more where there are more; without zeros that say nothing."""
    width = 38 if "(38" in kind else 18
    return (
        f"case when {name} = round({name}, 2) "
        f"then cast(cast({name} as decimal({width}, 2)) as varchar) "
        f"else rtrim(cast({name} as varchar), '0') end"
    )


def _harmless(name: str) -> str:
    return (
        f"case when left({name}, 1) in {_RUN_BY_SPREADSHEETS} then '''' || {name} else {name} end"
    )


def _is_nested(field: Field) -> bool:
    return field.kind.endswith("]") or field.kind.startswith(("STRUCT", "MAP"))


def _nested(name: str) -> str:
    return f"cast(to_json({name}) as varchar)"

"""`gigstack catalog`: SAT's codes and what they mean, without a network."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Any

import typer

from gigstack_sync.cli.language import heads
from gigstack_sync.cli.operations_codes import entries, labels_of
from gigstack_sync.cli.period import exact_json
from gigstack_sync.cli.published import asking_ours, open_published
from gigstack_sync.cli.session import Session, session_of
from gigstack_sync.cli.table import show_table
from gigstack_sync.errors import UsageError
from gigstack_sync.reports import Row, ask

ALIASES = {
    "forma": "c_FormaPago",
    "payment_form": "c_FormaPago",
    "metodo": "c_MetodoPago",
    "payment_method": "c_MetodoPago",
    "uso": "c_UsoCFDI",
    "use": "c_UsoCFDI",
    "regimen": "c_RegimenFiscal",
    "tax_system": "c_RegimenFiscal",
    "relacion": "c_TipoRelacion",
    "relationship": "c_TipoRelacion",
    "motivo": "c_MotivoCancelacion",
    "cancellation_motive": "c_MotivoCancelacion",
    "moneda": "c_Moneda",
    "currency": "c_Moneda",
    "objeto": "c_ObjetoImp",
    "taxability": "c_ObjetoImp",
    "tipo": "c_TipoDeComprobante",
    "invoice_type": "c_TipoDeComprobante",
}
"""Names people and columns use → SAT's name of the catalogue."""


def _known_names(args: list[str]) -> list[str]:
    return [*dict.fromkeys(each["catalog"] for each in entries()), *ALIASES]


def _known_codes(args: list[str]) -> dict[str, str]:
    return labels_of(ALIASES.get(args[-1], args[-1])) if args else {}


def catalog(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="c_FormaPago, or a word such as forma.",
            autocompletion=_known_names,
        ),
    ] = None,
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE",
            help="One code; one nobody knows is marked.",
            autocompletion=_known_codes,
        ),
    ] = None,
) -> None:
    """List SAT's catalogues, the codes of one, or what one code means.

    $ gigstack catalog
    $ gigstack catalog c_FormaPago
    $ gigstack catalog uso G03
    """
    session = session_of(context)
    settings = session.settings
    with open_published(settings) as reader, asking_ours(settings.db.value):
        con = reader.connection
        names = [row["catalog"] for row in ask(con, "select distinct catalog from catalogs")]
        if name is None:
            sql = "select catalog, count(*) as codes from catalogs group by all order by all"
            _show(session, ask(con, sql))
            return
        chosen = _named(name, names)
        if code is None:
            _show(session, ask(con, f"{_CODES} where catalog = ? order by code", [chosen]))
        else:
            _show(session, [_one(con, chosen, code)])


_CODES = "select code, label, valid_from, valid_to from catalogs"


def _named(name: str, names: list[str]) -> str:
    wanted = ALIASES.get(name.lower(), name).lower()
    for known in names:
        if wanted in (known.lower(), known.lower().partition("_")[2]):
            return known
    close = get_close_matches(name, [*names, *ALIASES], n=1)
    hint = f"Did you mean: gigstack catalog {close[0]}" if close else "All: gigstack catalog"
    raise UsageError(f"There is no catalogue {name!r}.", hint=hint)


def _one(con: Any, catalog_name: str, code: str) -> Row:
    found = ask(con, f"{_CODES} where catalog = ? and upper(code) = upper(?)", [catalog_name, code])
    if found:
        return found[0]
    (unknown,) = ask(con, "select ? as code, label(?, ?) as label", [code, catalog_name, code])
    return unknown | {"valid_from": None, "valid_to": None}


def _show(session: Session, rows: list[Row]) -> None:
    if session.json:
        print(exact_json(rows))
    else:
        names = list(rows[0])
        show_table(session, _titles(rows), [list(row.values()) for row in rows], _numbers(names))


def _titles(rows: list[Row]) -> tuple[str, ...]:
    if "codes" in rows[0]:
        return heads("catalog", "codes")
    return heads("code", "label", "valid_from", "valid_to")


def _numbers(names: list[str]) -> frozenset[int]:
    return frozenset(n for n, name in enumerate(names) if name == "codes")

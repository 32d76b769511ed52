"""The accountant's monthly workbook: what was issued, received, collected and is owed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.exports.headings import spanish
from gigstack_sync.exports.question import Field
from gigstack_sync.exports.workbook import Totals, book
from gigstack_sync.reports import ask, ask_one
from gigstack_sync.store.quoting import identifier

if TYPE_CHECKING:
    from gigstack_sync.exports.workbook import Book
    from gigstack_sync.store.reading import Reader


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook: the view behind it, its order, and what to know about it."""

    name: str
    view: str
    order: str
    condition: str = "true"
    note: str | Callable[[Reader], tuple[str, str]] = ""
    """Below the rows; asked where the mirror changes it: with rows, and of an empty sheet."""
    has_totals: bool = False
    """Only where all rows are of one kind: E is no income, and a cancelled CFDI is nothing."""


def _told_by_sat(reader: Reader) -> tuple[str, str]:
    """Whether nothing differs, or nobody can tell since SAT's records are not of this period."""
    seen = ask_one(
        reader.connection,
        "select max(sat_from) as first, min(sat_to) as last, coalesce(bool_and("
        "coalesce(sat_from <= cut.to_on and sat_to >= cut.from_on, false)), false) as is_seen "
        "from conciliation_coverage as coverage cross join cut where direction = 'issued' "
        "and (cut.team_id is null or coverage.team_id = cut.team_id)",
    )
    if not seen["is_seen"]:
        return ("No hay descarga del SAT de este periodo: sin ella no se puede saber.",) * 2
    source = f"según los registros del SAT del {seen['first']} al {seen['last']}."
    return f"Diferencias entre gigstack y el SAT, {source}", f"Sin diferencias, {source}"


def _told_by_checks(reader: Reader) -> tuple[str, str]:
    """Of which days the findings are, and when they were known."""
    cut = ask_one(reader.connection, "cut")
    of = f"en documentos del {cut['from_on']} al {cut['to_on']}, con corte al {cut['as_of']}."
    return f"Lo hallado {of}", f"Nada hallado {of}"


SHEETS: Final = (
    Sheet("CFDI emitidos", "accountant_issued", "issued_on, series, folio_number, uuid_fiscal"),
    Sheet(
        "CFDI recibidos",
        "accountant_sat",
        "issued_at, uuid_fiscal",
        "direction = 'Recibido'",
        "Según la descarga masiva del SAT; sin ella la hoja queda vacía.",
    ),
    Sheet(
        "Pagos (REP)",
        "accountant_complements",
        "paid_on, complement_uuid, invoice_uuid, instalment",
        note="El monto de un pago se repite en cada documento que paga.",
        has_totals=True,
    ),
    Sheet("Conceptos", "accountant_items", "issued_on, uuid_fiscal, position"),
    Sheet(
        "Impuestos facturados",
        "accountant_taxes",
        "invoice_type desc, payment_method, tax, rate, currency",
        note="Según lo facturado. El IVA se causa al cobro (LIVA 1-B): de PPD, según los REP.",
    ),
    Sheet(
        "Cobranza",
        "accountant_balances",
        "currency, days_overdue desc, client_name, folio_number",
        note="Saldos al corte.",
        has_totals=True,
    ),
    Sheet(
        "Estado de cuenta",
        "accountant_statement",
        "client_name, client_rfc, currency, line",
        note="Por cliente y moneda; el saldo es el de la línea.",
    ),
    Sheet(
        "Conciliación SAT",
        "conciliation_sat",
        "code, dated_on, uuid_fiscal",
        "within_period(dated_on, (select from_on from cut), (select to_on from cut))",
        _told_by_sat,
    ),
    Sheet(
        "Alertas",
        "conciliation_findings",
        "code, dated_on, uuid_fiscal",
        note=_told_by_checks,
    ),
)
"""Sheets in their order; one whose view this file does not have is left out."""


def write_package(reader: Reader, target: Path) -> dict[str, int]:
    """Write the workbook for the period of the cut; sheet → rows."""
    written: dict[str, Totals] = {}
    with book(target) as made:
        for sheet in SHEETS:
            fields = _fields(reader, sheet.view)
            if fields:
                written[sheet.name] = _fill(reader, made, sheet, fields)
        made.facts("Resumen", [*_issued(reader), *_summary(written)], (24, 16, 12, 24, 18))
    return {name: totals.rows for name, totals in written.items()}


def _fields(reader: Reader, view: str) -> list[Field]:
    rows = reader.connection.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = 'main' "
        "and database_name = current_database() and not internal and table_name = ? "
        "order by column_index",
        [view],
    ).fetchall()
    return [Field(name, spanish(name), kind) for name, kind in rows]


def _fill(reader: Reader, made: Book, sheet: Sheet, fields: list[Field]) -> Totals:
    names = ", ".join(identifier(field.name) for field in fields)
    notes = (sheet.note, sheet.note) if isinstance(sheet.note, str) else sheet.note(reader)
    answer = reader.ask(
        f"select {names} from {identifier(sheet.view)} "
        f"where {sheet.condition} order by {sheet.order}"
    )
    rows = (row for batch in answer.batches for row in batch)
    first = list(islice(rows, 1))
    note = notes[0] if first else notes[1]
    return made.sheet(sheet.name, fields, chain(first, rows), note, has_totals=sheet.has_totals)


def _issued(reader: Reader) -> list[list[Any]]:
    """Period, and what was issued by type, state and currency."""
    cut = ask_one(reader.connection, "cut")
    rows = ask(
        reader.connection,
        "select invoice_type, label('c_TipoDeComprobante', invoice_type) as kind, "
        "gigstack_status, currency, count(*) as documents, sum(total) as amount "
        "from accountant_issued group by all order by all",
    )
    return [
        ["Concepto", "Estado", "Moneda", "Renglones", "Suma"],
        ["Periodo", str(cut["from_on"]), "a", str(cut["to_on"]), None],
        ["Saldos al", str(cut["as_of"]), None, None, None],
        *(
            [row["kind"], row["gigstack_status"], row["currency"], row["documents"], row["amount"]]
            for row in rows
        ),
    ]


def _summary(written: dict[str, Totals]) -> list[list[Any]]:
    """Each sheet's rows, and its totals per currency where it has any."""
    rows: list[list[Any]] = []
    for name, totals in written.items():
        rows.append([f"Hoja {name}", None, None, totals.rows, None])
        rows += [
            [None, spanish(column), currency, None, amount]
            for currency, sums in sorted(totals.sums.items())
            for column, amount in zip(totals.columns, sums, strict=True)
            if amount
        ]
    return rows

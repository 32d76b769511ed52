"""XLSX: typed cells, a frozen header with filters, totals apart; rows pass through one by one.

Amounts go in as Decimal: XlsxWriter then writes their own digits, not those of a float.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xlsxwriter.format import Format as CellFormat
    from xlsxwriter.worksheet import Worksheet

    from gigstack_sync.exports.question import Field

MOST_ROWS: Final = 1_048_576 - 100
"""What a sheet holds, less room for the header and the totals."""
LONGEST_TEXT: Final = 32_767
_FINE: Final = (
    "exchange_rate",
    "payment_exchange_rate",
    "rate",
    "quantity",
    "unit_price",
    "equivalence",
)
"""Decimals that are no amounts: shown with all their digits."""
_NO_SUM: Final = (*_FINE, "payment_amount", "previous_balance", "remaining")
"""Not added up: repeated in several rows, or a state and not a movement."""
_WIDTHS: Final = {"DATE": 11, "TIMESTAMP": 18, "BOOLEAN": 9, "BIGINT": 10, "INTEGER": 10}


@dataclass
class Totals:
    """Sums of a sheet's amounts per currency, exact; rows without a currency under ''."""

    columns: tuple[str, ...] = ()
    sums: dict[str, list[Decimal]] = field(default_factory=dict)
    rows: int = 0


class Book:
    """An open workbook; sheets are written one after the other."""

    def __init__(self, path: Path, spool: str) -> None:
        from xlsxwriter import Workbook

        options = {
            "constant_memory": True,
            "tmpdir": spool,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "dd/mm/yyyy",
        }
        self._book = Workbook(str(path), options)
        self._formats = {
            "heading": self._format(bold=True, bg_color="#DDE8F0", text_wrap=True, valign="top"),
            "bold": self._format(bold=True),
            "date": self._format(num_format="dd/mm/yyyy"),
            "moment": self._format(num_format="dd/mm/yyyy hh:mm:ss"),
            "money": self._format(num_format="#,##0.00"),
            "fine": self._format(num_format="0.00####"),
            "text": self._format(num_format="@"),
            "total": self._format(num_format="#,##0.00", bold=True, top=1),
        }

    def _format(self, **how: Any) -> CellFormat:
        return self._book.add_format(how)

    def sheet(
        self,
        name: str,
        fields: Sequence[Field],
        rows: Iterable[Sequence[Any]],
        note: str = "",
        *,
        has_totals: bool = True,
    ) -> Totals:
        """Write a sheet and its totals per currency below; UsageError past Excel's rows."""
        sheet = self._book.add_worksheet(name)
        self._head(sheet, fields)
        writers = [_writer(sheet, each, self._formats) for each in fields]
        totals = _Sums(fields if has_totals else ())
        number = 0
        for number, row in enumerate(rows, start=1):
            if number > MOST_ROWS:
                raise UsageError(
                    f"Excel holds {MOST_ROWS:,} rows a sheet, and there are more.",
                    hint="Take a part with --from and --to, or write --format csv or parquet.",
                )
            for column, (write, value) in enumerate(zip(writers, row, strict=True)):
                if value is not None:
                    write(number, column, value)
            totals.add(row)
        sheet.autofilter(0, 0, max(number, 1), len(fields) - 1)
        self._foot(sheet, totals, number + 2, note)
        return totals.result(number)

    def _head(self, sheet: Worksheet, fields: Sequence[Field]) -> None:
        for column, each in enumerate(fields):
            sheet.set_column(column, column, _width(each))
        sheet.freeze_panes(1, 0)
        for column, each in enumerate(fields):
            sheet.write_string(0, column, each.heading, self._formats["heading"])

    def _foot(self, sheet: Worksheet, sums: _Sums, row: int, note: str) -> None:
        """Totals below an empty row, so that filters and pivots leave them alone."""
        for currency, amounts in sorted(sums.by_currency.items()):
            if 0 not in sums.places:
                sheet.write_string(row, 0, f"Total {currency}".strip(), self._formats["bold"])
            for place, amount in zip(sums.places, amounts, strict=True):
                sheet.write_number(row, place, amount, self._formats["total"])
            row += 1
        if note:
            sheet.write_string(row + 1, 0, note)

    def facts(self, name: str, rows: Sequence[Sequence[Any]], widths: Sequence[int]) -> None:
        """Write a plain sheet: text and amounts, the first row as heading."""
        sheet = self._book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, Decimal):
                    sheet.write_number(number, column, value, self._formats["money"])
                elif isinstance(value, int):
                    sheet.write_number(number, column, value)
                elif value is not None:
                    bold = self._formats["heading"] if number == 0 else None
                    sheet.write_string(number, column, str(value), bold)

    def abandon(self) -> None:
        """Let go of the rows spooled so far; the file is not written."""
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()

    def close(self) -> None:
        """Put the parts together; OSError when the disk is full."""
        from xlsxwriter.exceptions import FileCreateError

        try:
            self._book.close()
        except FileCreateError as error:
            raise OSError(str(error)) from error


@contextmanager
def book(path: Path) -> Iterator[Book]:
    """A workbook at `path`, complete when the block ends; what a failure leaves is removed."""
    with TemporaryDirectory(prefix=".gigstack-", dir=path.parent) as spool:
        made = Book(path, spool)
        try:
            yield made
        except BaseException:
            made.abandon()
            raise
        made.close()


class _Sums:
    """Adds up the amounts of rows as they pass, per currency and never across."""

    def __init__(self, fields: Sequence[Field]) -> None:
        names = [each.name for each in fields]
        self._currency = names.index("currency") if "currency" in names else None
        self.places = (
            [n for n, each in enumerate(fields) if _is_amount(each)]
            if self._currency is not None
            else []
        )
        self._columns = tuple(names[n] for n in self.places)
        self.by_currency: dict[str, list[Decimal]] = defaultdict(self._zeros)

    def _zeros(self) -> list[Decimal]:
        return [Decimal()] * len(self.places)

    def add(self, row: Sequence[Any]) -> None:
        """Take one row into account."""
        if self._currency is None:
            return
        sums = self.by_currency[row[self._currency] or ""]
        for n, place in enumerate(self.places):
            if row[place] is not None:
                sums[n] += row[place]

    def result(self, rows: int) -> Totals:
        """The sums so far."""
        return Totals(self._columns, dict(self.by_currency), rows)


def _is_amount(each: Field) -> bool:
    return each.kind.startswith("DECIMAL") and each.name not in _NO_SUM


def _width(each: Field) -> int:
    if each.kind.startswith("DECIMAL"):
        return 15
    if "uuid" in each.name:
        return 38
    if "name" in each.name or each.name == "description":
        return 40
    return _WIDTHS.get(each.kind, 14)


def _writer(sheet: Worksheet, each: Field, formats: dict[str, CellFormat]) -> Any:
    """How cells of this column are written: (row, column, value)."""
    kind = each.kind
    if kind.startswith("DECIMAL"):
        style = formats["fine" if each.name in _FINE else "money"]
        return lambda row, column, value: sheet.write_number(row, column, value, style)
    if kind in ("BIGINT", "INTEGER", "HUGEINT", "DOUBLE"):
        return sheet.write_number
    if kind == "BOOLEAN":
        return lambda row, column, value: sheet.write_string(row, column, "Sí" if value else "No")
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        style = formats["date" if kind == "DATE" else "moment"]
        return lambda row, column, value: _write_day(sheet, row, column, value, style)
    return lambda row, column, value: sheet.write_string(
        row, column, str(value)[:LONGEST_TEXT], formats["text"]
    )


def _write_day(
    sheet: Worksheet, row: int, column: int, value: date | datetime, style: CellFormat
) -> None:
    """A date cell; as text before 1900, which Excel's calendar does not reach."""
    if value.year < 1900:
        sheet.write_string(row, column, value.isoformat())
    else:
        sheet.write_datetime(row, column, value, style)

"""The conciliation as lines of text, which fit 80 columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.cli.language import heads, marked, spoken, told, tr
from gigstack_sync.cli.session import Session
from gigstack_sync.cli.table import fitted, plain
from gigstack_sync.cli.text import clean

if TYPE_CHECKING:
    from gigstack_sync.reports import Row

SHOWN: Final = 40
"""Rows of detail a terminal gets; a pipe and --json get all."""
WIDTH: Final = 80
STATES: Final = ("found", "pending", "undecided")
"""What a row of a check may be, in the order they are shown."""


def month_lines(rows: list[Row]) -> list[str]:
    """A line per month and currency, then the sums; without cents where they do not fit."""
    if not rows:
        return [tr("There is nothing in this period.")]
    lines = _months(rows, _money)
    if max(map(len, lines)) > WIDTH:
        lines = [*_months(rows, _whole), "", tr("Rounded to whole units; --json has the cents.")]
    if unknown := sum(r["unknown"] for r in rows):
        text = marked("Of {count} invoices the balance on that day cannot be known.")
        lines += ["", tr(text, count=f"{unknown:,}")]
    if odd := sum(1 for r in rows if r["difference"]):
        text = marked("In {count} rows gigstack's balance is not what its documents say (--json).")
        lines += ["", tr(text, count=odd)]
    return lines


def _months(rows: list[Row], written: Callable[[Any], str]) -> list[str]:
    columns = heads("month", "", "invoiced", "credited", "collected", "with REP", "owed")
    names = ("invoiced", "credited", "collected", "collected_with_rep", "outstanding")
    table = [
        (f"{r['month']:%Y-%m}", r["currency"], *(written(r[name]) for name in names)) for r in rows
    ]
    sums = []
    for currency in dict.fromkeys(r["currency"] for r in rows):
        some = [r for r in rows if r["currency"] == currency]
        sums.append((tr("all"), currency, *(written(_sum(r[n] for r in some)) for n in names)))
    lines = plain(columns, [*table, *sums], frozenset(range(2, 7)))
    lines.insert(len(table) + 1, "")
    return lines


_SEVERITIES: Final = {
    "critica": marked("critical"),
    "alta": marked("high"),
    "media": marked("medium"),
    "baja": marked("low"),
}


def check_lines(rows: list[Row]) -> list[str]:
    """A line per check and currency with differences, then what the others came to."""
    table = [
        (
            r["code"],
            tr(_SEVERITIES[r["severity"]]),
            r["title_es"] if spoken() == "es" else r["title"],
            _count(r["findings"]) if r["outcome"] != "needs" else "",
            _money(r["amount"]) if r["currency"] not in (None, "XXX") else "",
            r["currency"] if r["currency"] != "XXX" else "",
        )
        for r in rows
        if r["findings"]
    ]
    columns = heads("", "", "differences", "", "amount", "")
    lines = plain(columns, table, frozenset((3, 4))) if table else []
    shown = {r["code"] for r in rows if r["findings"]}
    return [*lines, *_rest_lines([r for r in rows if r["code"] not in shown], rows)]


def _rest_lines(silent: list[Row], rows: list[Row]) -> list[str]:
    lines = []
    if clear := [r["code"] for r in silent if r["outcome"] == "clear"]:
        lines.append(tr("Nothing found: {codes}.", codes=", ".join(clear)))
    for label in ("pending", "undecided"):
        counts = {r["code"]: 0 for r in rows if r[label]}
        for row in rows:
            counts[row["code"]] = counts.get(row["code"], 0) + row[label]
        some = ", ".join(f"{code} {count:,}" for code, count in sorted(counts.items()) if count)
        if some and label == "pending":
            lines.append(tr("Still in time: {codes}.", codes=some))
        elif some:
            lines.append(tr("Cannot be told: {codes}.", codes=some))
    for need in dict.fromkeys(r["needs"] for r in silent if r["outcome"] == "needs"):
        codes = [r["code"] for r in silent if r["outcome"] == "needs" and r["needs"] == need]
        text = marked("Not decided, needs {need}: {codes}.")
        lines.append(tr(text, need=told(need), codes=", ".join(codes)))
    return ["", *lines] if len(rows) > len(silent) else lines


def matrix_lines(rows: list[Row]) -> list[str]:
    """A line per pair of states, type and currency."""
    if not rows:
        return [tr("No CFDI issued in this period.")]
    columns = heads("in gigstack", "at SAT", "type", "CFDI", "total", "")
    table = [
        (
            told(r["gigstack_status"]),
            told(r["sat_status"]),
            r["invoice_type"],
            _count(r["cfdis"]),
            "" if r["currency"] == "XXX" else _money(r["amount"]),
            "" if r["currency"] == "XXX" else r["currency"],
        )
        for r in rows
    ]
    return plain(columns, table, frozenset((3, 4)))


def coverage_lines(rows: list[Row]) -> list[str]:
    """Which days SAT's records cover, of which company where there are several."""
    several = len({r["team_id"] for r in rows}) > 1
    who = [f"{clean(r['team_id'])}, " if several else "" for r in rows]
    lines = []
    for name, r in zip(who, rows, strict=True):
        what = f"SAT, {name}{told(clean(r['direction']))}"
        if not (r["sat_records"] and r["sat_seen_at"]):
            lines.append(tr("{what}: no records in this mirror.", what=what))
            continue
        days = {"first": r["sat_from"], "last": r["sat_to"], "seen": f"{r['sat_seen_at']:%Y-%m-%d}"}
        text = marked("{what}: {count} CFDI of {first} to {last}, seen {seen}.")
        lines.append(tr(text, what=what, count=f"{r['sat_records']:,}", **days))
    return lines or [tr("No records of SAT in this mirror.")]


def movement_lines(session: Session, rows: list[Row]) -> list[str]:
    """The rows behind a figure, and their sum."""
    table = [
        (r["dated_on"], told(r["record_type"]), r["record_id"], r["currency"], _money(r["amount"]))
        for r in rows
    ]
    columns = heads("day", "type", "record", "", "amount")
    return [*_short(session, columns, table, frozenset((4,))), *_sum_lines(rows)]


def evidence_lines(session: Session, rows: list[Row]) -> list[str]:
    """The rows behind a check by state, each with their sum."""
    lines: list[str] = []
    for state in STATES:
        some = [r for r in rows if r["state"] == state]
        if not some:
            continue
        table = [
            (r["dated_on"], _record(r), _money(r["amount"]), r["currency"], _who(r)) for r in some
        ]
        columns = (*heads("day"), *_record_head(state), *heads("amount", "", "what"))
        lines += [*_short(session, columns, table, frozenset((2,))), *_sum_lines(some), ""]
    return lines[:-1] or [tr("No rows.")]


def _record_head(state: str) -> tuple[str, ...]:
    if state == "found":
        return heads("found: record")
    return heads("pending: record") if state == "pending" else heads("undecided: record")


def change_lines(session: Session, day: Any, rows: list[Row]) -> list[str]:
    """What changed, and what it did to closed months."""
    if not rows:
        return [tr("Nothing changed since {day}.", day=day)]
    table = [
        (
            f"{r['month']:%Y-%m}" if r["month"] else "",
            tr("closed") if r["is_closed"] else tr("open"),
            r["source"],
            told(r["record_type"]),
            f"{told(r['status_before'] or '-')} > {told(r['status_after'] or 'gone')}"
            if r["change"] in ("status", "gone")
            else told(r["change"]),
            _money(r["effect"]),
            "" if r["currency"] == "XXX" else r["currency"],
            r["record_id"],
        )
        for r in rows
    ]
    columns = heads("month", "", "source", "type", "change", "effect", "", "record")
    lines = _with_ids_below(columns, table) if session.draws else []
    return [*(lines or _short(session, columns, table, frozenset((5,)))), "", *_effects(rows)]


def _with_ids_below(columns: Sequence[str], rows: list[Any]) -> list[str]:
    """Each row, and its id in a line of its own; nothing where all fits in a line, or neither."""
    from shutil import get_terminal_size

    width, shown = get_terminal_size().columns, rows[:SHOWN]
    titles, *lines = plain(columns[:-1], [row[:-1] for row in shown], frozenset((5,)))
    whole = max(map(len, plain(columns, shown, frozenset((5,)))))
    if whole <= width or max(map(len, lines)) > width:
        return []
    drawn = [
        titles,
        *(part for n, line in enumerate(lines) for part in (line, f"  {shown[n][-1]}")),
    ]
    if len(shown) < len(rows):
        drawn.append(_rest(len(rows) - len(shown)))
    return drawn


def _effects(rows: list[Row]) -> list[str]:
    """Per month, source and currency what the changes of closed months come to."""
    sums: dict[tuple[Any, ...], Any] = {}
    for r in rows:
        if r["is_closed"] and r["effect"]:
            key = (f"{r['month']:%Y-%m}", r["source"], r["record_type"], r["currency"])
            sums[key] = sums.get(key, 0) + r["effect"]
    if not sums:
        return [tr("No closed month was affected.")]
    table = [(*map(told, key), _money(amount)) for key, amount in sorted(sums.items())]
    return plain(heads("closed month", "source", "type", "", "effect"), table, frozenset((4,)))


def _short(
    session: Session, columns: Sequence[str], rows: list[Any], right: frozenset[int]
) -> list[str]:
    """The table; on a terminal its beginning and how many rows follow."""
    shown = rows[:SHOWN] if session.draws else rows
    lines = (fitted if session.draws else plain)(columns, shown, right)
    if len(shown) < len(rows):
        lines.append(_rest(len(rows) - len(shown)))
    return lines


def _rest(count: int) -> str:
    return tr("… and {count} more; all of them: --json", count=f"{count:,}")


def _sum_lines(rows: list[Row]) -> list[str]:
    lines = []
    for currency in dict.fromkeys(r["currency"] for r in rows):
        some = [r for r in rows if r["currency"] == currency]
        amount = sum(r["amount"] or 0 for r in some)
        money = "" if currency == "XXX" else f", {_money(amount)} {clean(currency)}"
        lines.append(tr("= {count} rows{amount}", count=f"{len(some):,}", amount=money))
    return lines


def _record(row: Row) -> str:
    return row["payment_id"] or row["invoice_id"] or row["uuid_fiscal"] or row["related_id"] or ""


def _who(row: Row) -> str:
    return ", ".join(part for part in (told(row["note"] or ""), row["client_name"]) if part)


def _sum(amounts: Iterable[Any]) -> Any:
    """None where one of them is not known."""
    every = list(amounts)
    return None if None in every else sum(every)


def _money(amount: Any) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _whole(amount: Any) -> str:
    return "" if amount is None else f"{amount:,.0f}"


def _count(number: int) -> str:
    return f"{number:,}"

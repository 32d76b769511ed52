"""`gigstack status`: the business at a glance, from the mirror and over all of its rows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final

import typer

from gigstack_sync.cli.language import marked, told, tr
from gigstack_sync.cli.period import AsOf, FromDay, Report, ToDay, report_session
from gigstack_sync.cli.text import clean

WIDTH: Final = 78
_BAR: Final = 14
_AGES: Final = {
    "current": marked("issued 0-15 d ago"),
    "d30": marked("issued 16-30 d ago"),
    "d60": marked("issued 31-60 d ago"),
    "d90": marked("issued 61-90 d ago"),
    "over90": marked("issued over 90 d ago"),
}


def status(
    context: typer.Context, from_: FromDay = None, to: ToDay = None, as_of: AsOf = None
) -> None:
    """Show invoices, payments, receipts, what is owed and how it ties out, per currency.

    Without dates it is over all records; with dates, over the documents of that period. What is
    owed is as of the last sync, or of --as-of, by days since issue. Collected is what was received
    less what was given back of it. Currencies are never added together.

    $ gigstack status
    $ gigstack status --from 2026-10 --to 2026-10
    $ gigstack status --as-of 2026-09-30 --json
    """
    from gigstack_sync.reports import beside
    from gigstack_sync.reports.status import status as ask_status

    with report_session(context, from_, to, as_of) as report:
        found = ask_status(report.con, beside) | {"mirror": mirror_facts(report)}
    if report.session.json:
        report.emit(found)
    else:
        print(*_lines(found, has_bars=report.session.draws), sep="\n")


def mirror_facts(report: Report) -> dict[str, Any]:
    """How true the mirror is: as of when, how old, and what it has yet to look at."""
    from gigstack_sync.store.ledger import Ledger
    from gigstack_sync.sync.windows import Span, Window, due, gaps

    ledger, never, late, now = Ledger(report.con), 0, 0, int(time.time())
    for team, stream in ledger.known():
        windows = [Window(*row) for row in ledger.windows(team, stream)]
        never += len(gaps(windows, Span(0, max(window.end for window in windows))))
        late += len(due(windows, now))
    return {
        "as_of": report.looked_at,
        "age_seconds": None if report.age is None else int(report.age.total_seconds()),
        "pending_windows": never,
        "due_windows": late,
        "file": str(report.session.settings.db.value),
    }


def _lines(found: dict[str, Any], *, has_bars: bool) -> Iterator[str]:
    yield from _title(found)
    for currency, section in found["currencies"].items():
        yield ""
        yield from _section(currency, section, has_bars=has_bars)
    if any(name != "MXN" for name in found["currencies"]):
        yield ""
        yield from _pesos(found["mxn"])
    if not found["currencies"]:
        yield ""
        yield tr("There is nothing in this period.")
    for note in found["notes"]:
        yield "\n" + tr("Note: {note}", note=told(note))


def _title(found: dict[str, Any]) -> Iterator[str]:
    team = " · ".join(clean(value) for value in found["team"].values())
    if team:
        yield team
    period = found["period"]
    asked = told(period["note"]) if period.get("note") else span_text(period["from"], period["to"])
    owed = tr("Owed as of {day}.", day=found["as_of"] or tr("never"))
    yield f"{tr('Period: {period}.', period=asked)} {owed} {_mirror(found['mirror'])}"


def span_text(first: Any, last: Any) -> str:
    """A period from its first day, or from the beginning, to its last."""
    if first:
        return tr("{first} to {last}", first=first, last=last)
    return tr("the beginning to {last}", last=last)


def _mirror(facts: dict[str, Any]) -> str:
    age = facts["age_seconds"]
    if age is None:
        return tr("Never synced.")
    size = next(((s, u) for s, u in ((86_400, "d"), (3_600, "h"), (60, "min")) if age >= s), None)
    old = f"{age // size[0]} {size[1]}" if size else f"{age} s"
    if pending := facts["pending_windows"]:
        return tr("Mirror: {age} old, {count} windows to fetch.", age=old, count=pending)
    return tr("Mirror: {age} old.", age=old)


def _section(currency: str, section: dict[str, Any], *, has_bars: bool) -> Iterator[str]:
    invoices, payments, receipts = (section[part] for part in ("invoices", "payments", "receipts"))
    yield _heading(clean(currency) or tr("without currency"))
    yield _line(tr("Invoices in force"), invoices["valid"], invoices["total_amount"])
    yield _line(tr("  PUE"), invoices["pue"]["count"], invoices["pue"]["total"])
    yield _line(tr("  PPD"), invoices["ppd"]["count"], invoices["ppd"]["total"])
    yield _line(tr("  cancelled"), invoices["cancelled"], invoices["cancelled_amount"])
    yield _line(tr("Credit notes"), None, section["conciliation"]["credited"])
    yield _line(tr("Payments received"), payments["succeeded"], payments["succeeded_amount"])
    given_back = payments["refunded_in_part_amount"]
    yield _line(tr("  less part refunds"), payments["refunded_in_part"], -given_back)
    yield _line(tr("  collected"), None, payments["collected_amount"])
    yield _line(tr("  pending"), payments["pending"], payments["pending_amount"])
    yield _line(tr("  refunded in full"), payments["refunded"], payments["refunded_amount"])
    yield _line(tr("  failed or cancelled"), payments["failed"])
    yield _line(tr("Receipts"), receipts["total"], receipts["total_amount"])
    yield _line(tr("  pending"), receipts["pending"], receipts["pending_amount"])
    yield from _owed(section["cobranza"], has_bars=has_bars)
    tied = section["conciliation"]
    yield _line(tr("Collected less invoiced"), None, tied["difference"])


def _owed(owed: dict[str, Any], *, has_bars: bool) -> Iterator[str]:
    yield _line(tr("Cobranza (PPD)"), owed["ppd_pending"], owed["pending_amount"])
    most = max(bucket["amount"] for bucket in owed["aging"].values())
    for age, label in _AGES.items():
        bucket = owed["aging"][age]
        bar = _bar(bucket["amount"], most) if has_bars else ""
        yield _line(f"  {tr(label)}", bucket["count"], bucket["amount"], bar)
    yield _line(tr("  past their due date"), owed["overdue"]["count"], owed["overdue"]["amount"])
    if owed["unknown"]:
        yield _line(tr("  balance not known"), owed["unknown"])
    if owed["divergent"]:
        yield _line(tr("  balances differ"), owed["divergent"])


def _pesos(mxn: dict[str, Any]) -> Iterator[str]:
    yield _heading(tr("All of it in MXN, each document at its own rate"))
    for label, key in (
        (tr("Invoices in force"), "invoiced"),
        (tr("Payments collected"), "collected"),
        (tr("Receipts"), "receipts"),
        (tr("Cobranza (PPD)"), "open"),
    ):
        yield _line(label, None, mxn[key])
    if mxn["without_rate"]:
        yield _line(tr("Left out, without a rate"), mxn["without_rate"])


def _heading(text: str) -> str:
    return f"{text}\n{'-' * min(len(text), WIDTH)}"


def _line(label: str, count: int | None, amount: Any = None, bar: str = "") -> str:
    number = "" if count is None else f"{count:,}"
    money = "" if amount is None else f"{amount:,.2f}"
    return f"{label:<24}{number:>11}{money:>24}  {bar}".rstrip()


def _bar(amount: Any, most: Any) -> str:
    """A bar as long as its share of the longest, in eighths of a cell."""
    eighths = int(amount * _BAR * 8 / most) if most > 0 and amount > 0 else 0
    full, rest = divmod(eighths, 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")

"""How cobranza looks on a terminal: bars, one line per client, and plain tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.cli.language import heads, marked, told, tr
from gigstack_sync.cli.session import Session
from gigstack_sync.cli.status import span_text
from gigstack_sync.cli.table import show_table
from gigstack_sync.cli.text import clean, columns_of
from gigstack_sync.reports.cobranza import owed_and_in_favour

if TYPE_CHECKING:
    from gigstack_sync.reports import Row
    from gigstack_sync.reports.cobranza import Preset

WIDTH: Final = 79
BAR: Final = 22
NAME: Final = 19


def aging_lines(
    found: dict[str, Any], preset: Preset, top: int, *, has_bars: bool, is_part: bool = False
) -> Iterator[str]:
    """The whole report as lines of at most 79 columns; amounts per client in whole units."""
    yield tr(_SINCE[preset.since], day=found["as_of"])
    for currency, section in found["currencies"].items():
        yield ""
        yield from _currency(clean(currency) or tr("without currency"), section, has_bars=has_bars)
        yield from _clients(section["clients"], found["buckets"], top)
    if not found["currencies"]:
        nothing = tr("Nothing is owed of what was asked for.")
        yield nothing if is_part else tr("Nobody owes anything.")


_SINCE: Final = {
    "due date": marked("Owed as of {day}, by days since the due date."),
    "issue date": marked("Owed as of {day}, by days since the issue date."),
}


def _currency(name: str, section: dict[str, Any], *, has_bars: bool) -> Iterator[str]:
    count = f"{section['invoices']:,}"
    title = tr(
        "{currency} {amount} in {count} invoices",
        currency=name,
        amount=money(section["balance"]),
        count=count,
    )
    yield title
    yield "-" * min(len(title), WIDTH)
    most = max(bucket["amount"] for bucket in section["buckets"])
    for bucket in section["buckets"]:
        drawn = bar(bucket["amount"], most) if has_bars else ""
        yield _line(bucket_text(bucket["bucket"]), bucket["count"], bucket["amount"], drawn)
    for kind, amount in section["in_favour_by"].items():
        yield _line(tr(_FAVOURS[kind]), None, amount)
    if name != "MXN":
        label = tr("MXN, invoices' rates")
        if section["without_rate"]:
            label += " " + tr("({count} without a rate)", count=f"{section['without_rate']:,}")
        yield _line(label, None, section["balance_mxn"])
    if section["unknown"]:
        count = f"{section['unknown']:,}"
        yield tr("Of {count} more nobody can tell the balance of that day.", count=count)


def bucket_text(label: str) -> str:
    """A bucket as a person reads it; those with numbers read the same everywhere."""
    return tr(marked("not due")) if label == "not due" else label


_FAVOURS: Final = {
    "overpaid": marked("overpaid"),
    "credit_note": marked("loose credit notes"),
    "payment": marked("loose payments"),
}
"""What stands in clients' favour, and in no bucket."""


def _line(label: str, count: int | None, amount: Decimal, drawn: str = "") -> str:
    number = "" if count is None else f"{count:,}"
    return f"{label:<22}{number:>9}{money(amount):>22}  {drawn}".rstrip()


def _clients(clients: Sequence[Row], labels: Sequence[str], top: int) -> Iterator[str]:
    """One line each; the buckets share what the name and the total leave of 79 columns."""
    room = max(9, (WIDTH - NAME - 12) // len(labels))
    yield ""
    titles = "".join(f"{bucket_text(label):>{room}}" for label in labels)
    yield tr("client").ljust(NAME) + titles + tr("total").rjust(12)
    clients = [client for client in clients if client["invoices"]]
    for client in clients[:top]:
        cells = "".join(f"{whole(b['amount']):>{room}}" for b in client["buckets"])
        yield f"{_short(client)}{cells}{whole(client['balance']):>12}".rstrip()
    if rest := clients[top:]:
        sums = [sum(c["buckets"][n]["amount"] for c in rest) for n in range(len(labels))]
        cells = "".join(f"{whole(amount):>{room}}" for amount in sums)
        total = whole(sum(c["balance"] for c in rest))
        more = tr("{count} more", count=f"{len(rest):,}")
        yield f"{more:<{NAME}}{cells}{total:>12}"


def _short(client: Row) -> str:
    name = clean(client["name"] or client["client"] or "")
    while columns_of(name) >= NAME:
        name = f"{name.removesuffix('…')[:-1]}…"
    return name + " " * (NAME - columns_of(name))


def bar(amount: Any, most: Any) -> str:
    """A bar as long as its share of the longest, in eighths of a cell."""
    eighths = int(amount * BAR * 8 / most) if most > 0 and amount > 0 else 0
    full, rest = divmod(eighths, 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")


def money(amount: Any) -> str:
    """With cents and separators; empty for None."""
    return "" if amount is None else f"{amount:,.2f}"


def whole(amount: Any) -> str:
    """Without cents; a dot for nothing."""
    return f"{amount:,.0f}" if amount else "·"


def detail_table(session: Session, preset: Preset, rows: Sequence[Row]) -> None:
    """The documents behind a figure, and their sum per currency."""
    days = "days_overdue" if preset.bucket == "due_bucket" else "days_open"
    shown = [
        (
            "-".join(str(row[part]) for part in ("series", "folio_number") if row[part])
            or row["document_id"],
            row["client_name"] or row["client_key"],
            row["issued_on"],
            row["due_on"],
            row[days],
            row["currency"],
            money(row["amount"]) if row["kind"] != "unknown" else tr("unknown"),
        )
        for row in rows
    ]
    columns = heads("document", "client", "issued", "due", "days", "", "amount")
    if not rows:
        session.say(tr("Nothing is owed of what was asked for."))
        return
    show_table(session, columns, shown, frozenset({4, 6}), cut=frozenset({0, 1}))
    for total in owed_and_in_favour(rows):
        name = total["currency"]
        owed, favour = (f"{name} {money(total[key])}" for key in ("owed", "in_favour"))
        owing, favours, unknown = (f"{total[key]:,}" for key in ("invoices", "favours", "unknown"))
        session.say(tr("Owed: {count} invoices, {amount}", count=owing, amount=owed))
        if total["favours"]:
            text = marked("In the client's favour, not in that: {count} documents, {amount}")
            session.say(tr(text, count=favours, amount=favour))
        if total["unknown"]:
            text = marked("Balance not known: {count} invoices, {currency}")
            session.say(tr(text, count=unknown, currency=name))


_CONCEPTS: Final = {
    "Factura": marked("Invoice"),
    "Pago": marked("Payment"),
    "Nota de crédito": marked("Credit note"),
    "Anticipo aplicado": marked("Advance applied"),
    "Saldo a favor": marked("Balance in favour"),
    "Ajuste gigstack": marked("gigstack's adjustment"),
    "Cancelación": marked("Cancellation"),
    "Cancelación de pago": marked("Cancellation of a payment"),
    "Cancelación de nota de crédito": marked("Cancellation of a credit note"),
}


def show_statement(session: Session, found: dict[str, Any]) -> None:
    """One table per currency, its opening row first."""
    period = span_text(found["from"], found["to"])
    print(clean(f"{found['name'] or ''} {found['client']}").strip())
    print(tr("Statement of account, {period}", period=period))
    for currency, account in found["currencies"].items():
        print(f"\n{clean(currency)}")
        opening = [
            (found["from"] or "", tr("Opening balance"), "", "", "", "", money(account["opening"]))
        ]
        events = [
            (
                event["occurred_on"],
                tr(_CONCEPTS.get(event["concept"], event["concept"])),
                event["document"],
                event["due_on"] if event["concept"] == "Factura" else None,
                money(event["charge"] or None),
                money(event["credit"] or None),
                money(event["balance"]),
            )
            for event in account["events"]
        ]
        columns = heads("date", "concept", "document", "due", "charge", "credit", "balance")
        show_table(
            session, columns, [*opening, *events], frozenset({4, 5, 6}), cut=frozenset({1, 2})
        )
        print(tr("Balance {amount}", amount=f"{clean(currency)} {money(account['closing'])}"))


_INDICATORS: Final = (
    (marked("Receivable"), "receivable", ""),
    (marked("  not due"), "not_due", ""),
    (marked("  overdue"), "overdue", ""),
    (marked("Receivable at the start"), "opening_receivable", ""),
    (marked("Credit sales, net"), "sales", ""),
    (marked("DSO"), "dso", marked(" days")),
    (marked("Best-possible DSO"), "best_possible_dso", marked(" days")),
    (marked("Average days delinquent"), "average_days_delinquent", marked(" days")),
    (marked("Collection effectiveness"), "cei", " %"),
    (marked("Days to pay, weighted"), "days_to_pay", marked(" days")),
    (marked("Days late, weighted"), "days_late", marked(" days")),
)


def show_indicators(session: Session, found: dict[str, Any]) -> None:
    """Facts per currency, then the largest debtors with their shares."""
    period = {"first": found["from"], "last": found["to"], "days": found["days"]}
    print(tr("{first} to {last}, {days} days", **period))
    for currency, facts in found["currencies"].items():
        print(f"\n{clean(currency)}")
        for label, key, unit in _INDICATORS:
            value = facts[key]
            amount = f"{money(value)}{tr(unit) if unit else ''}"
            print(f"{tr(label):<26}{tr('not known') if value is None else amount:>24}")
        if facts["debtors"]:
            print(f"{tr('Debtors'):<26}{facts['debtors']:>24,}\n{'HHI':<26}{facts['hhi']:>24}")
            shown = [
                (
                    c["name"] or c["client"],
                    money(c["balance"]),
                    _percent(c["share"]),
                    _percent(c["cumulative_share"]),
                )
                for c in facts["top"]
            ]
            columns = heads("largest", "balance", "share", "together")
            show_table(session, columns, shown, frozenset({1, 2, 3}), cut=frozenset({0}))


def _percent(share: Any) -> str:
    return "" if share is None else f"{share * 100:.1f} %"


def show_rep(session: Session, rows: Sequence[Row], totals: Sequence[Row]) -> None:
    """Payments without complement and late complements, one line each."""
    shown = [
        (
            told(row["state"]),
            row["paid_on"],
            row["deadline_on"],
            _left(row["days_left"], row["days_late"]),
            row["document"],
            row["client_name"],
            money(row["amount"]),
            row["currency"],
        )
        for row in rows
    ]
    columns = heads("state", "paid", "deadline", "days", "invoice", "client", "amount", "")
    show_table(session, columns, shown, frozenset({3, 6}), cut=frozenset({5}))
    _say_totals(session, totals)


def _left(left: int | None, late: int | None = None) -> str:
    """Days to the deadline, past it, or past it when it was met."""
    if left is None:
        return tr("{days} late", days=late)
    return tr("{days} left", days=left) if left >= 0 else tr("{days} past", days=-left)


def show_pue(session: Session, rows: Sequence[Row], totals: Sequence[Row]) -> None:
    """PUE invoices not collected, one line each."""
    shown = [
        (
            told(row["state"]),
            row["issued_on"],
            _left(row["days_left"]),
            row["document"],
            row["client_name"],
            money(row["uncollected"]),
            row["currency"],
        )
        for row in rows
    ]
    columns = heads("state", "issued", "days", "invoice", "client", "uncollected", "")
    show_table(session, columns, shown, frozenset({2, 5}), cut=frozenset({4}))
    _say_totals(session, totals)


def _say_totals(session: Session, totals: Sequence[Row]) -> None:
    for row in totals:
        number = f"{row['count']:,}"
        if payments := row.get("payments"):
            text = marked("{payments} payments on {invoices} invoices")
            number = tr(text, payments=f"{payments:,}", invoices=number)
        session.say(f"{told(row['state'])}: {number}, {row['currency']} {money(row['amount'])}")
    if not totals:
        session.say(tr("Nothing to report."))

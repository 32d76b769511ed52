"""`gigstack forecast`: what will be invoiced and collected, and how far to trust it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

import typer

from gigstack_sync.cli.language import heads, marked, told, tr
from gigstack_sync.cli.period import AsOf, report_session
from gigstack_sync.cli.text import clean

WIDTH: Final = 78
_BAR: Final = 22
_DONE, _AHEAD = "█", "▒"


def forecast(
    context: typer.Context,
    months: Annotated[
        int,
        typer.Option(
            "--months", min=1, max=12, clamp=True, help="Months ahead; more are taken as 12."
        ),
    ] = 3,
    as_of: AsOf = None,
    backtest: Annotated[
        bool, typer.Option("--backtest", help="Show how wrong it would have been so far.")
    ] = False,
) -> None:
    """Forecast revenue, collections, global invoices and cash, per currency.

    Everything is learned from the mirror's own history: monthly series, and how old invoices were
    when they were paid. A band is where four in five outcomes are meant to fall.

    $ gigstack forecast
    $ gigstack forecast --months 6 --json
    $ gigstack forecast --as-of 2026-09-30 --backtest
    """
    with report_session(context, as_of=as_of) as report:
        if backtest:
            found = _backtest(report)
            lines = _backtest_lines(found)
        else:
            from gigstack_sync.cli.status import mirror_facts
            from gigstack_sync.reports import beside
            from gigstack_sync.reports.forecast_document import document

            found = document(report.con, months, beside) | {"mirror": mirror_facts(report)}
            lines = _lines(found, has_bars=report.session.draws)
    if report.session.json:
        report.emit(found)
    else:
        print(*lines, sep="\n")


def _backtest(report: Any) -> dict[str, Any]:
    from gigstack_sync.reports import ask_one
    from gigstack_sync.reports.forecast_backtest import as_json, backtest

    as_of = ask_one(report.con, "select as_of from cut")["as_of"]
    return {"as_of": as_of, "currencies": as_json(backtest(report.con, report.cut))}


def _lines(found: dict[str, Any], *, has_bars: bool) -> Iterator[str]:
    if team := " · ".join(clean(value) for value in found["team"].values()):
        yield team
    yield tr("Forecast as of {day}. Bands hold four outcomes in five.", day=found["as_of"])
    for currency, section in found["currencies"].items():
        yield ""
        yield _heading(clean(currency))
        yield from _revenue(section["revenue"], found["as_of"], has_bars=has_bars)
        yield from _owed(section["collections_risk"])
        yield from _cash(section["cash_flow"], section["eom_estimate"], has_bars=has_bars)
    if not found["currencies"]:
        yield "\n" + tr("There is nothing to forecast from.")
    yield from ("\n" + tr("Note: {note}", note=clean(told(note))) for note in found["notes"])


def _revenue(revenue: dict[str, Any], as_of: date, *, has_bars: bool) -> Iterator[str]:
    past = [(each["starts_on"], each["invoiced"]) for each in revenue["monthly_history"]]
    now = (as_of, revenue["projected_this_month"], revenue["projected_this_month_band"])
    ahead = [(e["starts_on"], e["revenue"], e["revenue_band"]) for e in revenue["projections"]]
    most = max(amount for _, amount, *_ in [*past, now, *ahead])
    yield tr("Invoiced by month").ljust(17) + tr("band").rjust(38)
    for day, amount in past:
        yield _row(f"{day:%Y-%m}", amount, None, _bar(amount, most, _DONE) if has_bars else "")
    for day, amount, band in (now, *ahead):
        bar = _bar(amount, most, _AHEAD) if has_bars else ""
        if day == as_of and has_bars:
            done = _bar(min(revenue["invoiced_so_far"], amount), most, _DONE)
            bar = done + bar[len(done) :]
        yield _row(f"{day:%Y-%m} »", amount, band, bar)
    yield _fact(tr("  this month so far"), revenue["invoiced_so_far"])
    growth = f"{revenue['trend_pct']:+}" if revenue["trend_pct"] else ""
    direction = told(revenue["trend_direction"])
    if growth:
        direction += tr(", {percent} % a month", percent=growth)
    yield _told(tr("trend"), direction)
    yield _told(tr("method"), told(revenue["method"]["revenue"]))
    yield _told(tr("bands so far"), _coverage(revenue["coverage"]["revenue"]))


def _coverage(coverage: dict[str, Any]) -> str:
    if coverage["measured"] is None:
        return tr("not enough months to tell")
    share, months = f"{coverage['measured']:.0%}", coverage["origins"]
    return tr("held {share} of outcomes ({months} months replayed)", share=share, months=months)


def _owed(owed: dict[str, Any]) -> Iterator[str]:
    yield ""
    count = f"{owed['invoice_count']:,}"
    yield _fact(tr("Open credit invoices ({count})", count=count), owed["total_pending"])
    if not owed["invoice_count"]:
        return
    if owed["expected_recovery"] is None:
        yield _told(tr("expected"), tr("no estimate: too few payments known"))
        return
    share = f"{owed['recovery_pct']} %"
    yield _fact(tr("  expected within a year"), owed["expected_recovery"], share)
    yield _fact(tr("  not expected"), owed["likely_loss"])
    late = owed["undated"]
    label = tr("  no estimated date ({count})", count=f"{late['count']:,}")
    yield _fact(label, late["amount"], tr("older than 9 in 10"))
    high = owed["high_risk"]
    yield _fact(tr("  over 90 days old ({count})", count=f"{high['count']:,}"), high["amount"])
    yield _told(tr("learned from"), tr("{count} payments", count=f"{owed['cases']:,}"))
    for each in owed["top_risk"]:
        share = f"{each['probability']:.0%}"
        chance = tr("{share} in {days} d", share=share, days=each["days"])
        yield _fact(f"    {clean(each['client'])[:28]}", each["balance"], chance)


def _cash(cash: dict[str, Any], receipts: dict[str, Any], *, has_bars: bool) -> Iterator[str]:
    if cash["weeks"]:
        yield "\n" + tr("Expected by week").ljust(16) + tr("band").rjust(39)
        most = max(week["expected"] for week in cash["weeks"])
        for week in cash["weeks"]:
            bar = _bar(week["expected"], most, _AHEAD) if has_bars else ""
            yield _row(f"{week['from']:%m-%d}/{week['to']:%m-%d}", week["expected"], week, bar)
    yield ""
    links = cash["pending_payment_links"]
    rate = cash["conversion_rate"]
    within = "" if rate is None else tr("{percent} % within 30 days", percent=rate)
    label = tr("Payment links not paid ({count})", count=f"{links:,}")
    yield _fact(label, cash["pending_links_amount"], within)
    yield _fact(tr("  expected from links"), cash["expected_from_links"])
    yield _fact(tr("  expected from invoices"), cash["expected_from_ppd"])
    yield _fact(tr("  expected in all"), cash["total_expected"])
    waiting = receipts["pending_receipts"]
    count = f"{receipts['late_receipts']:,}"
    late = tr("{count} late", count=count) if receipts["late_receipts"] else ""
    label = tr("Receipts to invoice ({count})", count=f"{waiting:,}")
    yield _fact(label, receipts["pending_amount"], late)
    count = f"{receipts['estimated_global_count']:,}"
    label = tr("  into global invoices ({count})", count=count)
    yield _fact(label, receipts["estimated_global_amount"])


def _backtest_lines(found: dict[str, Any]) -> Iterator[str]:
    yield tr("The same past, forecast again, until {day}.", day=found["as_of"])
    yield tr("WAPE: errors as a share of what came. Bias: + when too much was forecast.")
    for currency, scores in found["currencies"].items():
        yield f"\n{_heading(clean(currency))}"
        cases, official, bias, held = heads("cases", "official", "bias", "held")
        yield (f"{'':<33}{cases:>5}{'WAPE':>8}{official:>10}{bias:>8}{official:>9}{held:>5}")
        for name, score in scores.items():
            ours, theirs = score["ours"], score["official"]
            yield (
                f"{told(name):<33}{score['cases']:>5}{_share(ours['wape']):>8}"
                f"{_share(theirs['wape']):>10}{_share(ours['bias'], sign=True):>8}"
                f"{_share(theirs['bias'], sign=True):>9}{_share(ours['coverage']):>5}"
            )
    if not found["currencies"]:
        yield "\n" + tr("There is too little history to replay.")
    else:
        text = marked("Held: outcomes inside our bands, which aim at 80 %; the official has none.")
        yield "\n" + tr(text)


def _share(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return "-"
    if abs(value) >= 10:
        return f"{value:+.0f}x" if sign else f"{value:.0f}x"
    return f"{value:+.0%}" if sign else f"{value:.0%}"


def _heading(text: str) -> str:
    return f"{text}\n{'-' * min(len(text), WIDTH)}"


def _row(label: str, amount: Decimal, band: dict[str, Any] | None, bar: str) -> str:
    limits = "" if band is None else f"{band['low']:,.0f} - {band['high']:,.0f}"
    return f"{label:<12}{amount:>17,.0f}{limits:>26} {bar}".rstrip()


def _fact(label: str, amount: Decimal | None, note: str = "") -> str:
    money = tr("no estimate") if amount is None else f"{amount:,.2f}"
    return f"{label:<33}{money:>22}  {note}".rstrip()


def _told(label: str, text: str) -> str:
    return f"  {label}: {text}"


def _bar(amount: Decimal, most: Decimal, cell: str) -> str:
    """A bar as long as its share of the longest."""
    return cell * (round(amount * _BAR / most) if most > 0 and amount > 0 else 0)

"""`gigstack forecast`: what will be invoiced and collected, and how far to trust it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

import typer

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
    yield f"Forecast as of {found['as_of']}. Bands hold four outcomes in five."
    for currency, section in found["currencies"].items():
        yield ""
        yield _heading(clean(currency))
        yield from _revenue(section["revenue"], found["as_of"], has_bars=has_bars)
        yield from _owed(section["collections_risk"])
        yield from _cash(section["cash_flow"], section["eom_estimate"], has_bars=has_bars)
    if not found["currencies"]:
        yield "\nThere is nothing to forecast from."
    yield from (f"\nNote: {clean(note)}" for note in found["notes"])


def _revenue(revenue: dict[str, Any], as_of: date, *, has_bars: bool) -> Iterator[str]:
    past = [(each["starts_on"], each["invoiced"]) for each in revenue["monthly_history"]]
    now = (as_of, revenue["projected_this_month"], revenue["projected_this_month_band"])
    ahead = [(e["starts_on"], e["revenue"], e["revenue_band"]) for e in revenue["projections"]]
    most = max(amount for _, amount, *_ in [*past, now, *ahead])
    yield f"Invoiced by month{'band'.rjust(38)}"
    for day, amount in past:
        yield _row(f"{day:%Y-%m}", amount, None, _bar(amount, most, _DONE) if has_bars else "")
    for day, amount, band in (now, *ahead):
        bar = _bar(amount, most, _AHEAD) if has_bars else ""
        if day == as_of and has_bars:
            done = _bar(min(revenue["invoiced_so_far"], amount), most, _DONE)
            bar = done + bar[len(done) :]
        yield _row(f"{day:%Y-%m} »", amount, band, bar)
    yield _fact("  this month so far", revenue["invoiced_so_far"])
    growth = f", {revenue['trend_pct']:+} % a month" if revenue["trend_pct"] else ""
    yield _told("trend", f"{revenue['trend_direction']}{growth}")
    yield _told("method", revenue["method"]["revenue"])
    yield _told("bands so far", _coverage(revenue["coverage"]["revenue"]))


def _coverage(coverage: dict[str, Any]) -> str:
    if coverage["measured"] is None:
        return "not enough months to tell"
    return f"held {coverage['measured']:.0%} of outcomes ({coverage['origins']} months replayed)"


def _owed(owed: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield _fact(f"Open credit invoices ({owed['invoice_count']:,})", owed["total_pending"])
    if not owed["invoice_count"]:
        return
    if owed["expected_recovery"] is None:
        yield _told("expected", "no estimate: too few payments known")
        return
    share = f"{owed['recovery_pct']} %"
    yield _fact("  expected within a year", owed["expected_recovery"], share)
    yield _fact("  not expected", owed["likely_loss"])
    late = owed["undated"]
    yield _fact(f"  no estimated date ({late['count']:,})", late["amount"], "older than 9 in 10")
    high = owed["high_risk"]
    yield _fact(f"  over 90 days old ({high['count']:,})", high["amount"])
    yield _told("learned from", f"{owed['cases']:,} payments")
    for each in owed["top_risk"]:
        chance = f"{each['probability']:.0%} in {each['days']} d"
        yield _fact(f"    {clean(each['client'])[:28]}", each["balance"], chance)


def _cash(cash: dict[str, Any], receipts: dict[str, Any], *, has_bars: bool) -> Iterator[str]:
    if cash["weeks"]:
        yield f"\nExpected by week{'band'.rjust(39)}"
        most = max(week["expected"] for week in cash["weeks"])
        for week in cash["weeks"]:
            bar = _bar(week["expected"], most, _AHEAD) if has_bars else ""
            yield _row(f"{week['from']:%m-%d}/{week['to']:%m-%d}", week["expected"], week, bar)
    yield ""
    links = cash["pending_payment_links"]
    rate = "" if cash["conversion_rate"] is None else f"{cash['conversion_rate']} % within 30 days"
    yield _fact(f"Payment links not paid ({links:,})", cash["pending_links_amount"], rate)
    yield _fact("  expected from links", cash["expected_from_links"])
    yield _fact("  expected from invoices", cash["expected_from_ppd"])
    yield _fact("  expected in all", cash["total_expected"])
    waiting = receipts["pending_receipts"]
    late = f"{receipts['late_receipts']:,} late" if receipts["late_receipts"] else ""
    yield _fact(f"Receipts to invoice ({waiting:,})", receipts["pending_amount"], late)
    count = receipts["estimated_global_count"]
    yield _fact(f"  into global invoices ({count:,})", receipts["estimated_global_amount"])


def _backtest_lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"The same past, forecast again, until {found['as_of']}."
    yield "WAPE: errors as a share of what came. Bias: + when too much was forecast."
    for currency, scores in found["currencies"].items():
        yield f"\n{_heading(clean(currency))}"
        yield (
            f"{'':<33}{'cases':>5}{'WAPE':>8}{'official':>10}{'bias':>8}{'official':>9}{'held':>5}"
        )
        for name, score in scores.items():
            ours, theirs = score["ours"], score["official"]
            yield (
                f"{name:<33}{score['cases']:>5}{_share(ours['wape']):>8}"
                f"{_share(theirs['wape']):>10}{_share(ours['bias'], sign=True):>8}"
                f"{_share(theirs['bias'], sign=True):>9}{_share(ours['coverage']):>5}"
            )
    if not found["currencies"]:
        yield "\nThere is too little history to replay."
    else:
        yield "\nHeld: outcomes inside our bands, which aim at 80 %; the official ones have none."


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
    money = "no estimate" if amount is None else f"{amount:,.2f}"
    return f"{label:<33}{money:>22}  {note}".rstrip()


def _told(label: str, text: str) -> str:
    return f"  {label}: {text}"


def _bar(amount: Decimal, most: Decimal, cell: str) -> str:
    """A bar as long as its share of the longest."""
    return cell * (round(amount * _BAR / most) if most > 0 and amount > 0 else 0)

"""How wrong the forecast would have been, beside the official formula on the same past.

Months are forecast again from each of the last two years' months, on the cut's day of the month.
Collections are forecast again at up to six past cuts and compared with what complements then
said was paid. Amounts of one currency are added up, never of two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.reports import Cut, Row, apply, ask, ask_one
from gigstack_sync.reports.forecast import ASKED_TWICE, history_by_currency, kept
from gigstack_sync.reports.forecast_collections import band
from gigstack_sync.reports.forecast_official import project, recovery
from gigstack_sync.reports.forecast_revenue import History, Past, errors_of, half_width, replay

if TYPE_CHECKING:
    import duckdb

STEPS: Final = 4
"""The month of the cut and three more."""
APART: Final = 60
"""Days between the past cuts at which collections are forecast again."""
CUTS: Final = 6
HORIZONS: Final = (60, 180)


@dataclass
class Score:
    """Sums over the cases of one comparison."""

    cases: int = 0
    actual: float = 0.0
    missed: dict[str, float] = field(default_factory=lambda: {"ours": 0.0, "official": 0.0})
    signed: dict[str, float] = field(default_factory=lambda: {"ours": 0.0, "official": 0.0})
    banded: int = 0
    inside: int = 0

    def add(self, actual: float, ours: float, official: float) -> None:
        """One case."""
        self.cases += 1
        self.actual += actual
        for who, value in (("ours", ours), ("official", official)):
            self.missed[who] += abs(value - actual)
            self.signed[who] += value - actual

    def add_band(self, is_inside: bool) -> None:
        """Whether the outcome of a case was inside its band."""
        self.banded += 1
        self.inside += is_inside

    def wape(self, who: str) -> float | None:
        """Absolute errors as a share of what came: `ours` or `official`; None without any."""
        return self.missed[who] / self.actual if self.actual else None

    def bias(self, who: str) -> float | None:
        """Signed errors as a share of what came; positive when too much was forecast."""
        return self.signed[who] / self.actual if self.actual else None

    @property
    def coverage(self) -> float | None:
        """Share of outcomes inside our bands; the official formula has none."""
        return self.inside / self.banded if self.banded else None


Scores = dict[str, dict[str, Score]]
"""Currency → name of the comparison → score."""


def backtest(con: duckdb.DuckDBPyConnection, cut: Cut) -> Scores:
    """Everything that can be compared at this cut, which is applied before and after."""
    scores: Scores = {}
    for currency, series in history_by_currency(con).items():
        for name, history in series.items():
            for key, score in months_score(name, history).items():
                scores.setdefault(currency, {})[key] = score
    as_of: date = ask_one(con, "select as_of from cut")["as_of"]
    try:
        for n in range(1, CUTS + 1):
            _replay_collections(
                con, replace(cut, as_of=as_of - timedelta(APART * n)), as_of, scores
            )
    finally:
        apply(con, cut)
    return scores


def months_score(name: str, history: History) -> dict[str, Score]:
    """`NAME this month` and `NAME next months` of one series."""
    past = replay(history, STEPS)
    this, following = Score(), Score()
    for entry in past:
        score = following if entry.step else this
        theirs = project(history.values[: entry.origin], STEPS)[entry.step]
        score.add(entry.actual, entry.forecast, theirs)
        _judge_band(score, past, entry)
    return {f"{name}, this month": this, f"{name}, next 3 months": following}


def _judge_band(score: Score, past: Sequence[Past], entry: Past) -> None:
    width = half_width(errors_of(past, entry.step, entry.origin))
    if width is not None:
        score.add_band(abs(entry.actual - entry.forecast) <= width * entry.scale)


def _replay_collections(
    con: duckdb.DuckDBPyConnection, then: Cut, as_of: date, scores: Scores
) -> None:
    """One past cut: what was open and expected, and what was paid of it by later days."""
    assert then.as_of is not None
    horizons = [days for days in HORIZONS if then.as_of + timedelta(days) <= as_of]
    apply(con, then)
    with kept(con, ASKED_TWICE):
        for days in horizons:
            rows = ask(con, _OUTCOMES.format(days=days), [as_of])
            _judge_collections(rows, days, scores)


def _judge_collections(rows: Iterable[Row], days: int, scores: Scores) -> None:
    sums: dict[str, dict[str, float]] = {}
    for row in rows:
        known = sums.setdefault(row["currency"], dict.fromkeys(_SUMS, 0.0))
        for name in _SUMS[:-1]:
            known[name] += row[name]
        known["official"] += row["balance"] * recovery(row["days_open"])
    for currency, found in sums.items():
        name = f"owed, collected in {days} days"
        score = scores.setdefault(currency, {}).setdefault(name, Score())
        score.add(found["paid"], found["expected"], found["official"])
        low, high = band(found["expected"], found["variance"], found["balance"])
        score.add_band(low <= found["paid"] <= high)


_SUMS: Final = ("balance", "paid", "expected", "variance", "official")

_OUTCOMES: Final = """
with paid as (
    select complement_payments.team_id, complement_payments.invoice_id,
        cast(sum(complement_payments.paid) as double) as paid
    from complement_payments cross join cut
    where complement_payments.paid_on > cut.as_of
        and complement_payments.paid_on <= cut.as_of + {days}
        and coalesce(complement_payments.ended_on > ?, true)
    group by complement_payments.team_id, complement_payments.invoice_id
)
select forecast_open.currency, forecast_open.days_open,
    sum(cast(forecast_open.balance as double)) as balance,
    sum(least(coalesce(paid.paid, 0), cast(forecast_open.balance as double))) as paid,
    sum(cast(forecast_open.balance as double) * forecast_open.paid_{days}) as expected,
    sum(power(cast(forecast_open.balance as double), 2)
        * forecast_open.paid_{days} * (1 - forecast_open.paid_{days})) as variance
from forecast_open left join paid
    on forecast_open.team_id = paid.team_id and forecast_open.invoice_id = paid.invoice_id
where forecast_open.is_estimated and forecast_open.currency is not null
group by forecast_open.currency, forecast_open.days_open
"""


def as_json(scores: Scores) -> dict[str, Any]:
    """Currency → comparison → cases, and WAPE, bias and coverage of both."""
    return {
        currency: {name: _as_json(score) for name, score in found.items() if score.cases}
        for currency, found in scores.items()
        if any(score.cases for score in found.values())
    }


def _as_json(score: Score) -> dict[str, Any]:
    def part(who: str) -> dict[str, float | None]:
        return {"wape": _rounded(score.wape(who)), "bias": _rounded(score.bias(who))}

    return {
        "cases": score.cases,
        "actual": round(score.actual, 2),
        "ours": part("ours") | {"coverage": _rounded(score.coverage)},
        "official": part("official") | {"coverage": None},
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)

"""Who owes what since when: aging, its rows, complements that are missing, PUE not collected.

Amounts are summed exactly and rounded once, at the total, to the decimals of the currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.reports import Row, ask
from gigstack_sync.reports.amounts import rounded

if TYPE_CHECKING:
    import duckdb

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Preset:
    """How open invoices are sorted by age: which column of cobranza_rows, and its edges in days."""

    name: str
    bucket: str
    edges: tuple[int, ...]
    since: str
    """What the days are counted from, in words."""

    @property
    def labels(self) -> list[str]:
        """Names of the buckets, youngest first; the number of a bucket in the view is its place."""
        first = "not due" if self.bucket == "due_bucket" else None
        starts = [0 if first is None else 1, *(edge + 1 for edge in self.edges)]
        spans = [f"{a}-{b}" for a, b in zip(starts, self.edges, strict=False)]
        return [*([first] if first else []), *spans, f"{self.edges[-1]}+"]

    @property
    def first(self) -> int:
        """The view's number of the first bucket."""
        return 0 if self.bucket == "due_bucket" else 1


PRESETS: Final = {
    "vencimiento": Preset("vencimiento", "due_bucket", (30, 60, 90), "due date"),
    "gigstack": Preset("gigstack", "age_bucket", (15, 30, 60, 90), "issue date"),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows: None takes all. `bucket` is the view's number."""

    client: str | None = None
    currency: str | None = None
    bucket: int | None = None

    def condition(self, preset: Preset) -> tuple[str, list[Any]]:
        """SQL after `where`, and its parameters."""
        wanted = {
            "client_key": self.client,
            "currency": self.currency,
            preset.bucket: self.bucket,
        }
        given = {name: value for name, value in wanted.items() if value is not None}
        return " and ".join(["true", *(f"{name} = ?" for name in given)]), [*given.values()]


def aging(con: duckdb.DuckDBPyConnection, preset: Preset, only: Filter) -> dict[str, Any]:
    """Per currency: buckets, what is in clients' favour, and the same per client, largest first."""
    condition, params = only.condition(preset)
    groups = ask(
        con,
        f"""select currency, client_key, max_by(client_name, issued_on) as name, kind,
            {preset.bucket} as bucket, count(*) as invoices, sum(amount) as amount,
            sum(amount_mxn) as amount_mxn,
            count(*) filter (where amount_mxn is null) as without_rate
        from cobranza_rows where {condition} group by all order by currency, client_key""",
        params,
    )
    currencies: dict[str, Any] = {}
    for group in groups:
        section = currencies.setdefault(group["currency"] or "", _section(preset))
        client = section["clients"].setdefault(group["client_key"], _section(preset))
        client["name"] = group["name"]
        _add(section, group, preset)
        _add(client, group, preset)
    ordered = sorted(currencies, key=lambda name: (-_mxn_of(groups, name), name))
    return {name: _finished(currencies[name], name) for name in ordered}


def rows(con: duckdb.DuckDBPyConnection, preset: Preset, only: Filter) -> list[Row]:
    """The documents behind a figure of `aging`, those that are due longest first."""
    condition, params = only.condition(preset)
    days = "days_overdue" if preset.bucket == "due_bucket" else "days_open"
    return ask(
        con,
        f"""select * from cobranza_rows where {condition}
        order by currency, {days} desc nulls last, amount desc, document_id""",
        params,
    )


def find_clients(con: duckdb.DuckDBPyConnection, text: str) -> list[Row]:
    """client_key and name of those whose RFC or id is `text`, else whose name contains it."""
    found = ask(
        con,
        """with clients as (
            select client_key(client_tax_id, client_id, client_name, id) as client_key,
                max_by(coalesce(nullif(client_legal_name, ''), client_name), issued_on) as name,
                bool_or(upper(client_tax_id) = upper($1) or client_id = $1) as is_exact
            from mirror.invoices_income group by all)
        select client_key, name, upper(client_key) = upper($1) or is_exact as is_exact
        from clients
        where upper(client_key) = upper($1) or is_exact
            or contains(strip_accents(lower(name)), strip_accents(lower($1)))
        order by name, client_key""",
        [text],
    )
    return [row for row in found if row["is_exact"]] or found


def statement(con: duckdb.DuckDBPyConnection, client: str) -> dict[str, Any]:
    """Per currency: opening balance, events of the period with running balance, and closing."""
    (cut,) = ask(con, "cut")
    events = ask(
        con,
        """select currency, occurred_on, concept, document, document_uuid, invoice_id, due_on,
            charge, credit, days_overdue
        from cobranza_statement where client_key = ?
        order by currency, occurred_on, place, document, document_uuid""",
        [client],
    )
    currencies: dict[str, Any] = {}
    for event in events:
        name = event.pop("currency") or ""
        account = currencies.setdefault(name, {"opening": ZERO, "events": [], "closing": ZERO})
        _enter(account, event, cut)
    for name, account in currencies.items():
        _round(account, ("opening", "closing"), name)
    return {"from": cut["from_on"], "to": cut["as_of"], "currencies": currencies}


def _enter(account: dict[str, Any], event: Row, cut: Row) -> None:
    account["closing"] += event["charge"] - event["credit"]
    if cut["from_on"] and event["occurred_on"] < cut["from_on"]:
        account["opening"] = account["closing"]
    else:
        account["events"].append(event | {"balance": account["closing"]})


def owed_and_in_favour(found: Sequence[Row]) -> list[Row]:
    """Totals of `rows` per currency: what is owed, and apart what is in clients' favour."""
    totals: dict[str, Row] = {}
    for row in found:
        zeros = {"invoices": 0, "owed": ZERO, "favours": 0, "in_favour": ZERO, "unknown": 0}
        total = totals.setdefault(row["currency"] or "", zeros)
        if row["kind"] == "unknown":
            total["unknown"] += 1
        else:
            count, sum_ = _SIDES[row["kind"] == "invoice"]
            total[count] += 1
            total[sum_] += row["amount"] or ZERO
    for name, total in totals.items():
        _round(total, ("owed", "in_favour"), name)
    return [{"currency": name, **total} for name, total in totals.items()]


_SIDES: Final = {True: ("invoices", "owed"), False: ("favours", "in_favour")}


def summed(found: Sequence[Row], amount: str) -> list[Row]:
    """Number and sum of rows per state and currency; of payments, how many different ones."""
    payments: dict[tuple[str, str], set[str]] = {}
    totals: dict[tuple[str, str], Row] = {}
    for row in found:
        key = (row["state"], row["currency"] or "")
        total = totals.setdefault(key, dict(zip(("state", "currency"), key, strict=True)))
        total["count"] = total.get("count", 0) + 1
        total["amount"] = total.get("amount", ZERO) + (row[amount] or ZERO)
        if row.get("payment_id"):
            payments.setdefault(key, set()).add(row["payment_id"])
            total["payments"] = len(payments[key])
    for (_, currency), total in totals.items():
        _round(total, ("amount",), currency)
    return [totals[key] for key in sorted(totals)]


def _round(totals: dict[str, Any], names: Sequence[str], currency: str) -> None:
    for name in names:
        totals[name] = rounded(totals[name], currency)


def rep(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Payments without complement, the most urgent first, then late complements."""
    return ask(
        con,
        "select * from cobranza_rep order by state = 'late', deadline_on, client_name, invoice_id, "
        "payment_id, complement_uuid",
    )


def pue(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """PUE invoices not collected, the oldest first."""
    return ask(con, "select * from cobranza_pue order by issued_on, client_name, invoice_id")


def _section(preset: Preset) -> dict[str, Any]:
    return {
        "invoices": 0,
        "balance": ZERO,
        "balance_mxn": ZERO,
        "without_rate": 0,
        "buckets": [{"bucket": label, "count": 0, "amount": ZERO} for label in preset.labels],
        "in_favour": ZERO,
        "in_favour_by": {},
        "unknown": 0,
        "clients": {},
    }


def _add(section: dict[str, Any], group: Row, preset: Preset) -> None:
    if group["kind"] == "unknown":
        section["unknown"] += group["invoices"]
    elif group["kind"] != "invoice":
        section["in_favour"] += group["amount"]
        kinds = section["in_favour_by"]
        kinds[group["kind"]] = kinds.get(group["kind"], ZERO) + group["amount"]
    else:
        bucket = section["buckets"][(group["bucket"] or 0) - preset.first]
        bucket["count"] += group["invoices"]
        bucket["amount"] += group["amount"]
        section["invoices"] += group["invoices"]
        section["balance"] += group["amount"]
        section["balance_mxn"] += group["amount_mxn"] or ZERO
        section["without_rate"] += group["without_rate"]


def _mxn_of(groups: Sequence[Row], currency: str) -> Decimal:
    mine = (g for g in groups if (g["currency"] or "") == currency and g["kind"] == "invoice")
    return sum((group["amount_mxn"] or ZERO for group in mine), ZERO)


def _finished(section: dict[str, Any], currency: str) -> dict[str, Any]:
    _round_section(section, currency)
    clients = []
    for key, client in section["clients"].items():
        _round_section(client, currency)
        del client["clients"]
        clients.append({"client": key, "name": client.pop("name"), **client})
    clients.sort(key=lambda client: (-client["balance"], client["in_favour"], client["client"]))
    return section | {"clients": clients}


def _round_section(section: dict[str, Any], currency: str) -> None:
    _round(section, ("balance", "in_favour"), currency)
    _round(section, ("balance_mxn",), "MXN")
    _round(section["in_favour_by"], [*section["in_favour_by"]], currency)
    for bucket in section["buckets"]:
        _round(bucket, ("amount",), currency)

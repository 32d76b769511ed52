"""A small mirror made of hand-written API payloads, through the loader that a sync uses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from gigstack_sync.reports import Cut, Row, apply, ask
from gigstack_sync.store.derive import refresh
from gigstack_sync.store.load import Batch, Loader
from gigstack_sync.store.schema_page import blank_database
from gigstack_sync.sync.perform import spool_line

ZONE = ZoneInfo("America/Mexico_City")


def epoch(day: str | int) -> int:
    """Epoch seconds of a local day (noon) or of a local time such as 2026-01-31T23:59:59."""
    if isinstance(day, int):
        return day
    moment = datetime.fromisoformat(day if "T" in day else f"{day}T12:00:00")
    return int(moment.replace(tzinfo=moment.tzinfo or ZONE).timestamp())


def fiscal(name: str) -> str:
    """The folio fiscal that stands for a short name."""
    import uuid

    return str(uuid.uuid5(uuid.NAMESPACE_OID, name)).upper()


class Books:
    """Documents as the API sends them, gathered and loaded; `ask` queries the views."""

    def __init__(self, con: duckdb.DuckDBPyConnection, spool: Path) -> None:
        self._con, self._spool, self._run = con, spool, 0
        self._is_stale = False
        self.derives_each_run = False
        con.execute("create or replace temp table seen (team_id text, stream text, key ubigint)")

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection, with schema derived as after a sync."""
        if self._is_stale:
            self._derive()
        return self._con

    def _derive(self) -> None:
        refresh(self._con)
        self._is_stale = False

    def load(
        self,
        stream: str,
        *payloads: dict[str, Any],
        team: str = "team_1",
        at: str = "2026-03-31",
    ) -> None:
        """Mirror payloads in a run of their own, ended at noon of the local day `at`."""
        self._run += 1
        moment = datetime.fromtimestamp(epoch(at), UTC).replace(tzinfo=None)
        lines = [
            spool_line(n, team, body["id"], 5, json.dumps(body, ensure_ascii=False).encode())[0]
            for n, body in enumerate(payloads)
        ]
        loader = Loader(self._con, self._spool, run_id=self._run, now=moment)
        loader.load(Batch(team, stream, lines))
        self._con.execute(
            "insert into sync.runs (run_id, started_at, finished_at, outcome, exit_code) "
            "values (?, ?, ?, 'ok', 0)",
            [self._run, moment, moment],
        )
        self._is_stale = True
        if self.derives_each_run:
            self._derive()

    def delete(self, stream: str, *ids: str, at: str = "2026-03-31") -> None:
        """The API no longer has these rows."""
        moment = datetime.fromtimestamp(epoch(at), UTC).replace(tzinfo=None)
        for row_id in ids:
            self._con.execute(
                f"update mirror.{stream} set deleted_at = ? where id = ?", [moment, row_id]
            )
        refresh(self._con, everything=True)
        self._is_stale = False

    def invoice(self, name: str, total: Any, on: str, kind: str = "I", **fields: Any) -> str:
        """Load one stamped CFDI of client ACME; its folio fiscal is returned."""
        at = fields.pop("at", "2026-03-31")
        team = fields.pop("team", "team_1")
        self.load(STREAMS[kind], cfdi(name, total, on, kind, **fields), at=at, team=team)
        return fiscal(name)

    def cut(self, as_of: str | None = "2026-03-31", **fields: Any) -> None:
        """Set the cut of what is asked next."""
        apply(self.con, Cut(as_of=date.fromisoformat(as_of) if as_of else None, **fields))

    def ask(self, question: str, *params: Any) -> list[Row]:
        """Rows of a statement or of a view."""
        return ask(self.con, question, params)

    def one(self, question: str, *params: Any) -> Row:
        """The only row of an answer."""
        (row,) = self.ask(question, *params)
        return row


STREAMS = {"I": "invoices_income", "E": "invoices_egress", "P": "invoices_payment"}


def cfdi(name: str, total: Any, on: str, kind: str = "I", **fields: Any) -> dict[str, Any]:
    """A stamped CFDI as the API sends it; `fields` replace or add, None leaves one out."""
    client = fields.pop("client", "ACME")
    tax_id = fields.pop("tax_id", "AAA010101AA1")
    body: dict[str, Any] = {
        "id": name,
        "uuid": fiscal(name),
        "invoice_type": kind,
        "status": "valid",
        "livemode": True,
        "payment_method": "PPD",
        "payment_form": "99",
        "currency": "MXN",
        "exchange_rate": 1,
        "total": total,
        "client": {"id": f"client_{client}", "legal_name": client, "tax_id": tax_id},
        "series": "F",
        "folio_number": name,
        "created_at": epoch(on),
        "stamp": {"stamp_at": epoch(on), "uuid": fiscal(name)},
        "items": [],
    }
    body |= fields
    return {key: value for key, value in body.items() if value is not None}


def complement(name: str, on: str, *rows: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A P with one payment of that local day and its related documents."""
    stamped = fields.pop("stamped", on)
    payment = {
        "payment_date": epoch(on),
        "payment_form": fields.pop("payment_form", "03"),
        "currency": fields.get("currency", "MXN"),
        "exchange_rate": fields.get("exchange_rate", 1),
        "amount": fields.pop("amount", sum(row["paid_amount"] for row in rows)),
        "related_documents": list(rows),
    }
    body = cfdi(name, payment["amount"], stamped, "P", **fields)
    body["payment_method"] = None
    body["complements"] = [{"type": "pago", "data": payment}]
    return {key: value for key, value in body.items() if value is not None}


def instalment(
    name: str, number: int, previous: Any, paid: Any, currency: str = "MXN", **fields: Any
) -> dict[str, Any]:
    """One related document of a complement: what it paid of the invoice called `name`."""
    return {
        "uuid": fiscal(name),
        "series": "F",
        "folio_number": name,
        "currency": currency,
        "payment_number": number,
        "previous_balance": previous,
        "paid_amount": paid,
        "remaining_balance": previous - paid,
        **fields,
    }


def payment(name: str, total: Any, on: str, **fields: Any) -> dict[str, Any]:
    """A gigstack payment received on that local day."""
    status = fields.get("status", "succeeded")
    body = {
        "id": name,
        "status": status,
        "livemode": True,
        "currency": "MXN",
        "exchange_rate": 1,
        "total": total,
        "payment_form": "03",
        "client": {"id": "client_ACME", "legal_name": "ACME", "tax_id": "AAA010101AA1"},
        "created_at": epoch(on),
        "succeeded_at": epoch(on) if status == "succeeded" else None,
    }
    return {key: value for key, value in (body | fields).items() if value is not None}


@pytest.fixture(scope="session")
def _blank_books() -> Iterator[duckdb.DuckDBPyConnection]:
    with blank_database() as con:
        con.execute("set variable zone = 'America/Mexico_City'")
        yield con


@pytest.fixture
def books(_blank_books: duckdb.DuckDBPyConnection, tmp_path: Path) -> Iterator[Books]:
    """Empty books; what a test puts in is undone after it. The cut is 2026-03-31."""
    con = _blank_books
    con.execute("begin")
    made = Books(con, tmp_path)
    made.cut()
    yield made
    con.execute("rollback")
    apply(con, Cut())


@pytest.fixture
def make() -> Any:
    """The builders of payloads: `make.cfdi(…)`, `make.complement(…)`, `make.instalment(…)`."""
    from types import SimpleNamespace

    return SimpleNamespace(
        cfdi=cfdi,
        complement=complement,
        instalment=instalment,
        payment=payment,
        fiscal=fiscal,
        epoch=epoch,
    )

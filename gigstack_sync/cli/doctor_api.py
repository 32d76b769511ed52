"""Checks of the API: reach, clock, every list, and the company's standing with SAT."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.cli.company import Company, find_company
from gigstack_sync.cli.finding import Finding, note, ok, wrong
from gigstack_sync.errors import ApiError, AuthError, GigstackError, NetworkError

if TYPE_CHECKING:
    from gigstack_sync.api.client import Client

_SKEW: Final = 60.0  # seconds
_SOON: Final = 30  # days


def examine(client: Client) -> Iterator[Finding]:
    """All about the API; where it cannot be reached, that alone."""
    started = time.monotonic()
    try:
        company = find_company(client)
    except GigstackError as error:
        yield wrong("api", error.message, error.hint)
        return
    latency = (time.monotonic() - started) * 1000
    yield ok("api", f"{client.transport.address.origin} answered in {latency:.0f} ms")
    yield from _clock(client)
    yield ok("company", f"{company.name} ({company.rfc}), team {company.id}")
    yield from _sat(company)
    for name, fetch in _lists(client):
        yield _try_list(name, fetch)


def _lists(client: Client) -> list[tuple[str, Callable[..., Any]]]:
    invoices = client.invoices
    return [
        ("invoices income", invoices.income.list),
        ("invoices egress", invoices.egress.list),
        ("invoices payment", invoices.payment.list),
        ("invoices transfer", invoices.transfer.list),
        ("invoices draft", invoices.draft.list),
        ("invoices sat", invoices.sat.list),
        ("payments", client.payments.list),
        ("receipts", client.receipts.list),
        ("clients", client.clients.list),
        ("services", client.services.list),
        ("webhooks", client.webhooks.list),
        ("teams", client.teams.list),
    ]


def _try_list(name: str, fetch: Callable[..., Any]) -> Finding:
    try:
        page = fetch(limit=1)
    except (AuthError, NetworkError) as error:
        return wrong(name, error.message, error.hint)
    except ApiError as error:
        # a feature this account does not have answers with 4xx: SAT downloads, transfers
        found = note if 400 <= error.status < 500 else wrong
        return found(name, error.message, error.hint)
    return ok(name, "reachable" if page.total is None else f"{page.total} rows")


def _clock(client: Client) -> Iterator[Finding]:
    server = client.traffic.server_time
    if server is None:
        return
    skew = time.time() - server
    if abs(skew) > _SKEW:
        text = f"This machine's clock is {abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}."
        yield wrong("clock", text, "Set it: timedatectl set-ntp true")
    else:
        yield ok("clock", f"within {max(1, round(abs(skew)))} s of the server's")


def _sat(company: Company) -> Iterator[Finding]:
    if not company.sat_connected:
        yield note(
            "sat", "The company is not connected to SAT.", "https://app.gigstack.pro/settings"
        )
    if company.csd_expires_at is None:
        return
    days = (company.csd_expires_at - datetime.now(UTC)).days
    day = company.csd_expires_at.date()
    if days < 0:
        yield wrong("csd", f"The seal (CSD) expired on {day}.", "Renew it with SAT's Certifica.")
    elif days < _SOON:
        yield note("csd", f"The seal (CSD) expires on {day}, in {days} days.", "Renew it now.")
    else:
        yield ok("csd", f"The seal (CSD) is valid until {day}.")

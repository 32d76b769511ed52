"""Checks of the API: reach, clock, every list, and the company's standing with SAT."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from gigstack_sync.cli.company import Company, find_company
from gigstack_sync.cli.finding import Finding, note, ok, wrong
from gigstack_sync.cli.language import marked, told, tr
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
        yield wrong("api", told(error.message), told(error.hint))
        return
    latency = (time.monotonic() - started) * 1000
    text = marked("{url} answered in {latency} ms")
    origin = client.transport.address.origin
    yield ok("api", tr(text, url=origin, latency=f"{latency:.0f}"))
    yield from _clock(client)
    facts = {"name": company.name, "rfc": company.rfc, "team": company.id}
    yield ok("company", tr("{name} ({rfc}), team {team}", **facts))
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
        return wrong(name, told(error.message), told(error.hint))
    except ApiError as error:
        # a feature this account does not have answers with 4xx: SAT downloads, transfers
        found = note if 400 <= error.status < 500 else wrong
        return found(name, told(error.message), told(error.hint))
    rows = page.total
    return ok(name, tr("reachable") if rows is None else tr("{count} rows", count=rows))


def _clock(client: Client) -> Iterator[Finding]:
    server = client.traffic.server_time
    if server is None:
        return
    skew = time.time() - server
    if abs(skew) > _SKEW:
        ahead, behind = (
            marked("This machine's clock is {count} s ahead."),
            marked("This machine's clock is {count} s behind."),
        )
        text = tr(ahead if skew > 0 else behind, count=f"{abs(skew):.0f}")
        yield wrong("clock", text, tr("Set it: timedatectl set-ntp true"))
    else:
        count = max(1, round(abs(skew)))
        yield ok("clock", tr("within {count} s of the server's", count=count))


def _sat(company: Company) -> Iterator[Finding]:
    if not company.sat_connected:
        yield note(
            "sat", tr("The company is not connected to SAT."), "https://app.gigstack.pro/settings"
        )
    if company.csd_expires_at is None:
        return
    days = (company.csd_expires_at - datetime.now(UTC)).days
    day = company.csd_expires_at.date()
    if days < 0:
        text = tr("The seal (CSD) expired on {day}.", day=day)
        yield wrong("csd", text, tr("Renew it with SAT's Certifica."))
    elif days < _SOON:
        text = tr("The seal (CSD) expires on {day}, in {days} days.", day=day, days=days)
        yield note("csd", text, tr("Renew it now."))
    else:
        yield ok("csd", tr("The seal (CSD) is valid until {day}.", day=day))

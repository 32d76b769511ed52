"""Asking before a change in live mode; whoever cannot be asked has to say --yes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gigstack_sync.cli.company import find_company
from gigstack_sync.cli.language import tr
from gigstack_sync.cli.operations_show import document
from gigstack_sync.cli.session import Session, can_ask
from gigstack_sync.cli.text import clean
from gigstack_sync.errors import GigstackError, UsageError

if TYPE_CHECKING:
    from gigstack_sync.api.client import Client
    from gigstack_sync.api.rehearsal import Planned


def agree(
    session: Session,
    client: Client,
    path: str,
    planned: Planned,
    options: Mapping[str, Any],
    *,
    asks: bool,
) -> None:
    """Return when the change may be sent; UsageError or GigstackError when it may not."""
    if not asks or (client.key.is_test and not session.is_guided):
        return
    if options["yes"]:
        _name_company(session, client)
        return
    if options["no_input"] or not can_ask():
        raise UsageError(
            f"{path} changes a live account, and nobody can be asked.",
            hint="Add: --yes (or see what would be sent: --dry-run)",
        )
    company = find_company(client)
    mode = tr("Test") if client.key.is_test else tr("Live")
    about = f"{mode}: {company.title}\n{planned.method} {planned.path}"
    if isinstance(planned.body, dict):
        about += f"\n{document(planned.body)}"
    print(clean(about, keep="\n"), file=sys.stderr)
    print(tr("Run {command}? [y/N]", command=path), end=" ", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes", "s", "si", "sí"}:
        raise GigstackError("Nothing was sent.")


def _name_company(session: Session, client: Client) -> None:
    """Tell a person at a terminal whose account it is; a script is told nothing."""
    if session.verbose or (sys.stderr is not None and sys.stderr.isatty()):
        company = find_company(client)
        session.say(f"{tr('Live')}: {company.title}")

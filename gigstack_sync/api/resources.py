"""The tree of operations: one attribute for each collection of the API."""

from __future__ import annotations

from gigstack_sync.api.clients import Clients
from gigstack_sync.api.invoices import Invoices
from gigstack_sync.api.papers import Papers
from gigstack_sync.api.payments import Payments
from gigstack_sync.api.receipts import Receipts
from gigstack_sync.api.resource import Caller
from gigstack_sync.api.retentions import Retentions
from gigstack_sync.api.services import Services
from gigstack_sync.api.teams import Teams
from gigstack_sync.api.users import Users
from gigstack_sync.api.webhooks import Webhooks


class Resources:
    """Whatever can be called has these."""

    clients: Clients
    services: Services
    documents: Papers
    invoices: Invoices
    payments: Payments
    receipts: Receipts
    retentions: Retentions
    teams: Teams
    users: Users
    webhooks: Webhooks

    def _attach(self, caller: Caller) -> None:
        self.clients = Clients(caller)
        self.services = Services(caller)
        self.documents = Papers(caller)
        self.invoices = Invoices(caller)
        self.payments = Payments(caller)
        self.receipts = Receipts(caller)
        self.retentions = Retentions(caller)
        self.teams = Teams(caller)
        self.users = Users(caller)
        self.webhooks = Webhooks(caller)

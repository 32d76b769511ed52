"""The routing table: one line per endpoint."""

from __future__ import annotations

from typing import NamedTuple

from gigstack_sync.sandbox import routes_account as account
from gigstack_sync.sandbox.errors import Refusal
from gigstack_sync.sandbox.http_message import Request
from gigstack_sync.sandbox.listing_ask import Kind
from gigstack_sync.sandbox.page import Family
from gigstack_sync.sandbox.routes_call import Handler
from gigstack_sync.sandbox.routes_files import files
from gigstack_sync.sandbox.routes_reads import gets, lists, searches


class Route(NamedTuple):
    """A method and a path below /v2; `{id}` stands for one segment."""

    method: str
    path: str
    handler: Handler
    stream: str = ""  # whose list this is


def _list(path: str, stream: str, plural: str, kind: Kind, family: Family = "list") -> Route:
    return Route("GET", path, lists(stream, plural, kind, family), stream)


_INVOICES = Kind(filters=("status", "client_id", "series"), metadata=True)
_COMPLEMENTS = Kind(filters=("status", "client_id", "series", "invoice_id"))
_DRAFTS = Kind(filters=("client_id", "invoice_type"))
_PAYMENTS = Kind(filters=("status", "client_id", "currency", "email", "tax_id"), metadata=True)
_RECEIPTS = Kind(filters=("status", "client_id"), metadata=True)
_CLIENTS = Kind(metadata=True, names=True)
_SAT = Kind(filters=("direction", "status", "invoice_type", "issuer_rfc", "receiver_rfc"), sat=True)

ROUTES = (
    _list("/clients", "clients", "Clients", _CLIENTS),
    Route("GET", "/clients/search", searches("clients", "Clients")),
    Route("GET", "/clients/{id}", gets("clients", "Client")),
    _list("/services", "services", "Services", Kind(names=True)),
    Route("GET", "/services/{id}", gets("services", "Service")),
    _list("/invoices/income", "invoices_income", "Invoices", _INVOICES),
    Route("GET", "/invoices/income/{id}", gets("invoices_income", "Invoice")),
    _list("/invoices/egress", "invoices_egress", "Invoices", _INVOICES),
    Route("GET", "/invoices/egress/{id}", gets("invoices_egress", "Invoice")),
    _list("/invoices/payment", "invoices_payment", "Invoices", _COMPLEMENTS),
    Route("GET", "/invoices/payment/{id}", gets("invoices_payment", "Invoice")),
    _list("/invoices/transfer", "invoices_transfer", "Invoices", _INVOICES),
    Route("GET", "/invoices/transfer/{id}", gets("invoices_transfer", "Invoice")),
    _list("/invoices/draft", "invoices_draft", "Drafts", _DRAFTS),
    Route("GET", "/invoices/draft/{id}", gets("invoices_draft", "Draft")),
    _list("/invoices/sat", "invoices_sat", "SAT invoices", _SAT, "sat"),
    Route("GET", "/invoices/sat/{id}", gets("invoices_sat", "SAT invoice", success=True)),
    Route("GET", "/invoices/search", searches("invoices_income", "Invoices")),
    Route("GET", "/invoices/errors", account.cfdi_errors),
    Route("GET", "/invoices/{id}/files", files),
    Route("GET", "/invoices/download/activate/status", account.activation),
    Route("GET", "/invoices/download/schedule", account.schedule),
    Route("GET", "/invoices/download/schedule/history", account.schedule_history),
    _list("/payments", "payments", "Payments", _PAYMENTS),
    Route("GET", "/payments/search", searches("payments", "Payments")),
    Route("GET", "/payments/{id}", gets("payments", "Payment")),
    _list("/receipts", "receipts", "Receipts", _RECEIPTS),
    Route("GET", "/receipts/search", searches("receipts", "Receipts")),
    Route("GET", "/receipts/{id}", gets("receipts", "Receipt")),
    _list("/teams", "teams", "Teams", Kind(names=True)),
    Route("GET", "/teams/integrations", account.integrations),
    Route("GET", "/teams/{id}", account.team),
    Route("GET", "/teams/{id}/series", account.series),
    Route("GET", "/teams/{id}/settings", account.settings),
    _list("/users", "users", "Users", Kind(names=True)),
    Route("GET", "/users/{id}", gets("users", "User")),
    _list("/webhooks", "webhooks", "Webhooks", Kind(("status",)), "webhooks"),
    Route("GET", "/webhooks/{id}", gets("webhooks", "Webhook", success=True)),
)


class Router:
    """Finds handlers; fixed segments win over `{id}`."""

    def __init__(self, routes: tuple[Route, ...] = ROUTES) -> None:
        self._exact: dict[str, dict[str, Handler]] = {}
        self._streams = {f"/v2{route.path}": route.stream for route in routes if route.stream}
        self._patterns: dict[int, list[tuple[list[str], dict[str, Handler]]]] = {}
        for route in routes:
            self._add(route)

    def find(self, request: Request) -> tuple[Handler, dict[str, str]]:
        """Give handler and path parameters; Refusal 404 or 405."""
        methods, params = self._match(request)
        if methods is None:
            raise Refusal(404, "Not found", f"Cannot {request.method} {request.path}")
        handler = methods.get(request.method)
        if handler is None:
            allowed = ", ".join(sorted(methods))
            detail = f"Cannot {request.method} {request.path}"
            raise Refusal(405, "Method not allowed", detail, Allow=allowed)
        return handler, params

    def stream(self, request: Request) -> str:
        """Name the stream a request lists, "" when it does not list."""
        return self._streams.get(request.path, "") if request.method == "GET" else ""

    def _match(self, request: Request) -> tuple[dict[str, Handler] | None, dict[str, str]]:
        path = request.path.removeprefix("/v2")
        if path == request.path:
            return None, {}
        if path in self._exact:
            return self._exact[path], {}
        segments = request.segments[1:]
        for names, methods in self._patterns.get(len(segments), ()):
            pairs = list(zip(names, segments, strict=True))
            if all(name == segment or (name == "{id}" and segment) for name, segment in pairs):
                return methods, {name.strip("{}"): s for name, s in pairs if name == "{id}"}
        return None, {}

    def _add(self, route: Route) -> None:
        if "{" not in route.path:
            self._exact.setdefault(route.path, {})[route.method] = route.handler
            return
        names = route.path.strip("/").split("/")
        same_length = self._patterns.setdefault(len(names), [])
        for known, methods in same_length:
            if known == names:
                methods[route.method] = route.handler
                return
        same_length.append((names, {route.method: route.handler}))

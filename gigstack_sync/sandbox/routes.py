"""The routing table: one line per endpoint."""

from __future__ import annotations

from typing import NamedTuple

from gigstack_sync.sandbox import routes_account as account
from gigstack_sync.sandbox import routes_documents as folder
from gigstack_sync.sandbox import routes_writes_account as writes
from gigstack_sync.sandbox import routes_writes_clients as clients
from gigstack_sync.sandbox import routes_writes_drafts as drafts
from gigstack_sync.sandbox import routes_writes_invoices as invoices
from gigstack_sync.sandbox import routes_writes_papers as papers
from gigstack_sync.sandbox import routes_writes_payments as payments
from gigstack_sync.sandbox import routes_writes_receipts as receipts
from gigstack_sync.sandbox import routes_writes_sat as sat
from gigstack_sync.sandbox.errors import Refusal
from gigstack_sync.sandbox.http_message import Request
from gigstack_sync.sandbox.listing_ask import Kind
from gigstack_sync.sandbox.page import Family
from gigstack_sync.sandbox.routes_call import Handler
from gigstack_sync.sandbox.routes_files import files
from gigstack_sync.sandbox.routes_reads import gets, lists, searches


class Route(NamedTuple):
    """A method and a path below /v2; `{id}` and `{series}` stand for one segment."""

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
    Route("POST", "/clients", clients.create_client),
    Route("PUT", "/clients/{id}", clients.update_client),
    Route("DELETE", "/clients/{id}", clients.delete_client),
    Route("POST", "/clients/validate/{id}", clients.validate),
    Route("POST", "/clients/customerportal", clients.portal),
    Route("POST", "/clients/csf", clients.csf),
    Route("POST", "/clients/{id}/stamp-pending-receipts", receipts.stamp_pending),
    Route("GET", "/clients/{id}/support-documents", papers.lists_documents("clients", "Client")),
    Route("POST", "/clients/{id}/support-documents", papers.adds_document("clients", "Client")),
    _list("/services", "services", "Services", Kind(names=True)),
    Route("GET", "/services/{id}", gets("services", "Service")),
    Route("POST", "/services", clients.create_service),
    Route("PUT", "/services/{id}", clients.update_service),
    Route("DELETE", "/services/{id}", clients.delete_service),
    _list("/invoices/income", "invoices_income", "Invoices", _INVOICES),
    Route("GET", "/invoices/income/{id}", gets("invoices_income", "Invoice")),
    Route("POST", "/invoices/income", invoices.creates("I")),
    _list("/invoices/egress", "invoices_egress", "Invoices", _INVOICES),
    Route("GET", "/invoices/egress/{id}", gets("invoices_egress", "Invoice")),
    Route("POST", "/invoices/egress", invoices.creates("E")),
    _list("/invoices/payment", "invoices_payment", "Invoices", _COMPLEMENTS),
    Route("GET", "/invoices/payment/{id}", gets("invoices_payment", "Invoice")),
    Route("POST", "/invoices/payment", invoices.create_complement),
    _list("/invoices/transfer", "invoices_transfer", "Invoices", _INVOICES),
    Route("GET", "/invoices/transfer/{id}", gets("invoices_transfer", "Invoice")),
    Route("POST", "/invoices/transfer", invoices.creates("T")),
    _list("/invoices/draft", "invoices_draft", "Drafts", _DRAFTS),
    Route("GET", "/invoices/draft/{id}", gets("invoices_draft", "Draft")),
    Route("POST", "/invoices/draft", drafts.create),
    Route("PUT", "/invoices/draft/{id}", drafts.update),
    Route("DELETE", "/invoices/draft/{id}", drafts.delete),
    Route("POST", "/invoices/draft/{id}/stamp", drafts.stamp),
    Route("POST", "/invoices/draft/{id}/preview", drafts.preview),
    _list("/invoices/sat", "invoices_sat", "SAT invoices", _SAT, "sat"),
    Route("GET", "/invoices/sat/{id}", gets("invoices_sat", "SAT invoice", success=True)),
    Route("POST", "/invoices/sat/{id}/retry-xml", sat.retry_xml),
    Route("POST", "/invoices/sat/{id}/pdf", sat.pdf),
    Route("GET", "/invoices/search", searches("invoices_income", "Invoices")),
    Route("GET", "/invoices/errors", account.cfdi_errors),
    Route("GET", "/invoices/{id}/files", files),
    Route("DELETE", "/invoices/{id}", invoices.cancel),
    Route("POST", "/invoices/{id}/send", invoices.send),
    Route("GET", "/invoices/{id}/support-documents", papers.lists_documents("invoices", "Invoice")),
    Route("POST", "/invoices/{id}/support-documents", papers.adds_document("invoices", "Invoice")),
    Route("GET", "/invoices/download/activate/status", account.activation),
    Route("GET", "/invoices/download/schedule", account.schedule),
    Route("GET", "/invoices/download/schedule/history", account.schedule_history),
    Route("POST", "/invoices/download/activate", sat.activate),
    Route("POST", "/invoices/download/deactivate", sat.deactivate),
    Route("PUT", "/invoices/download/schedule", sat.set_schedule),
    Route("POST", "/invoices/download/request", sat.request),
    Route("GET", "/invoices/download/status/{id}", sat.request_status),
    Route("GET", "/invoices/download/package/{id}", sat.package),
    Route("GET", "/invoices/download/invoice/{id}", sat.xml),
    Route("POST", "/invoices/download/import", sat.import_xml),
    Route("GET", "/invoices/download/jobs", sat.jobs),
    Route("GET", "/invoices/download/jobs/{id}", sat.job),
    Route("POST", "/invoices/download/jobs/{id}/cancel", sat.cancel_job),
    _list("/payments", "payments", "Payments", _PAYMENTS),
    Route("GET", "/payments/search", searches("payments", "Payments")),
    Route("GET", "/payments/{id}", gets("payments", "Payment")),
    Route("POST", "/payments/request", payments.request),
    Route("POST", "/payments/register", payments.register),
    Route("POST", "/payments/{id}/paid", payments.paid),
    Route("POST", "/payments/{id}/refund", payments.refund),
    Route("DELETE", "/payments/{id}", payments.cancel),
    Route("PUT", "/payments/{id}", payments.update),
    Route("GET", "/payments/{id}/support-documents", papers.lists_documents("payments", "Payment")),
    Route("POST", "/payments/{id}/support-documents", papers.adds_document("payments", "Payment")),
    Route("GET", "/documents", folder.folder),
    Route("GET", "/documents/{id}", gets("documents", "Document", success=True)),
    Route("DELETE", "/documents/{id}", folder.delete),
    Route("POST", "/documents/{id}/link", folder.link),
    Route("DELETE", "/documents/{id}/link", folder.unlink),
    Route("POST", "/documents/{id}/analyze", folder.analyze),
    _list("/receipts", "receipts", "Receipts", _RECEIPTS),
    Route("GET", "/receipts/search", searches("receipts", "Receipts")),
    Route("GET", "/receipts/{id}", gets("receipts", "Receipt")),
    Route("POST", "/receipts", receipts.create),
    Route("POST", "/receipts/{id}/stamp", receipts.stamp),
    Route("DELETE", "/receipts/{id}", receipts.cancel),
    Route("POST", "/receipts/{id}/reopen", receipts.reopen),
    _list("/retentions", "retentions", "Retentions", Kind()),
    Route("GET", "/retentions/{id}", gets("retentions", "Retention")),
    Route("POST", "/retentions", papers.create_retention),
    Route("DELETE", "/retentions/{id}", papers.cancel_retention),
    Route("GET", "/retentions/{id}/files", papers.retention_files),
    _list("/teams", "teams", "Teams", Kind(names=True)),
    Route("GET", "/teams/integrations", account.integrations),
    Route("GET", "/teams/{id}", account.team),
    Route("GET", "/teams/{id}/series", account.series),
    Route("GET", "/teams/{id}/settings", account.settings),
    Route("PUT", "/teams/{id}/settings", writes.update_settings),
    Route("POST", "/teams", writes.create_team),
    Route("PUT", "/teams/{id}", writes.update_team),
    Route("DELETE", "/teams/{id}", writes.delete_team),
    Route("PUT", "/teams/{id}/series/{series}", writes.update_series),
    Route("GET", "/teams/{id}/onboarding-url", writes.onboarding_url),
    Route("GET", "/teams/{id}/members", writes.members),
    Route("GET", "/teams/{id}/api-logs", folder.log),
    Route("GET", "/teams/{id}/webhook-deliveries", folder.log),
    Route("POST", "/teams/{id}/add-member", writes.add_member),
    Route("POST", "/teams/{id}/remove-member", writes.remove_member),
    _list("/users", "users", "Users", Kind(names=True)),
    Route("GET", "/users/{id}", gets("users", "User")),
    Route("POST", "/users", writes.create_user),
    Route("PUT", "/users/{id}", writes.update_user),
    Route("DELETE", "/users/{id}", writes.delete_user),
    Route("POST", "/users/reset-password", writes.reset_password),
    Route("POST", "/users/login-link", writes.login_link),
    _list("/webhooks", "webhooks", "Webhooks", Kind(("status",)), "webhooks"),
    Route("GET", "/webhooks/{id}", gets("webhooks", "Webhook", success=True)),
    Route("POST", "/webhooks", writes.create_webhook),
    Route("PUT", "/webhooks/{id}", writes.update_webhook),
    Route("DELETE", "/webhooks/{id}", writes.delete_webhook),
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
            if all(name == part or (name[0] == "{" and part) for name, part in pairs):
                return methods, {name.strip("{}"): part for name, part in pairs if name[0] == "{"}
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

"""Refusals of the simulated API, and the forms their bodies have been seen in."""

from __future__ import annotations

from typing import Any

import msgspec

from gigstack_sync.sandbox.http_message import Reply
from gigstack_sync.sandbox.quirks import Quirks

_CODES = {
    400: "validation_failed",
    401: "unauthorized",
    403: "forbidden",
    404: "resource_not_found",
    405: "operation_not_allowed",
    409: "resource_conflict",
    410: "resource_not_found",
    422: "cfdi_service_error",
    429: "rate_limit_exceeded",
    503: "service_unavailable",
}


class Refusal(Exception):
    """The API says no: HTTP status, a short message and a detail in prose."""

    def __init__(self, status: int, message: str, detail: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.detail = detail
        self.headers = headers


def unauthorized() -> Refusal:
    """401, worded as the API words it."""
    return Refusal(401, "Unauthorized", "Invalid or missing API key")


def forbidden_team(team: str) -> Refusal:
    """403 for a team the key may not act for, known or not."""
    return Refusal(403, "Forbidden", f"Team {team} is not part of your billing account")


def not_found(noun: str, reference: str) -> Refusal:
    """404 for a row."""
    return Refusal(404, f"{noun} not found", f"No such {noun.lower()}: {reference}")


def invalid(detail: str) -> Refusal:
    """400 for a parameter."""
    return Refusal(400, "Invalid request", detail)


def refuse(refusal: Refusal, quirks: Quirks) -> Reply:
    """Render a refusal in the shape the quirks ask for."""
    body = error_body(refusal.status, refusal.message, refusal.detail, quirks.error_shape)
    status = refusal.status
    if status == 200 or (quirks.errors == "ok" and status not in (401, 403, 429)):
        body, status = {"success": False, **body}, 200
    return Reply(status, msgspec.json.encode(body), headers=dict(refusal.headers))


def error_body(status: int, message: str, detail: str, shape: str) -> dict[str, Any]:
    """Build one of the five known error bodies."""
    code = _CODES.get(status, "internal_server_error")
    if shape == "object":
        return {"message": message, "error": {"message": detail, "code": code, "details": [detail]}}
    if shape == "code":
        return {"message": message, "error": code}
    if shape == "message":
        return {"message": message}
    if shape == "standard":
        return {
            "success": False,
            "error": {"code": code, "message": message, "details": detail},
            "timestamp": "2026-01-01T00:00:00.000Z",
        }
    return {"message": message, "error": detail}

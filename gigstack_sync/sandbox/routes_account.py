"""Handlers about the account: teams, their settings and series, Descarga Masiva, CFDI errors."""

from __future__ import annotations

from typing import Any

import msgspec

from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.errors import Refusal, forbidden_team, not_found
from gigstack_sync.sandbox.errors_cfdi import CFDI_ERRORS
from gigstack_sync.sandbox.listing_ask import limit_of, whole
from gigstack_sync.sandbox.page import Page
from gigstack_sync.sandbox.routes_call import Answer, Call, answer, standard
from gigstack_sync.sandbox.routes_reads import gets

_CFDI_STREAMS = ("invoices_income", "invoices_egress", "invoices_payment")
_read_team = gets("teams", "Team")


def team(call: Call) -> Answer:
    """GET /teams/{id}: any team within reach, listed or not."""
    team_id_of(call)
    return _read_team(call)


def integrations(call: Call) -> Answer:
    """GET /teams/integrations of the team spoken for."""
    body = _team_body(call, call.team)
    return answer("Integrations retrieved successfully", body.get("integrations") or {})


def settings(call: Call) -> Answer:
    """GET /teams/{id}/settings."""
    body = _team_body(call, team_id_of(call))
    return answer("Settings retrieved successfully", body.get("settings") or {})


def series(call: Call) -> Answer:
    """GET /teams/{id}/series: the next folio of each series, by mode."""
    team_id = team_id_of(call)
    return answer("Series retrieved successfully", series_of(call, team_id))


def series_of(call: Call, team_id: str) -> list[dict[str, Any]]:
    """List the series of a team: as somebody has set them, else as they are in use."""
    known = _team_body(call, team_id).get("series")
    return [dict(row) for row in known] if known else _series_in_use(call, team_id)


def activation(call: Call) -> Answer:
    """GET /invoices/download/activate/status."""
    active = call.sat_active
    data = {
        "status": "active" if active else "needs_activation",
        "planIncludesFeature": True,
        "isActivated": active,
        "pricing": {"perDownload": "$0.20 MXN", "addonMonthly": None},
    }
    return standard(data, "Activation status retrieved successfully")


def schedule(call: Call) -> Answer:
    """GET /invoices/download/schedule, in its mixture of two casings."""
    _activated(call)
    now = call.shop.world.now
    data = {
        "schedule": {
            "enabled": True,
            "time": "03:00",
            "downloadTypes": ["issued", "received"],
            "daysBack": 7,
            "lastRunAt": (now - now % 86_400) * 1000,
            "lastRunStatus": "completed",
            **call.shop.world.teams[call.team].sat_schedule,
        },
        "fiel_uploaded": True,
        "registered": True,
        "sat_completed": True,
        "sync_start_date": "2024-01-01",
        "prodigia": {"synced": True, "sync_from": "2024-01-01", "monthly_cap": 5000},
    }
    return standard(data, "Schedule retrieved successfully")


def schedule_history(call: Call) -> Answer:
    """GET /invoices/download/schedule/history: the last days' downloads."""
    _activated(call)
    today = call.shop.world.now - call.shop.world.now % 86_400
    runs = [_download(today - day * 86_400) for day in range(20)]
    return standard({"history": runs}, "History retrieved successfully")


def cfdi_errors(call: Call) -> Answer:
    """GET /invoices/errors: the catalogue, by exact `code`, by `type`, by text `q`."""
    query = call.request.query
    wanted = query.get("q", "").lower()
    found = [
        error._asdict()
        for error in CFDI_ERRORS
        if query.get("code") in (None, "", error.code)
        and query.get("type") in (None, "", error.type)
        and wanted in " ".join(error).lower()
    ]
    page, limit = whole(query, "page", 1), limit_of(query, call.quirks, default=50)
    rows = [msgspec.json.encode(error) for error in found[(page - 1) * limit : page * limit]]
    message = "CFDI errors retrieved successfully"
    return Page("catalogue", message, rows, total=len(found), page=page, per_page=limit)


def _activated(call: Call) -> None:
    if not call.sat_active:
        raise Refusal(403, "Forbidden", "Descarga Masiva is not activated")


def _download(day: int) -> Json:
    return {
        "id": f"download_{day}",
        "rfcType": "issued",
        "startDate": (day - 7 * 86_400) * 1000,
        "endDate": day * 1000,
        "status": "completed",
        "statusMessage": None,
        "source": "schedule",
        "createdAt": day * 1000,
        "completedAt": (day + 300) * 1000,
    }


def team_id_of(call: Call) -> str:
    """Read the team a path names; Refusal 403 when it is out of reach."""
    team_id = call.reference()
    if not call.reaches(team_id):
        raise forbidden_team(call.params["id"])
    return team_id


def _team_body(call: Call, team_id: str) -> Json:
    body = call.shop.world.collection(team_id, "teams").get(team_id)
    if body is None:
        raise not_found("Team", team_id)
    return body


def _series_in_use(call: Call, team_id: str) -> list[dict[str, Any]]:
    mode = "live" if call.key.livemode else "test"
    highest: dict[str, int] = {}
    for stream in _CFDI_STREAMS:
        rows = call.shop.world.collection(team_id, stream)
        for row_id in rows:
            name = call.shop.facets.value(rows, row_id, "series")
            folio = call.shop.facets.value(rows, row_id, "folio_number")
            if name:
                highest[name] = max(highest.get(name, 0), int(folio or 0))
    fresh = {"live": 1, "test": 1}
    return [
        {"id": f"series_{name}", "series": name} | fresh | {mode: folio + 1}
        for name, folio in sorted(highest.items())
    ]

"""Handlers of Descarga Masiva: switched, scheduled, asked for, and its documents."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from gigstack_sync.sandbox.collection import Json, Row
from gigstack_sync.sandbox.errors import Refusal, not_found
from gigstack_sync.sandbox.fiscal.identity import record_id
from gigstack_sync.sandbox.fiscal.priced import number, spelled
from gigstack_sync.sandbox.http_message import Reply
from gigstack_sync.sandbox.reading import bad, body_of, choice, flag, rows, text, whole
from gigstack_sync.sandbox.routes_call import Answer, Call, answer, standard
from gigstack_sync.sandbox.routes_files import pdf_of, xml_of

_SIDES = ("issued", "received")
_JOB_SIZE = 500
_PRICE = Decimal("0.20")  # MXN for each CFDI
_TAKES = 60  # seconds until SAT has a package ready


def activate(call: Call) -> Answer:
    """POST /invoices/download/activate: the plan includes it."""
    call.company.sat_active = True
    return answer("Descarga Masiva activated", {"type": "included", "status": "active"})


def deactivate(call: Call) -> Answer:
    """POST /invoices/download/deactivate: an answer without data."""
    call.company.sat_active = False
    return Reply(body=msgspec.json.encode({"message": "Descarga Masiva deactivated"}))


def set_schedule(call: Call) -> Answer:
    """PUT /invoices/download/schedule: takes snake case, keeps camel case."""
    _active(call)
    body = body_of(call)
    hour = text(body, "time")
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", hour):
        raise bad("time must be HH:mm")
    sides = rows(body, "download_types")
    if not sides or any(side not in _SIDES for side in sides):
        raise bad("download_types must be issued, received or both")
    days = whole(body, "days_back", 7)
    if not 1 <= days <= 90:
        raise bad("days_back must be between 1 and 90")
    kept = {"enabled": flag(body, "enabled", True), "time": hour}
    call.company.sat_schedule = {**kept, "downloadTypes": sides, "daysBack": days}
    return standard({"schedule": call.company.sat_schedule}, "Schedule updated successfully")


def retry_xml(call: Call) -> Answer:
    """POST /invoices/sat/{id}/retry-xml: costs a credit when it works."""
    row = _cfdi(call)
    if call.quirks.sat_retry == "rejected":
        raise Refusal(422, "Prodigia rejected the request", "El CFDI no está disponible en el SAT")
    if call.quirks.sat_retry == "gateway":
        raise Refusal(502, "Bad gateway", "Prodigia did not answer")
    charged = not row["has_xml"]
    ready = {"has_xml": True, "resource_status": "ready", "xmlError": None}
    if charged:
        call.company["invoices_sat"].change(row.id, **ready, updated_at=call.now * 1000)
    return answer("XML retrieved successfully", {"credit_charged": charged})


def pdf(call: Call) -> Answer:
    """POST /invoices/sat/{id}/pdf: `pdf` at the top of the answer."""
    row = _cfdi(call)
    if not row["has_xml"]:
        raise Refusal(422, "PDF cannot be drawn", "The XML of this CFDI is not here yet")
    drawn = base64.b64encode(pdf_of(row.body())).decode()
    return Reply(body=msgspec.json.encode({"success": True, "pdf": drawn}))


def xml(call: Call) -> Answer:
    """GET /invoices/download/invoice/{id}: the XML, for a credit."""
    row = _cfdi(call)
    content = base64.b64encode(xml_of(row.body() | {"id": row.id})).decode()
    return standard({"xml": content, "credit_charged": True}, "XML retrieved successfully")


def request(call: Call) -> Answer:
    """POST /invoices/download/request: SAT works on it."""
    _active(call)
    body = body_of(call)
    first, last = _day(body, "start_date"), _day(body, "end_date")
    if last < first:
        raise bad("end_date is before start_date")
    made: Json = {
        "id": record_id(call.company.ids, "req_", 12),
        "startDate": first.isoformat(),
        "endDate": last.isoformat(),
        "requestType": choice(body, "request_type", ("metadata", "cfdi"), "cfdi"),
        "rfcType": choice(body, "rfc_type", _SIDES, "received"),
        "createdAt": call.now * 1000,
    }
    _requests(call)[made["id"]] = made
    return standard(_progress(call, made), "Request accepted", status=call.quirks.create_status)


def request_status(call: Call) -> Answer:
    """GET /invoices/download/status/{id}."""
    return standard(_progress(call, _request(call)), "Status retrieved successfully")


def package(call: Call) -> Answer:
    """GET /invoices/download/package/{id}: a ZIP in base64, once it is ready."""
    asked = _request(call)
    if _progress(call, asked)["status"] != "completed":
        raise Refusal(409, "Package not ready", "SAT is still working on it")
    found = _found(call, asked)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for row in found:
            archive.writestr(zipfile.ZipInfo(f"{row['uuid']}.xml"), xml_of(row.body()))
    content = base64.b64encode(target.getvalue()).decode()
    return standard({"content": content, "encoding": "base64"}, "Package retrieved successfully")


def import_xml(call: Call) -> Answer:
    """POST /invoices/download/import: a job, once its cost is agreed to."""
    _active(call)
    body = body_of(call)
    uuids = rows(body, "uuids")
    if not 1 <= len(uuids) <= _JOB_SIZE:
        raise bad(f"uuids must be 1 to {_JOB_SIZE}")
    cost = len(uuids) * _PRICE
    if number(body.get("confirm_cost_mxn"), "confirm_cost_mxn") != cost:
        raise Refusal(409, "cost_mismatch", f"The cost is {cost} MXN")
    job: Json = {"id": record_id(call.company.ids, "job_", 12), "total": len(uuids)}
    job |= {"status": "processing", "cost_mxn": spelled(cost), "created_at": call.now * 1000}
    _jobs(call)[job["id"]] = job
    return standard(job, "Import started", status=call.quirks.create_status)


def jobs(call: Call) -> Answer:
    """GET /invoices/download/jobs: the last twenty."""
    _active(call)
    return standard([_advanced(call, job) for job in _jobs(call).values()][-20:], "Jobs retrieved")


def job(call: Call) -> Answer:
    """GET /invoices/download/jobs/{id}."""
    return standard(_advanced(call, _job(call)), "Job retrieved")


def cancel_job(call: Call) -> Answer:
    """POST /invoices/download/jobs/{id}/cancel, while it runs."""
    found = _advanced(call, _job(call))
    if found["status"] != "processing":
        raise Refusal(409, "Cannot cancel job", f"The job is {found['status']}")
    _job(call)["status"] = "cancelled"
    return standard(_job(call), "Job cancelled")


def _jobs(call: Call) -> dict[str, Json]:
    known: dict[str, Json] = call.shop.jobs.setdefault(call.team, {})
    return known


def _job(call: Call) -> Json:
    _active(call)
    found = _jobs(call).get(call.reference())
    if found is None:
        raise not_found("Job", call.params["id"])
    return found


def _advanced(call: Call, job: Json) -> Json:
    done = job["status"] == "processing" and call.now * 1000 >= job["created_at"] + _TAKES * 1000
    return {**job, "status": "completed" if done else job["status"]}


def _active(call: Call) -> None:
    if not call.sat_active:
        raise Refusal(403, "Forbidden", "Descarga Masiva is not activated")


def _cfdi(call: Call) -> Row:
    _active(call)
    stock, row_id = call.find("invoices_sat", "SAT invoice")
    return stock.row(row_id)


def _day(body: Json, name: str) -> date:
    try:
        return date.fromisoformat(text(body, name)[:10])
    except ValueError:
        raise bad(f"{name} must be a day like 2026-01-31") from None


def _requests(call: Call) -> dict[str, Json]:
    known: dict[str, Json] = call.shop.downloads.setdefault(call.team, {})
    return known


def _request(call: Call) -> Json:
    _active(call)
    asked = _requests(call).get(call.reference())
    if asked is None:
        raise not_found("Request", call.params["id"])
    return asked


def _progress(call: Call, asked: Json) -> dict[str, Any]:
    ready = call.now * 1000 >= asked["createdAt"] + _TAKES * 1000
    count = len(_found(call, asked)) if ready else 0
    return {**asked, "status": "completed" if ready else "processing", "invoiceCount": count}


def _found(call: Call, asked: Json) -> list[Row]:
    stock = call.rows("invoices_sat")
    wanted = (stock.row(row_id) for row_id in stock)
    return [
        row
        for row in wanted
        if row["direction"] == asked["rfcType"]
        and asked["startDate"] <= str(row["issue_date"])[:10] <= asked["endDate"]
    ]

"""Files of an invoice: their addresses, and the files themselves without any key."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

import msgspec

from gigstack_sync.sandbox.collection import Collection, Json
from gigstack_sync.sandbox.errors import Refusal, invalid, not_found
from gigstack_sync.sandbox.http_message import Reply, Request
from gigstack_sync.sandbox.routes_call import Answer, Call, Shop, answer

_TYPES = ("pdf", "xml")
_STREAMS = ("invoices_income", "invoices_egress", "invoices_payment", "invoices_transfer")


def files(call: Call) -> Answer:
    """GET /invoices/{id}/files: one address per file, or one of them with `file_type`."""
    body, stream = _invoice(call)
    return links_of(call, body, stream)


def links_of(call: Call, body: Json, stream: str) -> Answer:
    """Answer with the addresses of a document's files."""
    wanted = call.request.query.get("file_type")
    if wanted not in (None, *_TYPES):
        raise invalid("file_type must be pdf or xml")
    body = body | {"_stream": stream}
    links = {kind: _link(call, body, kind) for kind in _TYPES if wanted in (None, kind)}
    return answer("Files retrieved successfully", links)


def stored_file(shop: Shop, request: Request) -> Reply:
    """GET /_files/{team}/{stream}/{id}.{pdf|xml}: a cloud bucket, which refuses API keys."""
    if "authorization" in request.headers:
        raise Refusal(400, "Invalid argument", "Only one auth mechanism allowed")
    try:
        _, team, stream, name = request.segments
        row_id, _, kind = name.rpartition(".")
        body = shop.world.collection(team, stream).get(row_id)
    except (ValueError, KeyError):
        body, kind = None, ""
    if body is None or kind not in _TYPES:
        raise not_found("File", request.path)
    content = pdf_of(body) if kind == "pdf" else xml_of(body)
    return Reply(body=content, content_type=f"application/{kind}")


def _invoice(call: Call) -> tuple[Json, str]:
    for stream in _STREAMS:
        rows: Collection = call.rows(stream)
        row_id = rows.find(call.reference()) or rows.find(call.reference().upper())
        body = rows.get(row_id) if row_id else None
        if body is not None:
            return body, stream
    raise not_found("Invoice", call.params["id"])


def _link(call: Call, body: Json, kind: str) -> Any:
    form = call.quirks.files
    if form == "missing" or body.get("status") == "pending":
        return None
    if form == "storage" and not body.get("files"):
        return None
    if form == "storage":
        return body["files"].get(kind)
    if form == "base64":
        return base64.b64encode(pdf_of(body) if kind == "pdf" else xml_of(body)).decode()
    place = f"{call.team}/{body['_stream']}/{quote(str(body['id']), safe='')}"
    return f"{call.shop.base}/_files/{place}.{kind}"


def xml_of(body: Json) -> bytes:
    """Write a CFDI's outline: enough to see whose file it is, not enough to fool a validator."""
    client = body.get("client") or {}
    attributes = {
        "Version": "4.0",
        "Serie": body.get("series"),
        "Folio": body.get("folio_number"),
        "SubTotal": body.get("subtotal"),
        "Total": body.get("total"),
        "Moneda": body.get("currency"),
        "TipoDeComprobante": body.get("invoice_type"),
    }
    head = " ".join(
        f"{name}={quoteattr(str(v))}" for name, v in attributes.items() if v is not None
    )
    receiver = f"<cfdi:Receptor Rfc={quoteattr(str(client.get('tax_id', '')))}/>"
    stamp = f"<tfd:TimbreFiscalDigital UUID={quoteattr(str(body.get('uuid', '')))}/>"
    spaces = (
        'xmlns:cfdi="http://www.sat.gob.mx/cfd/4" '
        'xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital"'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<cfdi:Comprobante {spaces} {head}>'
        f"{receiver}<cfdi:Complemento>{stamp}</cfdi:Complemento></cfdi:Comprobante>\n"
    ).encode()


def pdf_of(body: Json) -> bytes:
    """Draw one page with the invoice's id, in the fewest objects a reader accepts."""
    text = msgspec.json.encode(str(body["id"])).strip(b'"').replace(b"(", b"").replace(b")", b"")
    stream = b"BT /F1 12 Tf 72 720 Td (%s) Tj ET" % text
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = b"0 6\n0000000000 65535 f \n" + table
    return out + b"xref\n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        start,
        len(out),
    )

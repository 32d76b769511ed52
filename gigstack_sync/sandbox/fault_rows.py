"""Faults of single rows: ids, dates, types and text no schema foresaw."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from gigstack_sync.sandbox.fault import Fault

Fields = dict[str, msgspec.Raw]
RowEdit = Callable[[Fault, bytes], bytes]

_IDS = {"null": b"null", "int": b"12345", "object": b'{"$oid":"1"}', "bool": b"true"}
_IDS |= {"empty": b'""', "float": b"1.5", "array": b"[]"}
_DATES = {
    "ms": b"1795000000000",
    "future": b"4102444800",
    "text": b'"yesterday"',
    "iso": b'"2026-01-31T18:00:00-06:00"',
    "negative": b"-1",
    "zero": b"0",
    "float": b"1795000000.5",
    "huge": b"1e300",
    "null": b"null",
}
_TYPES = {
    "text": b'"12.50"',
    "word": b'"n/a"',
    "number": b"12.50",
    "object": b'{"value":12.50}',
    "array": b"[12.50]",
    "bool": b"true",
    "null": b"null",
}
_TEXTS = {
    "surrogate": b'"a\\ud800b"',
    "nul": b'"a\\u0000b"',
    "emoji": '"🧾 factura"'.encode(),
    "rtl": b'"\\u202egpj.exe"',
    "formula": b'"=HYPERLINK(\\"http://x\\")"',
    "markup": b'"[bold red]x[/]"',
    "escape": b'"\\u001b[31mred"',
}


def _editor(change: Callable[[Fault, Fields], None]) -> RowEdit:
    def edit(fault: Fault, row: bytes) -> bytes:
        body = msgspec.json.decode(row, type=Fields)
        change(fault, body)
        return b"{%s}" % b",".join(
            msgspec.json.encode(name) + b":" + bytes(value) for name, value in body.items()
        )

    return edit


def _set(body: Fields, name: str, raw: bytes | None) -> None:
    if raw is None:
        body.pop(name, None)
    else:
        body[name] = msgspec.Raw(raw)


def _id(fault: Fault, body: Fields) -> None:
    _set(body, fault.option("field", "id"), _IDS.get(fault.value))


def _created(fault: Fault, body: Fields) -> None:
    _set(body, fault.option("field", "created_at"), _DATES.get(fault.value))


def _type(fault: Fault, body: Fields) -> None:
    _set(body, fault.option("field", "total"), _TYPES.get(fault.value, b"null"))


def _money(fault: Fault, body: Fields) -> None:
    _set(body, fault.option("field", "total"), fault.value.encode() or b"12345678901234567.89")


def _text(fault: Fault, body: Fields) -> None:
    _set(body, fault.option("field", "payment_conditions"), _TEXTS.get(fault.value, b'""'))


def _drop_key(fault: Fault, body: Fields) -> None:
    body.pop(fault.value, None)


def _new_key(fault: Fault, body: Fields) -> None:
    _set(body, fault.value or "surprise", b'{"new":true}')


def _case_change(fault: Fault, body: Fields) -> None:
    if fault.value in body:
        head, *rest = fault.value.split("_")
        camel = head + "".join(part.title() for part in rest)
        body[camel if rest else head.upper()] = body.pop(fault.value)


def _huge_row(fault: Fault, body: Fields) -> None:
    _set(body, "invoice_pdf_notes", b'"%s"' % (b"x" * int(fault.number(5_000_000))))


def _deep_row(fault: Fault, body: Fields) -> None:
    depth = int(fault.number(5000))
    _set(body, "metadata", b'{"a":' * depth + b"1" + b"}" * depth)


def _duplicate_key(fault: Fault, row: bytes) -> bytes:
    return row[:-1] + b',"%s":"twice"}' % (fault.value or "status").encode()


def _not_an_object(fault: Fault, _: bytes) -> bytes:
    return {"number": b"7", "array": b"[]"}.get(fault.value, b'"row"')


ROW_EDITS: dict[str, tuple[RowEdit, str]] = {
    "id": (_editor(_id), f"=missing|{'|'.join(_IDS)}; field=id"),
    "created": (_editor(_created), f"=missing|{'|'.join(_DATES)}; field=created_at"),
    "type": (_editor(_type), f"={'|'.join(_TYPES)}; field=total"),
    "money": (_editor(_money), "=NUMBER as written, NaN and 1e400 too; field=total"),
    "text": (_editor(_text), f"={'|'.join(_TEXTS)}; field=payment_conditions"),
    "drop_key": (_editor(_drop_key), "=FIELD"),
    "new_key": (_editor(_new_key), "=FIELD"),
    "case_change": (_editor(_case_change), "=FIELD in camelCase"),
    "huge_row": (_editor(_huge_row), "=BYTES in one row"),
    "deep_row": (_editor(_deep_row), "=DEPTH of nested objects"),
    "duplicate_key": (_duplicate_key, "=FIELD twice in one object"),
    "not_an_object": (_not_an_object, "=text|number|array in place of a row"),
}

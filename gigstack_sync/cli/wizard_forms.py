"""What each guided command asks, and the options its answers become."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from gigstack_sync.cli.language import tr
from gigstack_sync.cli.operations_codes import entries, labels_of
from gigstack_sync.cli.operations_show import document
from gigstack_sync.cli.operations_values import KINDS
from gigstack_sync.cli.session import Session
from gigstack_sync.cli.wizard_questions import ask, choose, confirm
from gigstack_sync.errors import UsageError

_ID: Final = re.compile(r"(client|cus)_[A-Za-z0-9_-]+")
_FEW: Final = 9


def _options(answers: Mapping[str, str]) -> list[str]:
    """Flags and answers, without those left empty."""
    return [word for flag, answer in answers.items() if answer for word in (flag, answer)]


def _client(_session: Session) -> list[str]:
    """Name, RFC, regime and use that go together, postal code, e-mail."""
    name = ask(tr("Name, as on the constancia"))
    rfc = ask(tr("RFC, nothing if unknown"), KINDS["rfc"].read, needed=False).upper()
    regime = use = ""
    if rfc:
        regime = choose(tr("Tax regime"), _regimes(rfc), default="616" if _is_generic(rfc) else "")
        uses = _uses(regime)
        use = choose(tr("Use of the CFDI"), uses, default="G03" if "G03" in uses else "S01")
    postal = ask(tr("Fiscal postal code"), KINDS["zip"].read, needed=bool(rfc))
    email = ask(tr("E-mail, nothing for none"), _email, needed=False)
    return _options(
        {
            "--name": name,
            "--rfc": rfc,
            "--tax-system": regime,
            "--use": use,
            "--zip": postal,
            "--email": email,
        }
    )


def _service(_session: Session) -> list[str]:
    """Description, price, SAT's keys, IVA."""
    answers = {
        "--description": ask(tr("Description, as invoices show it")),
        "--price": ask(tr("Price before taxes"), _price),
        "--product-key": ask(tr("SAT product key, eight digits"), _product_key, needed=False),
        "--unit-key": ask(tr("SAT unit key"), default="E48").upper(),
        "--sku": ask(tr("Your own key (SKU), nothing for none"), needed=False),
    }
    return [
        *_options(answers),
        *(["--iva"] if confirm(tr("Add IVA at 16 %?"), default=True) else []),
    ]


def _invoice(session: Session) -> list[str]:
    """Client, items one after the other, and how it is paid."""
    client = _whom(session)
    items = [_item(1)]
    while confirm(tr("Another item?"), default=False):
        items.append(_item(len(items) + 1))
    method = choose(tr("Payment method"), labels_of("c_MetodoPago"), default="PUE")
    form = "99"
    if method == "PUE":
        forms = {code: text for code, text in labels_of("c_FormaPago").items() if code != "99"}
        form = choose(tr("Payment form"), forms, default="03")
    use = choose(tr("Use of the CFDI"), _uses(""), default="G03")
    currency = choose(tr("Currency"), labels_of("c_Moneda"), default="MXN")
    rate = "" if currency == "MXN" else ask(tr("Pesos per {currency}", currency=currency), _price)
    return _options(
        {
            "--client": client,
            "--items": document(items, indent=-1),
            "--payment-method": method,
            "--payment-form": form,
            "--use": use,
            "--currency": currency,
            "--exchange-rate": rate,
        }
    )


def _item(number: int) -> dict[str, Any]:
    item: dict[str, Any] = {
        "description": ask(tr("Item {number}: description", number=number)),
        "quantity": Decimal(ask(tr("  Quantity"), _price, default="1")),
        "unit_price": Decimal(ask(tr("  Price before taxes"), _price)),
        "product_key": ask(tr("  SAT product key, eight digits"), _product_key),
        "unit_key": ask(tr("  SAT unit key"), default="E48").upper(),
    }
    iva = {"type": "IVA", "rate": Decimal("0.16"), "factor": "Tasa", "withholding": False}
    item["taxes"] = [iva] if confirm(tr("  Add IVA at 16 %?"), default=True) else []
    return item


def _whom(session: Session) -> str:
    """A client's id, typed, or found by words and chosen."""
    while True:
        answer = ask(tr("Client: id, name or RFC"))
        if _ID.fullmatch(answer):
            return answer
        with session.client() as client:
            found = client.clients.search(answer, limit=_FEW)
        clients = {
            str(row["id"]): f"{row.get('legal_name') or row.get('name')} {row.get('tax_id') or ''}"
            for row in found
            if row.get("id")
        }
        if clients:
            return _one_of(clients)
        session.say(tr("No client is found by that; make one with: gigstack clients create"))


def _one_of(clients: Mapping[str, str]) -> str:
    """The one found, or the one chosen by its number."""
    by_number = {str(place): text for place, text in enumerate(clients.values(), 1)}
    number = choose(tr("Which client"), by_number, default="1" if len(clients) == 1 else "")
    return [*clients][int(number) - 1]


def _regimes(rfc: str) -> dict[str, str]:
    """Regimes of companies for an RFC of twelve characters, of people for thirteen."""
    kind = "persona_moral" if len(rfc) == 12 else "persona_fisica"
    rows = [each for each in entries() if each["catalog"] == "c_RegimenFiscal"]
    return {each["code"]: each["label"] for each in rows if each["details"][kind]}


def _uses(regime: str) -> dict[str, str]:
    """Uses open to a receiver of that regime; all but payroll and payments without one."""
    rows = [each for each in entries() if each["catalog"] == "c_UsoCFDI"]
    fit = [each for each in rows if not regime or regime in each["details"]["regimenes_receptor"]]
    return {each["code"]: each["label"] for each in fit if each["code"] not in {"CN01", "CP01"}}


def _is_generic(rfc: str) -> bool:
    return rfc in {"XAXX010101000", "XEXX010101000"}


def _price(flag: str, text: str) -> None:
    if KINDS["money"].read(flag, text) <= 0:
        raise UsageError(f"{text} is not more than nothing.")


def _product_key(_flag: str, text: str) -> None:
    if not re.fullmatch(r"[0-9]{8}", text):
        raise UsageError(f"{text!r} is no product key: it has eight digits.")


def _email(_flag: str, text: str) -> None:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise UsageError(f"{text!r} is no e-mail address.")


FORMS: Final[Mapping[str, Callable[[Session], list[str]]]] = {
    "clients create": _client,
    "invoices create": _invoice,
    "services create": _service,
}

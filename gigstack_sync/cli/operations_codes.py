"""What SAT knows by a code: RFC, postal code, and the entries of its catalogues."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from gigstack_sync.errors import UsageError

_RFC: Final = re.compile(r"[A-ZÑ&]{3,4}[0-9]{6}[A-Z0-9]{3}")


def rfc(flag: str, text: str) -> str:
    """An RFC as SAT writes it; UsageError for what is none."""
    code = text.strip().upper()
    if not _RFC.fullmatch(code):
        raise UsageError(
            f"{flag} {text!r} is no RFC.", hint="12 letters and digits for companies, 13 for people"
        )
    return code


def postal_code(flag: str, text: str) -> str:
    """Five digits."""
    if not re.fullmatch(r"[0-9]{5}", text):
        raise UsageError(f"{flag} {text!r} is no postal code: it has five digits.")
    return text


def labels_of(catalog: str) -> dict[str, str]:
    """The codes of a catalogue, such as c_FormaPago, and what SAT calls them."""
    return {each["code"]: each["label"] for each in entries() if each["catalog"] == catalog}


@cache
def entries() -> list[dict[str, Any]]:
    """Every entry of the catalogues that are shipped: catalog, code, label and more."""
    from gigstack_sync.store.sqlfiles import sql_root

    text = (sql_root() / "reference" / "catalogs.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found


def code_of(catalog: str) -> Callable[[str, str], str]:
    """Reads a code of one of SAT's catalogues."""

    def read(flag: str, text: str) -> str:
        code = text.strip().upper()
        if code not in labels_of(catalog):
            raise UsageError(
                f"{flag} {text!r} is not in SAT's {catalog}.",
                hint=f"See: gigstack catalog {catalog}",
            )
        return code

    return read

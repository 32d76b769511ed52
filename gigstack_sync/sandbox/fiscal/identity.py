"""Names the tax authority gives: RFCs with their check digit, fiscal UUIDs, seals."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from random import Random

PUBLIC = "XAXX010101000"  # público en general
FOREIGN = "XEXX010101000"  # residents abroad
RFC_FORM = re.compile(r"[A-ZÑ&]{3,4}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[A-Z\d]{2}[A\d]")

_DIGITS = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
_HOMOCLAVE = "123456789ABCDEFGHIJKLMNPQRSTUVWXYZ"


def check_digit(rfc: str) -> str:
    """Compute the last character of an RFC from the ones before it (11 or 12)."""
    weighed = ((13 - place) * _DIGITS.index(sign) for place, sign in enumerate(rfc.rjust(12)))
    rest = 11 - sum(weighed) % 11
    return {10: "A", 11: "0"}.get(rest, str(rest))


def rfc(letters: str, rng: Random, *, years: tuple[int, int]) -> str:
    """Draw an RFC: three letters make a company (12 characters), four a person (13)."""
    year, month, day = rng.randint(*years), rng.randint(1, 12), rng.randint(1, 28)
    stem = f"{letters}{year % 100:02}{month:02}{day:02}"
    stem += rng.choice(_HOMOCLAVE) + rng.choice(_HOMOCLAVE)
    return stem + check_digit(stem)


def fiscal_uuid(rng: Random) -> str:
    """Draw a version 4 UUID in upper case, as the SAT writes folios."""
    bits = rng.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62) | (4 << 76) | (2 << 62)
    text = f"{bits:032X}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def record_id(rng: Random, prefix: str, length: int = 20) -> str:
    """Draw an id of letters and digits, such as `invoice_9f2K…`."""
    drawn = b64encode(rng.randbytes(length * 3 // 4 + 1), altchars=b"xK")
    return prefix + drawn[:length].decode()


def seal(uuid: str) -> str:
    """Derive a digital seal from a folio: the same one each time."""
    return b64encode(sha256(uuid.encode()).digest()).decode()


def verification_url(uuid: str, parties: tuple[str, str], total: str) -> str:
    """Build the address in the QR code; `parties` are the RFCs of issuer and receiver."""
    return (
        "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx"
        f"?id={uuid}&re={parties[0]}&rr={parties[1]}&tt={total}&fe={seal(uuid)[-10:-2]}"
    )

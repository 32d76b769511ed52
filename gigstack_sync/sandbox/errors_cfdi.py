"""The catalogue of CFDI stamping errors that GET /invoices/errors answers from."""

from __future__ import annotations

from typing import Literal, NamedTuple

Blame = Literal["invoice", "receiver", "sender", "unknown"]


class CfdiError(NamedTuple):
    """One way the SAT refuses a CFDI; description in Spanish, the rest in English."""

    code: str
    description: str
    explanation: str
    solution: str
    type: Blame


CFDI_ERRORS = (
    CfdiError(
        "CFDI40103",
        "El campo TipoDeComprobante no corresponde con el régimen del emisor.",
        "The invoice type is not allowed for the tax system of the issuer.",
        "Check the tax system of your team.",
        "sender",
    ),
    CfdiError(
        "CFDI40111",
        "El campo Total no corresponde con la suma de los conceptos.",
        "The total differs from subtotal minus discount plus taxes.",
        "Recompute the amounts of the items.",
        "invoice",
    ),
    CfdiError(
        "CFDI40145",
        "El nombre del receptor no corresponde con el registrado en el SAT.",
        "The legal name of the client is not the one the SAT has on file.",
        "Copy the legal name from the client's Constancia de Situación Fiscal.",
        "receiver",
    ),
    CfdiError(
        "CFDI40147",
        "El código postal del receptor no corresponde con su domicilio fiscal.",
        "The postal code of the client is not the one the SAT has on file.",
        "Copy the postal code from the client's Constancia de Situación Fiscal.",
        "receiver",
    ),
    CfdiError(
        "CFDI40158",
        "El régimen fiscal del receptor no corresponde con su RFC.",
        "The client is not registered under that tax system.",
        "Copy the tax system from the client's Constancia de Situación Fiscal.",
        "receiver",
    ),
    CfdiError(
        "CFDI40161",
        "El uso del CFDI no es compatible con el régimen del receptor.",
        "The tax system of the client does not allow that use.",
        "Choose another use, S01 when in doubt.",
        "receiver",
    ),
    CfdiError(
        "CFDI40999",
        "Error no clasificado.",
        "The stamping provider gave no reason.",
        "Try again later.",
        "unknown",
    ),
)

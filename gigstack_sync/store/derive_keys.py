"""Which rows of schema `derived` hang on which rows of the mirror, and so follow what changed."""

from __future__ import annotations

from typing import Final, NamedTuple

SOURCES: Final = (
    "invoices_income",
    "invoices_egress",
    "invoices_payment",
    "invoices_transfer",
    "invoices_sat",
    "payments",
    "receipts",
)
"""The lists that the tables follow from."""


class Keys(NamedTuple):
    """A temp table of keys that selects read: of all there are, and of what is to be redone.

    Without the former it follows from the temp tables before it, of a slice as of a change.
    """

    every: str | None
    changed: str


class Growing(NamedTuple):
    """A table that is only brought up to date: its temp tables, and which old rows go first.

    Where rows are weighed against each other, whatever their keys, slices cannot be filled.
    """

    keys: tuple[str, ...]
    redone: str
    is_sliced: bool = True


def _new(stream: str, column: str = "key") -> str:
    return f"select {column} from mirror.{stream} where run_id > (select run_id from since)"


CHANGED_INVOICES: Final = f"""{_new("invoices_income")}
    union select key from mirror.invoices_income
        where uuid_fiscal in ({_new("invoices_income", "uuid_fiscal")}
            union all {_new("invoices_payment", "uuid_fiscal")})"""
"""Invoices that changed, and those with the folio fiscal of one, or of a complement that changed:
what names one names the other."""
_DOCUMENTS: Final = ("invoices_income", "invoices_egress", "invoices_payment", "invoices_transfer")
_CFDIS: Final = (*_DOCUMENTS, "invoices_sat")

KEYS: Final = {
    # complements: changed, or with an invoice that changed or is not found yet
    "affected": Keys(
        "select key from mirror.invoices_payment",
        f"""{_new("invoices_payment")}
        union all select key from derived.undated_cancellations where stream = 'invoices_payment'
        union all select complement_key from derived.complement_rows
            where invoice_key is null or invoice_key in (select key from changed_invoices)""",
    ),
    "redone_notes": Keys(
        "select key from mirror.invoices_egress",
        f"""{_new("invoices_egress")}
        union all select key from derived.undated_cancellations where stream = 'invoices_egress'
        union all select credit_key from derived.credit_allocations
            where invoice_key is null or invoice_key in (select key from changed_invoices)
                or invoice_key in (select key from moved)""",
    ),
    # invoices: changed, or naming a payment that is not found yet
    "redone_invoices": Keys(
        "select key from mirror.invoices_income",
        """select key from changed_invoices
        union all select invoice_key from derived.payment_links where payment_key is null""",
    ),
    # payments: changed, naming what is not found yet, or linked to what changed
    "redone_payments": Keys(
        "select key from mirror.payments",
        f"""{_new("payments")}
        union all select payment_key from derived.payment_links
            where invoice_key is null or invoice_key in (select key from redone_invoices)
        union all select payment_key from derived.mentions where is_said_by_payment
            and (record_key is null or record_key in ({_new("invoices_payment")})
                or record_key in ({_new("receipts")}))""",
    ),
    # invoices: redone, or linked to a payment that is
    "linked_invoices": Keys(
        "select 0::ubigint as key where false",
        """select key from redone_invoices
        union all select invoice_key from derived.payment_links
            where payment_key in (select key from redone_payments)""",
    ),
    "redone_complements": Keys(
        "select key from mirror.invoices_payment",
        f"""{_new("invoices_payment")}
        union all select record_key from derived.mentions
            where not is_said_by_payment and list = 'P' and payment_key is null""",
    ),
    "redone_receipts": Keys(
        "select key from mirror.receipts",
        f"""{_new("receipts")}
        union all select record_key from derived.mentions
            where not is_said_by_payment and list = 'R'
                and payment_key is null
                and (invoice_key is null or invoice_key in (select key from changed_invoices))""",
    ),
    # payments: redone, or linked to what changed or was paid by a complement that did
    "redone_money": Keys(
        "select key from mirror.payments",
        """select key from redone_payments
        union all select key from linked_payments
        union all select payment_key from derived.payment_links
            where invoice_key in (select key from moved)
                or invoice_key in (select key from changed_invoices)""",
    ),
    "paid_invoices": Keys(
        None,
        """select invoice_key as key from derived.payment_links
            where payment_key in (select key from redone_money)""",
    ),
    # invoices: changed, or linked to such a payment, or to a receipt that changed
    "redone_sales": Keys(
        "select key from mirror.invoices_income",
        """select key from changed_invoices
        union all select key from moved
        union all select key from touched_sales
        union all select key from derived.undated_cancellations where stream = 'invoices_income'
        union all select invoice_key from derived.payment_links
            where payment_key in (select key from redone_money)""",
    ),
    # complements: changed, or naming a payment that did, or waiting for one of that amount
    "redone_parts": Keys(
        "select key from mirror.invoices_payment",
        f"""select key from affected
        union all select key from naming_complements
        union all select record_key from derived.mentions
            where list = 'P' and payment_key in ({_new("payments")})
        union all select complement_key from (
            select complement_key, unnest(likely).payment_key as payment_key
            from derived.odd_parts where likely is not null
        ) where payment_key in ({_new("payments")})
        union all select odd.complement_key from derived.odd_parts as odd
            inner join mirror.payments as paid
                on odd.currency = paid.currency and odd.team_id = paid.team_id
            where paid.run_id > (select run_id from since) and odd.code = 'C14'
                and abs(odd.amount - paid.effective_total) <= 0.02""",
    ),
    "redone_documents": Keys(
        " union all ".join(f"select key from mirror.{s}" for s in _DOCUMENTS),
        " union all ".join(_new(s) for s in _DOCUMENTS),
    ),
    "redone_days": Keys(
        "select hash(series_key, issued_on) as key from derived.folios",
        "select key from touched_days",
    ),
    "redone_numbers": Keys(
        "select number_key as key from derived.folios", "select key from touched_numbers"
    ),
    # folios fiscales of what changed, also those it had before: both sides of each are redone
    "touched_folios": Keys(
        " union all ".join(f"select uuid_fiscal as key from mirror.{s}" for s in _CFDIS),
        " union all ".join(_new(s, "uuid_fiscal as key") for s in _CFDIS)
        + """ union all select fiscal_uuid(unnest([
                body ->> '$.uuid', body ->> '$.stamp.uuid', body ->> '$.id'
            ])) as key from (
                select legible(payload_before) as body from history.changes
                where payload_before is not null and stream like 'invoices_%'
                    and run_id > (select run_id from since)
            )""",
    ),
    "alike_invoices": Keys(
        "select key from mirror.invoices_income",
        f"""select key from mirror.invoices_income
            where total in ({_new("invoices_income", "total")})""",
    ),
    "alike_payments": Keys(
        "select key from mirror.payments",
        f"""select key from mirror.payments
            where effective_total in ({_new("payments", "effective_total")})""",
    ),
    # invoices whose balance is summed up anew
    "touched": Keys(
        "select key from mirror.invoices_income",
        f"""{_new("invoices_income")}
        union all select key from moved
        union all select key from derived.undated_cancellations
            where stream = 'invoices_income'""",
    ),
}
"""In an order in which each finds those it reads."""


def _within(column: str, keys: str) -> str:
    return f"{column} in (select key from {keys})"


GROWING: Final = {
    "seen_states": Growing((), ""),
    "complement_rows": Growing(("affected",), _within("complement_key", "affected")),
    "credit_allocations": Growing(("redone_notes",), _within("credit_key", "redone_notes")),
    "kept_balances": Growing(("touched",), _within("invoice_key", "touched")),
    "payment_links": Growing(
        ("redone_invoices", "redone_payments", "linked_invoices"),
        f"{_within('payment_key', 'redone_payments')} "
        f"or {_within('invoice_key', 'redone_invoices')}",
    ),
    "loose_payments": Growing(
        ("redone_invoices", "redone_payments"), _within("payment_key", "redone_payments")
    ),
    "mentions": Growing(
        ("redone_invoices", "redone_payments", "redone_complements", "redone_receipts"),
        f"case when is_said_by_payment then {_within('payment_key', 'redone_payments')} "
        f"when list = 'P' then {_within('record_key', 'redone_complements')} "
        f"else {_within('record_key', 'redone_receipts')} end",
    ),
    "uninvoiced": Growing(
        ("redone_invoices", "redone_payments", "redone_money", "paid_invoices"),
        _within("payment_key", "redone_money"),
    ),
    "uncovered": Growing(
        ("redone_invoices", "redone_payments", "redone_money", "paid_invoices"),
        _within("payment_key", "redone_money"),
    ),
    "uncollected": Growing(
        ("redone_invoices", "redone_payments", "redone_money", "redone_sales"),
        _within("invoice_key", "redone_sales"),
    ),
    "odd_parts": Growing(("affected", "redone_parts"), _within("complement_key", "redone_parts")),
    "unlike_folios": Growing(("touched_folios",), _within("uuid_fiscal", "touched_folios")),
    "unlike_documents": Growing(("touched_folios",), _within("uuid_fiscal", "touched_folios")),
    "unlike_sat_records": Growing(("touched_folios",), _within("uuid_fiscal", "touched_folios")),
    "double_invoices": Growing(
        ("alike_invoices",),
        f"total in ({_new('invoices_income', 'total')}) "
        f"or invoice_key in ({_new('invoices_income')})",
        is_sliced=False,
    ),
    "double_payments": Growing(
        ("alike_payments",),
        f"total in ({_new('payments', 'effective_total')}) or payment_key in ({_new('payments')})",
        is_sliced=False,
    ),
    "odd_terms": Growing(
        (),
        " or ".join(
            f"(list = '{kind}' and invoice_key in ({_new(stream)}))"
            for kind, stream in zip("IEPT", _DOCUMENTS, strict=True)
        ),
    ),
    "folios": Growing(("redone_documents",), _within("invoice_key", "redone_documents")),
    "folio_runs": Growing(("redone_days",), _within("day_key", "redone_days")),
    "repeated_folios": Growing(("redone_numbers",), _within("number_key", "redone_numbers")),
}
"""The other tables are small and made anew."""

NOTED: Final = {
    "complement_rows": {"moved": "invoice_key"},
    "credit_allocations": {"moved": "invoice_key"},
    "payment_links": {"linked_payments": "payment_key", "touched_sales": "invoice_key"},
    "mentions": {
        "linked_payments": "payment_key",
        "touched_sales": "invoice_key",
        "naming_complements": "case when list = 'P' then record_key end",
    },
    "folios": {
        "touched_days": "hash(series_key, issued_on)",
        "touched_numbers": "number_key",
    },
}
"""What the redone rows of a table name, kept in temp tables for those that follow."""

FOLLOWING: Final = frozenset(
    name
    for name, keys in KEYS.items()
    if keys.every is None
    or any(noted in keys.changed for notes in NOTED.values() for noted in notes)
)
"""The temp tables that read those: filled anew for each table that asks for them."""

-- What payment complements (CFDI type P) paid of which invoice: one row per DoctoRelacionado.
-- Grain: one row per complement, payment in it and row of that payment; an invoice may stand in a
-- payment twice. Should two invoices share a folio fiscal, it names both.
-- Source: Complemento para recepción de pagos 2.0, RMF 2.7.1.32.
--   team_id: the company that issued the complement
--   complement_id: gigstack's id of the complement
--   complement_uuid: folio fiscal of the complement
--   payment_no: place of the payment within the complement, from 1
--   row_no: place of the row within the payment, from 1
--   is_live: the complement is valid at SAT and not deleted; one whose cancellation is only asked
--     for still is
--   stamped_on: local day the complement was stamped
--   paid_on: local day of the payment (FechaPago); the day of the complement where it is not told
--   payment_form: SAT's code of how it was paid
--   payment_currency: currency of the payment
--   payment_exchange_rate: pesos per unit of payment_currency
--   payment_amount: whole payment, in payment_currency, repeated in each of its rows
--   invoice_reference: the invoice as named in the row: folio fiscal or id
--   invoice_id: gigstack's id of the invoice; NULL when it is not in this mirror
--   invoice_uuid: folio fiscal of the invoice
--   invoice_currency: currency of the invoice; the amounts that follow are in it
--   equivalence: units of invoice_currency per unit of payment_currency; NULL means 1
--   instalment: number of the instalment (NumParcialidad)
--   previous_balance: owed before this payment
--   paid: paid of the invoice; NULL when the complement does not tell
--   remaining: owed after this payment
--   cancelled_on: local day the complement was cancelled, as gigstack tells
--   held_until_on: last local day it is known to have been in force; NULL while it is, or when
--     no such day is known
--   ended_on: first local day it is known not to be in force: cancelled or gone; NULL while it is

select
    team_id,
    complement_id,
    complement_uuid,
    payment_no,
    row_no,
    is_live,
    stamped_on,
    paid_on,
    payment_form,
    payment_currency,
    payment_exchange_rate,
    payment_amount,
    invoice_reference,
    invoice_id,
    invoice_uuid,
    invoice_currency,
    cast(equivalence as decimal(38, 10)) as equivalence,
    instalment,
    previous_balance,
    paid,
    remaining,
    cancelled_on,
    held_until_on,
    ended_on

from derived.complement_rows

where row_no is not null

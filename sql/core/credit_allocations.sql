-- How much each credit note (CFDI type E) takes off which invoice.
-- A note on several invoices has one total: it is shared out pro rata to what each still owed on the
-- day of the note (total less complements paid until then), in cents.
-- Grain: one row per credit note and invoice it names. An invoice that is not in this mirror gets
-- what the others do not owe. The rows of a note add up to its total.
--   team_id: the company that issued the note
--   credit_id: gigstack's id of the note
--   credit_uuid: folio fiscal of the note
--   relationship: SAT's code (c_TipoRelacion); NULL for a note that is only linked
--   credit_kind: credit_note (01, 03 or only linked), advance (07), or other; the first two lower
--     a balance
--   is_live: the note is valid at SAT and not deleted
--   issued_on: local day of the note
--   payment_form: SAT's code; 15 (condonación), 17 (compensación) and 30 (anticipo) are no cash
--   client_id: gigstack's id of the client of the note
--   client_name: name of the client of the note
--   client_tax_id: RFC of the client of the note
--   credit_currency: currency of the note; credit_total and amount are in it
--   credit_exchange_rate: pesos per unit of credit_currency
--   credit_total: total of the note, repeated in each of its rows
--   invoice_reference: the invoice as named: folio fiscal or id; NULL for a note that names none
--   invoice_id: gigstack's id of the invoice; NULL when it is not in this mirror
--   invoice_uuid: folio fiscal of the invoice
--   amount: share of credit_total
--   invoice_amount: the same in the invoice's currency, at the rates of note and invoice; NULL
--     without an invoice or a rate
--   cancelled_on: local day the note was cancelled, as gigstack tells
--   held_until_on: last local day it is known to have been in force; NULL while it is, or when
--     no such day is known
--   ended_on: first local day it is known not to be in force: cancelled or gone; NULL while it is

select
    team_id,
    credit_id,
    credit_uuid,
    relationship,
    credit_kind,
    is_live,
    issued_on,
    payment_form,
    client_id,
    client_name,
    client_tax_id,
    credit_currency,
    credit_exchange_rate,
    credit_total,
    invoice_reference,
    invoice_id,
    invoice_uuid,
    amount,
    invoice_amount,
    cancelled_on,
    held_until_on,
    ended_on

from derived.credit_allocations

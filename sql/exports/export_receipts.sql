-- Receipts for a file: the official export's columns first, in its order and under its names, then ours.
-- Grain: one row per receipt that is not deleted.
--   id: gigstack's id of the receipt
--   status: the state as the API spelled it
--   client_name: legal name of the client, else the name
--   client_rfc: RFC of the client
--   total: what was paid, in currency
--   currency: ISO code; amounts of this row are in it
--   validUntil: local day until when the client may ask for the invoice
--   created_at: local day it was created, as the official export writes it
--   state: pending, invoiced, expired or cancelled
--   subtotal: before discount and taxes
--   discount: taken off the subtotal
--   taxes: taxes added
--   withholding_taxes: taxes withheld, taken off
--   total_refunded: refunded so far
--   exchange_rate: pesos per unit of currency
--   total_mxn: total in pesos at the receipt's own rate
--   payment_form: SAT's code of how it was paid
--   payment_form_label: SAT's text of the code
--   periodicity: how often left-over receipts go into a global invoice
--   client_email: e-mail of the client
--   client_id: gigstack's id of the client
--   team_id: the company that was paid

select
    id,
    status_raw as status,
    client_name,
    client_tax_id as client_rfc,
    total,
    currency,
    expires_on as "validUntil",
    created_on as created_at,
    status as state,
    subtotal,
    discount,
    taxes,
    withholding_taxes,
    total_refunded,
    exchange_rate,
    total_mxn,
    payment_form,
    label('c_FormaPago', payment_form) as payment_form_label,
    periodicity,
    client_email,
    client_id,
    team_id

from receipts

where deleted_at is null

-- Payments for a file: the official export's columns first, in its order and under its names, then ours.
-- Grain: one row per payment that is not deleted.
--   id: gigstack's id of the payment
--   status: the state as the API spelled it
--   client_name: legal name of the client, else the name
--   client_rfc: RFC of the client
--   client_email: e-mail of the client
--   total: what is paid, in currency
--   currency: ISO code; amounts of this row are in it
--   payment_form: SAT's code of how it is paid
--   short_url: link to pay
--   created_at: local day it was created, as the official export writes it
--   state: pending, processing, succeeded, failed, cancelled or refunded
--   succeeded_on: local day the money was received
--   total_refunded: refunded so far
--   exchange_rate: pesos per unit of currency
--   total_mxn: total in pesos at the payment's own rate
--   total_source: total as sent, or the field it was worked out from
--   payment_form_label: SAT's text of the code
--   payment_processor: stripe, paypal, manual, api …
--   automation_type: what gigstack issues when it is paid
--   client_id: gigstack's id of the client
--   team_id: the company that is paid

select
    id,
    status_raw as status,
    client_name,
    client_tax_id as client_rfc,
    client_email,
    total,
    currency,
    payment_form,
    short_url,
    created_on as created_at,
    status as state,
    succeeded_on,
    total_refunded,
    exchange_rate,
    total_mxn,
    total_source,
    label('c_FormaPago', payment_form) as payment_form_label,
    payment_processor,
    automation_type,
    client_id,
    team_id

from payments

where deleted_at is null

-- Payments in the few columns that reports compare, with what they name.
-- Grain: one row per payment, deleted ones too; payments has the rest.
--   team_id: the company
--   id: gigstack's id
--   status: as in payments
--   currency: ISO code in upper case
--   total: what is paid, as in payments
--   total_refunded: refunded so far, where the API says
--   paid_at: when the money was received, else when it was asked for, UTC
--   paid_on: local day of paid_at
--   payment_form: SAT's code of how it is paid
--   client_id: gigstack's id of the client
--   client_tax_id: RFC of the client
--   client_name: the client
--   invoice_ids: invoices it names, by id or folio fiscal
--   receipt_ids: receipts it names
--   deleted_at: when the sync found it gone, UTC
--   payment_key: a number that stands for the payment in schema derived

select
    team_id,
    id,
    status,
    currency,
    effective_total as total,
    total_refunded,
    coalesce(succeeded_at, created_at) as paid_at,
    coalesce(succeeded_on, created_on) as paid_on,
    payment_form,
    client_id,
    client_tax_id,
    coalesce(nullif(client_legal_name, ''), client_name) as client_name,
    invoice_ids,
    receipt_ids,
    deleted_at,
    key as payment_key

from mirror.payments

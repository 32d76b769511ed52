-- Receipts in the few columns that reports compare, with what they name.
-- Grain: one row per receipt, deleted ones too; receipts has the rest.
--   team_id: the company
--   id: gigstack's id
--   status: as in receipts
--   expires_on: last local day it may be invoiced
--   invoice_ids: invoices it names, by id or folio fiscal
--   payment_ids: payments it names
--   deleted_at: when the sync found it gone, UTC

select
    team_id,
    id,
    status,
    expires_on,
    invoice_ids,
    payment_ids,
    deleted_at

from mirror.receipts

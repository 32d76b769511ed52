-- Payment complements (P) in the few columns that reports compare, with the payments they name.
-- Grain: one row per complement, cancelled and deleted ones too; complement_payments has what they pay.
--   team_id: the company
--   id: gigstack's id
--   uuid_fiscal: folio fiscal in upper case; NULL until stamped
--   status: valid, cancelled or pending; a word nobody knows stays as sent
--   cancelled_on: local day of the cancellation
--   payment_ids: payments it names
--   deleted_at: when the sync found it gone, UTC

select
    team_id,
    id,
    uuid_fiscal,
    status,
    cancelled_on,
    payment_ids,
    deleted_at

from mirror.invoices_payment

-- Which payments the complements (CFDI type P) in force name.
-- Grain: one row per complement and payment it names.
--   team_id: the company that issued the complement
--   complement_id: gigstack's id of the complement
--   payment_id: gigstack's id of the payment

select
    team_id,
    id as complement_id,
    unnest(payment_ids) as payment_id

from mirror.invoices_payment

where
    status = 'valid'
    and deleted_at is null

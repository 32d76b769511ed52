-- The CFDI that gigstack and SAT have alike, at every cut: both in force, and with the same figures.
-- Grain: one row per invoice (I, E, P, T) issued up to the cut, in force and not deleted.
--   team_id: the company that issued it
--   id: gigstack's id
--   invoice_type: I, E, P or T
--   uuid_fiscal: folio fiscal in upper case
--   cancellation_requested_at: when a cancellation was asked for that was refused, UTC
--   issued_on: local day of issue
--   client_name: the client
--   currency: ISO code
--   total: total of the invoice

select
    heads.team_id,
    heads.id,
    heads.invoice_type,
    heads.uuid_fiscal,
    heads.cancellation_requested_at,
    heads.issued_on,
    heads.client_name,
    heads.currency,
    heads.total

from invoice_heads as heads

cross join cut

where
    heads.deleted_at is null
    and heads.uuid_fiscal is not null
    and heads.issued_on <= cut.as_of
    and (cut.team_id is null or heads.team_id = cut.team_id)
    and heads.invoice_key not in (select unlike.invoice_key from derived.unlike_documents as unlike)

-- The CFDI of conciliation_documents whose folio fiscal SAT may not have alike, or that repeats.
-- Grain: one row per invoice (I, E, P, T) issued up to the cut and not deleted.
--   team_id: the company that issued it
--   id: gigstack's id
--   invoice_type: I, E, P or T
--   uuid_fiscal: folio fiscal in upper case
--   status: valid, cancelled or pending as of the cut; a word nobody knows stays as sent
--   is_cancelling: a cancellation is asked for and not answered
--   cancellation_requested_at: when the cancellation was asked for, UTC
--   cancelled_on: local day of the cancellation, up to the cut
--   stamped_at: when it was stamped, UTC
--   issued_on: local day of issue
--   issuer_tax_id: RFC of the company at stamping
--   client_tax_id: RFC of the client
--   client_name: the client
--   currency: ISO code
--   exchange_rate: pesos per unit of currency
--   total: total of the invoice
--   series: series of the folio
--   folio_number: folio within the series, as text

select
    held.team_id,
    held.id,
    held.invoice_type,
    held.uuid_fiscal,
    case
        when held.status = 'cancelled' and held.cancelled_on > cut.as_of then 'valid'
        else held.status
    end as status,
    coalesce(
        held.status = 'valid'
        and lower(held.cancellation_status) in ('pending', 'requested', 'in_process'),
        false
    ) as is_cancelling,
    held.cancellation_requested_at,
    case when held.cancelled_on <= cut.as_of then held.cancelled_on end as cancelled_on,
    held.stamped_at,
    held.issued_on,
    held.issuer_tax_id,
    held.client_tax_id,
    held.client_name,
    held.currency,
    held.exchange_rate,
    held.total,
    held.series,
    held.folio_number

from derived.unlike_documents as held

cross join cut

where
    held.issued_on <= cut.as_of
    and (cut.team_id is null or held.team_id = cut.team_id)

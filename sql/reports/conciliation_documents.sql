-- The CFDI gigstack holds at the cut, with what the checks of the conciliation compare.
-- Grain: one row per invoice (I, E, P, T) issued up to the cut and not deleted.
--   team_id: the company that issued it
--   id: gigstack's id
--   invoice_type: I, E, P or T
--   uuid_fiscal: folio fiscal in upper case; NULL until stamped
--   status: valid, cancelled or pending as of the cut; a word nobody knows stays as sent
--   is_standing: in force as of the cut
--   is_cancelling: a cancellation is asked for and not answered
--   cancellation_motive: SAT's motive, 01 to 04
--   cancellation_requested_at: when the cancellation was asked for, UTC
--   cancelled_on: local day of the cancellation, up to the cut
--   substitution_uuid: folio fiscal of the invoice that replaces it
--   stamped_at: when it was stamped, UTC
--   issued_on: local day of issue
--   issuer_tax_id: RFC of the company at stamping
--   client_tax_id: RFC of the client
--   client_name: the client
--   currency: ISO code
--   exchange_rate: pesos per unit of currency
--   total: total of the invoice
--   payment_method: PUE or PPD
--   payment_form: SAT's code
--   series: series of the folio
--   folio_number: folio within the series, as text
--   related_documents: relationship code and the documents it relates to, as a list of structs

select
    heads.team_id,
    heads.id,
    heads.invoice_type,
    heads.uuid_fiscal,
    case
        when heads.status = 'cancelled' and heads.cancelled_on > cut.as_of then 'valid'
        else heads.status
    end as status,
    coalesce(
        heads.status = 'valid'
        or (heads.status = 'cancelled' and heads.cancelled_on > cut.as_of),
        false
    ) as is_standing,
    coalesce(
        heads.status = 'valid'
        and lower(heads.cancellation_status) in ('pending', 'requested', 'in_process'),
        false
    ) as is_cancelling,
    heads.cancellation_motive,
    heads.cancellation_requested_at,
    case when heads.cancelled_on <= cut.as_of then heads.cancelled_on end
        as cancelled_on,
    heads.substitution_uuid,
    heads.stamped_at,
    heads.issued_on,
    heads.issuer_tax_id,
    heads.client_tax_id,
    heads.client_name,
    heads.currency,
    heads.exchange_rate,
    heads.total,
    heads.payment_method,
    heads.payment_form,
    heads.series,
    heads.folio_number,
    heads.related_documents

from invoice_heads as heads

cross join cut

where
    heads.deleted_at is null
    and heads.issued_on <= cut.as_of
    and (cut.team_id is null or heads.team_id = cut.team_id)

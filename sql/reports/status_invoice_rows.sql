-- The invoices behind `gigstack status`, each with its state at the cut.
-- Grain: one row per I, E or P issued in the period and by the cut, deleted and drafts left out.
--   team_id: the company that issued it
--   invoice_id: gigstack's id of the invoice
--   uuid_fiscal: folio fiscal
--   invoice_type: I income, E credit note, P payment complement
--   issued_on: local day of the invoice
--   state: valid or cancelled at the cut, pending, or a word as sent; NULL at a past cut for one
--     whose day of cancellation gigstack does not tell
--   payment_method: PUE or PPD
--   currency: ISO code; total is in it
--   total: with taxes
--   total_mxn: total in pesos at the document's own rate; NULL when the rate is missing

select
    invoices.team_id,
    invoices.id as invoice_id,
    invoices.uuid_fiscal,
    invoices.invoice_type,
    invoices.issued_on,
    case
        when invoices.status <> 'cancelled' or not cut.is_past then invoices.status
        when invoices.cancelled_on <= cut.as_of then 'cancelled'
        when invoices.cancelled_on > cut.as_of then 'valid'
    end as state,
    invoices.payment_method,
    invoices.currency,
    invoices.total,
    in_pesos(invoices.total, invoices.currency, invoices.exchange_rate) as total_mxn

from invoices

cross join cut

where
    invoices.invoice_type in ('I', 'E', 'P')
    and (
        invoices.deleted_at is null
        or (cut.is_past and central_day(invoices.deleted_at) > cut.as_of)
    )
    and within_period(invoices.issued_on, cut.from_on, least(cut.to_on, cut.as_of))
    and (cut.team_id is null or invoices.team_id = cut.team_id)

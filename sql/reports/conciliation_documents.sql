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

with

every_kind as (

    select
        team_id, id, coalesce(invoice_type, 'I') as invoice_type, uuid_fiscal, status,
        cancellation_status, cancellation_motive, cancellation_requested_at, cancelled_on,
        substitution_uuid, stamped_at, issued_on, issuer_tax_id, client_tax_id, client_name,
        client_legal_name, currency, exchange_rate, total, payment_method, payment_form, series,
        folio_number, related_documents

    from mirror.invoices_income

    where deleted_at is null

    union all

    select
        team_id, id, coalesce(invoice_type, 'E') as invoice_type, uuid_fiscal, status,
        cancellation_status, cancellation_motive, cancellation_requested_at, cancelled_on,
        substitution_uuid, stamped_at, issued_on, issuer_tax_id, client_tax_id, client_name,
        client_legal_name, currency, exchange_rate, total, payment_method, payment_form, series,
        folio_number, related_documents

    from mirror.invoices_egress

    where deleted_at is null

    union all

    select
        team_id, id, coalesce(invoice_type, 'P') as invoice_type, uuid_fiscal, status,
        cancellation_status, cancellation_motive, cancellation_requested_at, cancelled_on,
        substitution_uuid, stamped_at, issued_on, issuer_tax_id, client_tax_id, client_name,
        client_legal_name, currency, exchange_rate, total, payment_method, payment_form, series,
        folio_number, related_documents

    from mirror.invoices_payment

    where deleted_at is null

    union all

    select
        team_id, id, coalesce(invoice_type, 'T') as invoice_type, uuid_fiscal, status,
        cancellation_status, cancellation_motive, cancellation_requested_at, cancelled_on,
        substitution_uuid, stamped_at, issued_on, issuer_tax_id, client_tax_id, client_name,
        client_legal_name, currency, exchange_rate, total, payment_method, payment_form, series,
        folio_number, related_documents

    from mirror.invoices_transfer

    where deleted_at is null

)

select
    every_kind.team_id,
    every_kind.id,
    every_kind.invoice_type,
    every_kind.uuid_fiscal,
    case
        when every_kind.status = 'cancelled' and every_kind.cancelled_on > cut.as_of then 'valid'
        else every_kind.status
    end as status,
    coalesce(
        every_kind.status = 'valid'
        or (every_kind.status = 'cancelled' and every_kind.cancelled_on > cut.as_of),
        false
    ) as is_standing,
    coalesce(
        every_kind.status = 'valid'
        and lower(every_kind.cancellation_status) in ('pending', 'requested', 'in_process'),
        false
    ) as is_cancelling,
    every_kind.cancellation_motive,
    every_kind.cancellation_requested_at,
    case when every_kind.cancelled_on <= cut.as_of then every_kind.cancelled_on end
        as cancelled_on,
    every_kind.substitution_uuid,
    every_kind.stamped_at,
    every_kind.issued_on,
    every_kind.issuer_tax_id,
    every_kind.client_tax_id,
    coalesce(nullif(every_kind.client_legal_name, ''), every_kind.client_name) as client_name,
    every_kind.currency,
    every_kind.exchange_rate,
    every_kind.total,
    every_kind.payment_method,
    every_kind.payment_form,
    every_kind.series,
    every_kind.folio_number,
    every_kind.related_documents

from every_kind

cross join cut

where
    every_kind.issued_on <= cut.as_of
    and (cut.team_id is null or every_kind.team_id = cut.team_id)

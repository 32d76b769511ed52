-- Every CFDI issued through gigstack: income (I), credit notes (E), payment complements (P) and transfers (T).
-- Grain: one row per invoice. Cancelled and deleted ones stay; filter on is_live for those in force.
--   team_id: the company that issued it
--   id: gigstack's id, or the UUID where the API gave no id
--   uuid: the API's uuid field as received; some answers carry an internal id there
--   uuid_fiscal: folio fiscal in upper case; NULL until stamped
--   invoice_type: I income, E credit note, P payment complement, T transfer, N payroll
--   status: valid, cancelled or pending; a word nobody knows stays as sent
--   status_raw: the status as the API spelled it
--   is_status_known: false when status is none of the words above
--   is_live: valid at SAT and not deleted; still true while a cancellation awaits acceptance
--   is_livemode: false in test mode
--   payment_method: PUE paid in full at once, PPD in instalments or later
--   payment_form: SAT's code of how it is paid; 99 is to be defined
--   payment_conditions: free text printed on the invoice
--   currency: ISO code in upper case; amounts of this row are in it
--   exchange_rate: pesos per unit of currency, as of the document
--   subtotal: before discount and taxes
--   discount: taken off the subtotal
--   taxes: taxes added
--   withholding_taxes: taxes withheld, taken off
--   total: subtotal - discount + taxes - withholding_taxes
--   total_mxn: total in pesos at the document's own rate; NULL when the rate is missing
--   last_balance: what gigstack says is outstanding on a PPD; NULL for PUE
--   payment_complements: the API's field: pesos covered by complements, or their count (sources differ)
--   installments: number of complements so far
--   client_id: gigstack's id of the client
--   client_name: legal name on the invoice, else the client's name
--   client_tax_id: RFC of the client
--   client_tax_system: SAT's code of the client's tax regime
--   client_email: e-mail of the client
--   client_zip: fiscal postal code of the client
--   issuer_tax_id: RFC of the company at stamping
--   issuer_legal_name: legal name of the company at stamping
--   issuer_tax_system: tax regime of the company at stamping
--   issuer_zip: postal code of the company at stamping
--   series: series of the folio
--   folio_number: folio within the series, as text
--   use_cfdi: SAT's code of what the client uses it for
--   exports: SAT's export code
--   created_at: when the record was created, UTC
--   created_on: local day of created_at
--   issued_at: date of the invoice, else created_at, UTC
--   issued_on: local day of issued_at
--   stamped_at: when SAT's stamp was put on it, UTC; NULL until then
--   stamped_on: local day of stamped_at
--   cancelled_at: when it was cancelled, UTC
--   cancelled_on: local day of cancelled_at
--   cancellation_status: the API's word for how far a cancellation is; set while it is asked for, too
--   cancellation_motive: SAT's motive, 01 to 04
--   cancellation_requested_at: when the cancellation was asked for, UTC
--   cancellation_checked_at: when gigstack last asked SAT about it, UTC
--   substitution_uuid: folio fiscal of the invoice that replaces this one (motive 01)
--   is_global: a global invoice to the general public
--   global_periodicity: SAT's code, 01 daily to 05 bimonthly
--   global_months: SAT's code of the month or bimester
--   global_year: year of the global invoice
--   verification_url: SAT's page to verify it
--   pdf_url: where the PDF is
--   xml_url: where the XML is
--   origin: what created it, such as api
--   owner_id: user that created it
--   idempotency_key: key sent with the request that created it
--   metadata: free form, JSON text
--   is_partial: only the fields of the list are known yet
--   first_seen_at: when the sync first saw it, UTC
--   changed_at: when the sync last saw it change, UTC
--   deleted_at: when the sync found it gone, UTC; NULL while it exists

with

every_kind as (

    select 'I' as listed_as, * from mirror.invoices_income
    union all
    select 'E' as listed_as, * from mirror.invoices_egress
    union all
    select 'P' as listed_as, * exclude (complements) from mirror.invoices_payment
    union all
    select 'T' as listed_as, * from mirror.invoices_transfer

)

select
    team_id,
    id,
    uuid,
    uuid_fiscal,
    coalesce(invoice_type, listed_as) as invoice_type,
    status,
    status_raw,
    is_status_known,
    coalesce(status = 'valid', false) and deleted_at is null as is_live,
    is_livemode,
    payment_method,
    payment_form,
    payment_conditions,
    currency,
    exchange_rate,
    subtotal,
    discount,
    taxes,
    withholding_taxes,
    total,
    cast(
        case
            when currency = 'MXN' then total
            else cast(total as decimal(38, 6)) * nullif(exchange_rate, 0)
        end as decimal(38, 6)
    ) as total_mxn,
    last_balance,
    payment_complements,
    installments,
    client_id,
    coalesce(nullif(client_legal_name, ''), client_name) as client_name,
    client_tax_id,
    client_tax_system,
    client_email,
    client_zip,
    issuer_tax_id,
    issuer_legal_name,
    issuer_tax_system,
    issuer_zip,
    series,
    folio_number,
    use_cfdi,
    exports,
    created_at,
    created_on,
    issued_at,
    issued_on,
    stamped_at,
    stamped_on,
    cancelled_at,
    cancelled_on,
    cancellation_status,
    cancellation_motive,
    cancellation_requested_at,
    cancellation_checked_at,
    substitution_uuid,
    coalesce(global_periodicity, global_months) is not null as is_global,
    global_periodicity,
    global_months,
    global_year,
    verification_url,
    pdf_url,
    xml_url,
    origin,
    owner_id,
    idempotency_key,
    metadata,
    is_partial,
    first_seen_at,
    changed_at,
    deleted_at

from every_kind

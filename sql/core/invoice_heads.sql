-- Every CFDI issued through gigstack in the few columns that reports compare.
-- Grain: one row per invoice, cancelled and deleted ones too; invoices has the rest.
--   list: the list it came from: I, E, P or T
--   team_id: the company that issued it
--   id: gigstack's id
--   invoice_type: I, E, P or T
--   uuid_fiscal: folio fiscal in upper case; NULL until stamped
--   status: valid, cancelled or pending; a word nobody knows stays as sent
--   cancellation_status: the API's word for how far a cancellation is
--   cancellation_motive: SAT's motive, 01 to 04
--   cancellation_requested_at: when the cancellation was asked for, UTC
--   cancelled_on: local day of the cancellation
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
--   deleted_at: when the sync found it gone, UTC
--   invoice_key: a number that stands for the invoice in schema derived

select
    'I' as list,
    team_id,
    id,
    coalesce(invoice_type, 'I') as invoice_type,
    uuid_fiscal,
    status,
    cancellation_status,
    cancellation_motive,
    cancellation_requested_at,
    cancelled_on,
    substitution_uuid,
    stamped_at,
    issued_on,
    issuer_tax_id,
    client_tax_id,
    coalesce(nullif(client_legal_name, ''), client_name) as client_name,
    currency,
    exchange_rate,
    total,
    payment_method,
    payment_form,
    series,
    folio_number,
    related_documents,
    deleted_at,
    key as invoice_key

from mirror.invoices_income

union all

select
    'E' as list,
    team_id,
    id,
    coalesce(invoice_type, 'E') as invoice_type,
    uuid_fiscal,
    status,
    cancellation_status,
    cancellation_motive,
    cancellation_requested_at,
    cancelled_on,
    substitution_uuid,
    stamped_at,
    issued_on,
    issuer_tax_id,
    client_tax_id,
    coalesce(nullif(client_legal_name, ''), client_name) as client_name,
    currency,
    exchange_rate,
    total,
    payment_method,
    payment_form,
    series,
    folio_number,
    related_documents,
    deleted_at,
    key as invoice_key

from mirror.invoices_egress

union all

select
    'P' as list,
    team_id,
    id,
    coalesce(invoice_type, 'P') as invoice_type,
    uuid_fiscal,
    status,
    cancellation_status,
    cancellation_motive,
    cancellation_requested_at,
    cancelled_on,
    substitution_uuid,
    stamped_at,
    issued_on,
    issuer_tax_id,
    client_tax_id,
    coalesce(nullif(client_legal_name, ''), client_name) as client_name,
    currency,
    exchange_rate,
    total,
    payment_method,
    payment_form,
    series,
    folio_number,
    related_documents,
    deleted_at,
    key as invoice_key

from mirror.invoices_payment

union all

select
    'T' as list,
    team_id,
    id,
    coalesce(invoice_type, 'T') as invoice_type,
    uuid_fiscal,
    status,
    cancellation_status,
    cancellation_motive,
    cancellation_requested_at,
    cancelled_on,
    substitution_uuid,
    stamped_at,
    issued_on,
    issuer_tax_id,
    client_tax_id,
    coalesce(nullif(client_legal_name, ''), client_name) as client_name,
    currency,
    exchange_rate,
    total,
    payment_method,
    payment_form,
    series,
    folio_number,
    related_documents,
    deleted_at,
    key as invoice_key

from mirror.invoices_transfer

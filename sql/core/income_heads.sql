-- Income invoices (I) in the few columns that reports compare, with what they name.
-- Grain: one row per income invoice, cancelled and deleted ones too; invoices has the rest.
--   team_id: the company
--   id: gigstack's id
--   uuid_fiscal: folio fiscal in upper case; NULL until stamped
--   status: valid, cancelled or pending; a word nobody knows stays as sent
--   issued_at: date of the invoice, UTC
--   issued_on: local day of issue
--   cancelled_on: local day of the cancellation
--   client_id: gigstack's id of the client
--   client_tax_id: RFC of the client
--   client_name: the client
--   currency: ISO code in upper case
--   total: total of the invoice
--   payment_method: PUE or PPD
--   is_global: a global invoice to the general public
--   payment_ids: payments it names
--   invoice_ids: invoices it names
--   related_documents: relationship code and the documents it relates to, as a list of structs
--   deleted_at: when the sync found it gone, UTC
--   invoice_key: a number that stands for the invoice in schema derived

select
    team_id,
    id,
    uuid_fiscal,
    status,
    issued_at,
    issued_on,
    cancelled_on,
    client_id,
    client_tax_id,
    coalesce(nullif(client_legal_name, ''), client_name) as client_name,
    currency,
    total,
    payment_method,
    coalesce(global_periodicity, global_months) is not null as is_global,
    payment_ids,
    invoice_ids,
    related_documents,
    deleted_at,
    key as invoice_key

from mirror.invoices_income

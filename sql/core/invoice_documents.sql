-- The nested parts of every invoice, whole; invoice_items, invoice_taxes and invoice_relations are their rows.
-- Grain: one row per invoice, as in invoices.
--   team_id: the company that issued it
--   invoice_id: gigstack's id of the invoice
--   uuid_fiscal: folio fiscal in upper case; NULL until stamped
--   invoice_type: I income, E credit note, P payment complement, T transfer, N payroll
--   is_live: valid at SAT and not deleted
--   currency: ISO code in upper case
--   issued_on: local day of the invoice
--   items: concepts with their taxes, as a list of structs
--   related_documents: relationship code and the documents it relates to, as a list of structs
--   payment_ids: payments linked to it
--   invoice_ids: invoices linked to it; of a complement, those it pays
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
    id as invoice_id,
    uuid_fiscal,
    coalesce(invoice_type, listed_as) as invoice_type,
    coalesce(status = 'valid', false) and deleted_at is null as is_live,
    currency,
    issued_on,
    items,
    related_documents,
    payment_ids,
    invoice_ids,
    deleted_at

from every_kind

-- The folio of each CFDI of `redone_documents`, as numbers: of its series, of what is written on it.
-- folio is NULL where that is no number. Deleted ones are left out.

select
    held.list,
    held.key as invoice_key,
    hash(held.team_id, coalesce(held.issuer_tax_id, ''), coalesce(held.series, '')) as series_key,
    hash(
        held.team_id,
        coalesce(held.issuer_tax_id, ''),
        coalesce(held.series, ''),
        coalesce(cast(try_cast(held.folio_number as bigint) as varchar), held.folio_number)
    ) as number_key,
    try_cast(held.folio_number as bigint) as folio,
    held.issued_on

from (
    select 'I' as list, * from mirror.invoices_income
    union all by name
    select 'E' as list, * from mirror.invoices_egress
    union all by name
    select 'P' as list, * from mirror.invoices_payment
    union all by name
    select 'T' as list, * from mirror.invoices_transfer
) as held

where
    held.key in (select redone_documents.key from redone_documents)
    and held.deleted_at is null
    and held.issued_on is not null
    and held.folio_number <> ''
    and coalesce(try_cast(held.folio_number as bigint) >= 0, true)

-- The CFDI that share a folio with another one, in the columns the conciliation shows: those of
-- `redone_numbers`.

with

repeated as (

    select number_key

    from derived.folios

    where number_key in (select redone_numbers.key from redone_numbers)

    group by number_key

    having count(*) > 1

)

select
    folios.number_key,
    held.team_id,
    held.id,
    held.uuid_fiscal,
    coalesce(held.invoice_type, held.list) as invoice_type,
    held.issued_on,
    held.currency,
    held.total,
    coalesce(nullif(held.client_legal_name, ''), held.client_name) as client_name,
    held.series,
    held.folio_number

from derived.folios as folios

inner join repeated on folios.number_key = repeated.number_key

inner join (
    select 'I' as list, * from mirror.invoices_income
    union all by name
    select 'E' as list, * from mirror.invoices_egress
    union all by name
    select 'P' as list, * from mirror.invoices_payment
    union all by name
    select 'T' as list, * from mirror.invoices_transfer
) as held
    on
        folios.list = held.list
        and folios.invoice_key = held.key

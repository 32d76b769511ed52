-- Runs of folios without a gap within one series and day of issue, for the days of `redone_days`:
-- what lies between two runs at a cut is missing. With the document that has the first of them.

with

runs as (

    select
        series_key,
        issued_on,
        min(folio) as first_folio,
        max(folio) as last_folio

    from (
        select
            series_key,
            issued_on,
            folio,
            folio - row_number() over (partition by series_key, issued_on order by folio) as run
        from (
            select distinct series_key, issued_on, folio
            from derived.folios
            where
                folio is not null
                and hash(series_key, issued_on) in (select redone_days.key from redone_days)
        ) as numbers
    ) as numbered

    group by
        series_key,
        issued_on,
        run

),

first_documents as materialized (

    select
        runs.*,
        folios.list,
        folios.invoice_key

    from runs

    inner join derived.folios as folios
        on
            runs.series_key = folios.series_key
            and runs.issued_on = folios.issued_on
            and runs.first_folio = folios.folio

),

held as (

    select *

    from (
        select 'I' as list, * from mirror.invoices_income
        union all by name
        select 'E' as list, * from mirror.invoices_egress
        union all by name
        select 'P' as list, * from mirror.invoices_payment
        union all by name
        select 'T' as list, * from mirror.invoices_transfer
    ) as documents

    where key in (select first_documents.invoice_key from first_documents)

)

select
    first_documents.series_key,
    first_documents.issued_on,
    first_documents.first_folio,
    first_documents.last_folio,
    hash(first_documents.series_key, first_documents.issued_on) as day_key,
    min(held.team_id) as team_id,
    min(held.series) as series,
    min(held.id) as invoice_id,
    min_by(coalesce(held.invoice_type, held.list), held.id) as invoice_type,
    min_by(held.uuid_fiscal, held.id) as uuid_fiscal,
    min_by(coalesce(nullif(held.client_legal_name, ''), held.client_name), held.id) as client_name

from first_documents

inner join held
    on
        first_documents.list = held.list
        and first_documents.invoice_key = held.key

group by
    first_documents.series_key,
    first_documents.issued_on,
    first_documents.first_folio,
    first_documents.last_folio

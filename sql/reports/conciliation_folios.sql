-- A folio used for two documents, or numbers of a series that no document has: check C08.
-- A hole is a run of numbers missing between two folios of one series; unstamped invoices count.
-- After each run are kept: the runs of folios without a hole, day by day, and the folios that repeat.
-- Grain: one row per document whose folio another had before, and per hole.
--   team_id: the company
--   code: C08
--   state: always found
--   dated_on: day of issue; of a hole, that of the document after it
--   currency: ISO code; XXX for a hole
--   amount: total of the document; 0 for a hole
--   record_type: I, E, P, T, or payment
--   invoice_id: gigstack's id of the document; of a hole, of the one after it
--   payment_id: always NULL here
--   uuid_fiscal: folio fiscal of the invoice
--   related_id: the document that had the folio first; NULL for a hole
--   client_name: the client
--   due_on: always NULL here
--   note: what is wrong, in words

with

repeated as (

    select
        held.*,
        concat_ws('-', nullif(held.series, ''), held.folio_number) as written,
        first_value(held.id) over same_folio as first_id,
        first_value(coalesce(held.uuid_fiscal, held.id)) over same_folio as first_uuid

    from derived.repeated_folios as held

    cross join cut

    where
        held.issued_on <= cut.as_of
        and (cut.team_id is null or held.team_id = cut.team_id)

    window same_folio as (
        partition by held.number_key
        order by held.issued_on, held.id
    )

),

holes as (

    select
        runs.*,
        max(runs.last_folio) over (
            partition by runs.series_key
            order by runs.first_folio, runs.issued_on, runs.last_folio
            rows between unbounded preceding and 1 preceding
        ) as folio_before

    from derived.folio_runs as runs

    cross join cut

    where
        runs.issued_on <= cut.as_of
        and (cut.team_id is null or runs.team_id = cut.team_id)

    qualify folio_before < runs.first_folio - 1

)

select
    team_id,
    'C08' as code,
    'found' as state,
    issued_on as dated_on,
    currency,
    total as amount,
    invoice_type as record_type,
    id as invoice_id,
    cast(null as varchar) as payment_id,
    uuid_fiscal,
    first_id as related_id,
    client_name,
    cast(null as date) as due_on,
    'repeated: ' || written as note

from repeated

where coalesce(uuid_fiscal, id) <> first_uuid

union all

select
    team_id,
    'C08' as code,
    'found' as state,
    issued_on as dated_on,
    'XXX' as currency,
    0 as amount,
    invoice_type as record_type,
    invoice_id,
    null as payment_id,
    uuid_fiscal,
    null as related_id,
    client_name,
    null as due_on,
    'missing: ' || concat_ws('-', nullif(series, ''), cast(folio_before + 1 as varchar))
    || case
        when first_folio - folio_before > 2 then ' to ' || (first_folio - 1)
        else ''
    end as note

from holes

-- A folio used for two documents, or numbers of a series that no document has: check C08.
-- A hole is a run of numbers missing between two folios of one series; unstamped invoices count.
-- Folios are looked at 64 at a time: a block without hole or repetition needs no closer look.
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

ours as not materialized (

    select
        *,
        hash(team_id, coalesce(issuer_tax_id, ''), coalesce(series, '')) as series_key,
        try_cast(folio_number as bigint) as folio

    from conciliation_documents

),

blocks as (

    select
        series_key,
        folio // 64 as block,
        min(folio) as first_folio,
        max(folio) as last_folio,
        count(*) as documents,
        bit_count(bit_or(cast(1 as ubigint) << cast(folio % 64 as ubigint))) as folios

    from (
        select
            hash(team_id, coalesce(issuer_tax_id, ''), coalesce(series, '')) as series_key,
            try_cast(folio_number as bigint) as folio

        from conciliation_documents
    ) as numbers

    where folio >= 0

    group by
        series_key,
        folio // 64

),

loose as (

    select
        ours.team_id,
        ours.id,
        ours.uuid_fiscal,
        ours.invoice_type,
        ours.issued_on,
        ours.currency,
        ours.total,
        ours.client_name,
        ours.series,
        ours.folio_number,
        ours.series_key,
        ours.folio,
        blocks.documents > blocks.folios as may_repeat,
        blocks.last_folio - blocks.first_folio + 1 > blocks.folios as may_lack

    from ours

    inner join blocks
        on
            ours.series_key = blocks.series_key
            and ours.folio // 64 = blocks.block

    where
        ours.folio >= 0
        and (
            blocks.documents > blocks.folios
            or blocks.last_folio - blocks.first_folio + 1 > blocks.folios
        )

),

by_text as (

    select *

    from ours

    where
        folio is null
        and folio_number <> ''

),

repeated as (

    select
        team_id,
        id,
        uuid_fiscal,
        invoice_type,
        issued_on,
        currency,
        total,
        client_name,
        concat_ws('-', nullif(series, ''), folio_number) as written,
        first_value(id) over same_folio as first_id,
        first_value(coalesce(uuid_fiscal, id)) over same_folio as first_uuid

    from (
        select
            team_id, id, uuid_fiscal, invoice_type, issued_on, currency, total, client_name, series,
            folio_number, series_key, cast(folio as varchar) as number

        from loose

        where may_repeat

        union all

        select
            team_id, id, uuid_fiscal, invoice_type, issued_on, currency, total, client_name, series,
            folio_number, series_key, folio_number as number

        from by_text
    ) as numbered

    window same_folio as (
        partition by team_id, series_key, number
        order by issued_on, id
    )

),

spans as (

    select
        series_key,
        first_folio,
        last_folio

    from blocks

    where last_folio - first_folio + 1 = folios

    union all

    select
        series_key,
        folio as first_folio,
        folio as last_folio

    from loose

    where may_lack

),

holes as (

    select
        series_key,
        lag(last_folio) over (
            partition by series_key order by first_folio, last_folio
        ) as folio_before,
        first_folio as folio_after

    from spans

    qualify folio_before < folio_after - 1

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
    after_it.team_id,
    'C08' as code,
    'found' as state,
    min(after_it.issued_on) as dated_on,
    'XXX' as currency,
    0 as amount,
    min_by(after_it.invoice_type, after_it.id) as record_type,
    min(after_it.id) as invoice_id,
    null as payment_id,
    min_by(after_it.uuid_fiscal, after_it.id) as uuid_fiscal,
    null as related_id,
    min_by(after_it.client_name, after_it.id) as client_name,
    null as due_on,
    'missing: ' || concat_ws(
        '-', nullif(min(after_it.series), ''), cast(holes.folio_before + 1 as varchar)
    ) || case
        when holes.folio_after - holes.folio_before > 2 then ' to ' || (holes.folio_after - 1)
        else ''
    end as note

from holes

inner join ours as after_it
    on
        holes.series_key = after_it.series_key
        and holes.folio_after = after_it.folio

group by
    after_it.team_id,
    holes.series_key,
    holes.folio_before,
    holes.folio_after

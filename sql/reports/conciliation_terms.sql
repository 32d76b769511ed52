-- Invoices whose own data contradict each other: checks C16 and C23.
-- C16: a PPD is paid by form 99 (to be defined), a PUE by any other. C23: cancelled with motive 01
-- (errors, with a substitute), and no CFDI in force replaces it by relation 04.
-- Source: RMF 2.7.1.39 (forms), 2.7.1.34 (motives).
-- Grain: one row per check and invoice.
--   team_id: the company
--   code: C16 or C23
--   state: found; undecided: a C23 whose substitute only SAT knows
--   dated_on: day of issue
--   currency: ISO code; XXX where there is no amount
--   amount: total of the invoice; 0 for a complement
--   record_type: I, E or P
--   invoice_id: gigstack's id of the invoice
--   payment_id: always NULL here
--   uuid_fiscal: folio fiscal of the invoice
--   related_id: folio fiscal of the substitute named (C23)
--   client_name: the client
--   due_on: always NULL here
--   note: what is wrong, in words

with

asked as not materialized (

    select
        held.team_id,
        held.id,
        held.invoice_type,
        held.uuid_fiscal,
        case
            when held.status = 'cancelled' and held.cancelled_on > cut.as_of then 'valid'
            else held.status
        end as status,
        coalesce(
            held.status = 'valid'
            or (held.status = 'cancelled' and held.cancelled_on > cut.as_of),
            false
        ) as is_standing,
        held.cancellation_motive,
        held.substitution_uuid,
        held.issued_on,
        held.client_name,
        held.currency,
        held.total,
        held.payment_method,
        held.payment_form,
        held.related_documents

    from derived.odd_terms as held

    cross join cut

    where
        held.issued_on <= cut.as_of
        and (cut.team_id is null or held.team_id = cut.team_id)

),

replacing as (

    select
        team_id,
        unnest(related_documents) as related

    from asked

    where
        is_standing
        and entries(related_documents) > 0

),

replaced_for_good as (

    select distinct
        team_id,
        unnest(related.documents) as reference

    from replacing

    where related.relationship = '04'

),

motive_01 as (

    select *
    from asked
    where
        status = 'cancelled'
        and cancellation_motive = '01'

),

orphans as (

    select motive_01.*
    from motive_01

    left join replaced_for_good as by_uuid
        on
            motive_01.team_id = by_uuid.team_id
            and motive_01.uuid_fiscal = by_uuid.reference

    left join replaced_for_good as by_id
        on
            motive_01.team_id = by_id.team_id
            and motive_01.id = by_id.reference

    where
        by_uuid.reference is null
        and by_id.reference is null

),

elsewhere as (

    -- substitutes that SAT holds in force, and gigstack does not
    select
        sat_cfdis.team_id,
        sat_cfdis.uuid_fiscal

    from sat_cfdis

    where
        sat_cfdis.direction = 'issued'
        and sat_cfdis.status = 'valid'
        and sat_cfdis.deleted_at is null
        and sat_cfdis.uuid_fiscal in (select orphans.substitution_uuid from orphans)

    except

    select
        team_id,
        uuid_fiscal

    from conciliation_documents

    where uuid_fiscal in (select orphans.substitution_uuid from orphans)

)

select
    team_id,
    'C16' as code,
    'found' as state,
    issued_on as dated_on,
    currency,
    total as amount,
    invoice_type as record_type,
    id as invoice_id,
    cast(null as varchar) as payment_id,
    uuid_fiscal,
    cast(null as varchar) as related_id,
    client_name,
    cast(null as date) as due_on,
    payment_method || ' by form ' || payment_form as note

from asked

where
    is_standing
    and invoice_type = 'I'
    and (
        (payment_method = 'PPD' and payment_form <> '99')
        or (payment_method = 'PUE' and payment_form = '99')
    )

union all

select
    orphans.team_id,
    'C23' as code,
    case when elsewhere.uuid_fiscal is not null then 'undecided' else 'found' end as state,
    orphans.issued_on as dated_on,
    case when orphans.invoice_type = 'P' then 'XXX' else orphans.currency end as currency,
    case when orphans.invoice_type = 'P' then 0 else orphans.total end as amount,
    orphans.invoice_type as record_type,
    orphans.id as invoice_id,
    null as payment_id,
    orphans.uuid_fiscal,
    orphans.substitution_uuid as related_id,
    orphans.client_name,
    null as due_on,
    case
        when elsewhere.uuid_fiscal is not null
            then 'the substitute is at SAT only; its XML tells what it replaces'
        when orphans.substitution_uuid is null then 'no substitute named'
        else 'the substitute named is not in force, or does not name this one'
    end as note

from orphans

left join elsewhere
    on
        orphans.team_id = elsewhere.team_id
        and orphans.substitution_uuid = elsewhere.uuid_fiscal

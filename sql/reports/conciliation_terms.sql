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

    select *
    from conciliation_documents

),

replacing as (

    select
        team_id,
        unnest(related_documents) as related

    from asked

    where
        is_standing
        and len(related_documents) > 0

),

replaced_for_good as (

    select distinct
        team_id,
        unnest(related.documents) as reference

    from replacing

    where related.relationship = '04'

),

orphans as (

    select
        asked.*,
        at_sat.uuid_fiscal is not null and in_gigstack.id is null as is_elsewhere

    from asked

    left join replaced_for_good as by_uuid
        on
            asked.team_id = by_uuid.team_id
            and asked.uuid_fiscal = by_uuid.reference

    left join replaced_for_good as by_id
        on
            asked.team_id = by_id.team_id
            and asked.id = by_id.reference

    left join (
        select team_id, uuid_fiscal
        from sat_cfdis
        where direction = 'issued' and status = 'valid' and deleted_at is null
    ) as at_sat
        on
            asked.team_id = at_sat.team_id
            and asked.substitution_uuid = at_sat.uuid_fiscal

    left join asked as in_gigstack
        on
            asked.team_id = in_gigstack.team_id
            and asked.substitution_uuid = in_gigstack.uuid_fiscal

    where
        asked.status = 'cancelled'
        and asked.cancellation_motive = '01'
        and by_uuid.reference is null
        and by_id.reference is null

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

select distinct
    team_id,
    'C23' as code,
    case when is_elsewhere then 'undecided' else 'found' end as state,
    issued_on as dated_on,
    case when invoice_type = 'P' then 'XXX' else currency end as currency,
    case when invoice_type = 'P' then 0 else total end as amount,
    invoice_type as record_type,
    id as invoice_id,
    null as payment_id,
    uuid_fiscal,
    substitution_uuid as related_id,
    client_name,
    null as due_on,
    case
        when is_elsewhere then 'the substitute is at SAT only; its XML tells what it replaces'
        when substitution_uuid is null then 'no substitute named'
        else 'the substitute named is not in force, or does not name this one'
    end as note

from orphans

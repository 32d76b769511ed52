-- CFDI issued by their state in gigstack and at SAT: the diagonal agrees, the rest is in the checks.
-- Grain: one row per company, state in gigstack, state at SAT, type and currency.
--   team_id: the company that issued them
--   gigstack_status: as in conciliation_pairs
--   sat_status: as in conciliation_pairs
--   invoice_type: I, E, P or T
--   currency: ISO code; XXX for complements
--   cfdis: how many
--   amount: sum of their totals

with

pairs as (

    select
        unlike.team_id,
        unlike.gigstack_status,
        unlike.sat_status,
        unlike.invoice_type,
        unlike.currency,
        unlike.amount,
        unlike.dated_on

    from conciliation_unlike_pairs as unlike

    union all

    select
        alike.team_id,
        'valid' as gigstack_status,
        'valid' as sat_status,
        alike.invoice_type,
        case when alike.invoice_type = 'P' then 'XXX' else alike.currency end as currency,
        case when alike.invoice_type = 'P' then 0 else alike.total end as amount,
        alike.issued_on as dated_on

    from conciliation_like_documents as alike

)

select
    pairs.team_id,
    pairs.gigstack_status,
    pairs.sat_status,
    pairs.invoice_type,
    pairs.currency,
    count(*) as cfdis,
    cast(sum(pairs.amount) as decimal(38, 6)) as amount

from pairs

cross join cut

where within_period(pairs.dated_on, cut.from_on, cut.to_on)

group by
    pairs.team_id,
    pairs.gigstack_status,
    pairs.sat_status,
    pairs.invoice_type,
    pairs.currency

-- The conciliation at a glance: how many differences each check found, and for how much.
-- Grain: one row per check and currency in which it has anything; one without currency if nothing.
--   code: C01 to C25
--   title: what is wrong, in English
--   title_es: the same in Spanish
--   severity: critica, alta, media or baja
--   severity_rank: 1 for critica, 4 for baja
--   outcome: differences; pending: nothing but what is still in time; undecided: nothing but what
--       the mirror cannot tell; clear; or needs: the mirror lacks what the check needs
--   needs: what it lacks: XML, SAT's records …; NULL when it has all
--   currency: ISO code; XXX where there is no amount
--   findings: rows of conciliation_findings
--   amount: sum of their amounts
--   pending: rows still in time, not counted above
--   pending_amount: sum of their amounts
--   undecided: rows the mirror cannot tell about, not counted above

with

counted as (

    select
        code,
        currency,
        count(*) filter (where state = 'found') as findings,
        cast(
            coalesce(sum(candidates.amount) filter (where state = 'found'), 0) as decimal(38, 6)
        ) as amount_found,
        count(*) filter (where state = 'pending') as pending,
        cast(
            coalesce(sum(candidates.amount) filter (where state = 'pending'), 0) as decimal(38, 6)
        ) as pending_amount,
        count(*) filter (where state = 'undecided') as undecided

    from conciliation_candidates as candidates

    group by
        code,
        currency

),

sat as (

    select count(*) > 0 as has_records
    from conciliation_coverage
    where sat_records > 0

),

needed as (

    select
        rules.*,
        case
            when
                not sat.has_records
                and rules.code in ('C01', 'C02', 'C03', 'C04', 'C05', 'C06', 'C20')
                then 'SAT''s records'
            else rules.needs
        end as lacks

    from conciliation_rules as rules

    cross join sat

)

select
    needed.code,
    needed.title,
    needed.title_es,
    needed.severity,
    needed.severity_rank,
    case
        when counted.findings > 0 then 'differences'
        when needed.lacks is not null then 'needs'
        when counted.pending > 0 then 'pending'
        when counted.undecided > 0 then 'undecided'
        else 'clear'
    end as outcome,
    needed.lacks as needs,
    counted.currency,
    coalesce(counted.findings, 0) as findings,
    coalesce(counted.amount_found, 0) as amount,
    coalesce(counted.pending, 0) as pending,
    coalesce(counted.pending_amount, 0) as pending_amount,
    coalesce(counted.undecided, 0) as undecided

from needed

left join counted on needed.code = counted.code

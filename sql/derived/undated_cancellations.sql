-- Cancelled invoices whose date of cancellation gigstack does not tell, and what else tells it:
-- SAT's record, else the history of changes, which knows between which two looks it was.

with

candidates as (

    select 'invoices_income' as stream, team_id, key, uuid_fiscal, first_seen_at
    from mirror.invoices_income
    where status = 'cancelled' and cancelled_on is null

    union all

    select 'invoices_egress' as stream, team_id, key, uuid_fiscal, first_seen_at
    from mirror.invoices_egress
    where status = 'cancelled' and cancelled_on is null

    union all

    select 'invoices_payment' as stream, team_id, key, uuid_fiscal, first_seen_at
    from mirror.invoices_payment
    where status = 'cancelled' and cancelled_on is null

),

said_by_sat as (

    select team_id, uuid_fiscal, min(cancelled_on) as day

    from mirror.invoices_sat

    where
        uuid_fiscal in (select candidates.uuid_fiscal from candidates)
        and cancelled_on is not null

    group by team_id, uuid_fiscal

),

looks as (

    select
        stream,
        key,
        observed_on,
        lag(observed_on) over (partition by stream, key order by run_id) as earlier_look_on,
        status_before

    from derived.seen_states

),

seen_in_force as (

    select
        candidates.stream,
        candidates.key,
        max(
            coalesce(looks.earlier_look_on, central_day(candidates.first_seen_at))
        ) as held_until_on,
        max(looks.observed_on) as ended_on

    from candidates

    inner join looks
        on
            candidates.stream = looks.stream
            and candidates.key = looks.key

    where looks.status_before = 'valid'

    group by candidates.stream, candidates.key

)

select
    candidates.stream,
    candidates.key,
    coalesce(said_by_sat.day - 1, seen_in_force.held_until_on) as held_until_on,
    coalesce(
        said_by_sat.day, seen_in_force.ended_on, central_day(candidates.first_seen_at)
    ) as ended_on

from candidates

left join said_by_sat
    on
        candidates.team_id = said_by_sat.team_id
        and candidates.uuid_fiscal = said_by_sat.uuid_fiscal

left join seen_in_force
    on
        candidates.stream = seen_in_force.stream
        and candidates.key = seen_in_force.key

-- Which days both sides can be compared for, per company: outside them nothing is called missing.
-- Grain: one row per company that has invoices or SAT's records of the direction.
--   team_id: the company
--   direction: issued or received
--   sat_from: first day SAT's records cover: their oldest CFDI, or the end of the last stretch not
--     looked at yet; NULL where SAT's records never came
--   sat_to: last day they cover: the newest stamp among them
--   sat_records: CFDI in SAT's records
--   sat_seen_at: when SAT's records were last looked at, UTC
--   gigstack_from: first day gigstack's own invoices cover, by the same rule; NULL for received
--   gigstack_seen_at: when gigstack's own invoices were last looked at, UTC

with

windows as (

    select
        team_id,
        stream = 'invoices_sat' as is_sat,
        starts,
        walked_at,
        coalesce(
            lag(ends) over (partition by team_id, stream order by starts), 0
        ) as previous_end

    from sync.windows

    where stream in ('invoices_sat', 'invoices_income', 'invoices_egress', 'invoices_payment')

),

looks as (

    select
        team_id,
        is_sat,
        make_timestamp(max(walked_at) * 1000000) as seen_at,
        cast(
            make_timestamp(max(starts) filter (where starts > previous_end) * 1000000) as date
        ) as whole_from

    from windows

    group by
        team_id,
        is_sat

),

newest_run as (

    select max(finished_at) as ended_at
    from sync.runs

),

sat as (

    select
        team_id,
        direction,
        min(issued_on) as oldest_on,
        max(coalesce(stamped_on, issued_on)) as newest_on,
        count(*) as records

    from sat_cfdis

    where
        deleted_at is null
        and direction is not null

    group by
        team_id,
        direction

),

gigstack as (

    select
        team_id,
        'issued' as direction,
        min(issued_on) as oldest_on

    from invoice_heads

    where deleted_at is null

    group by team_id

),

known as (

    select
        coalesce(sat.team_id, gigstack.team_id) as team_id,
        coalesce(sat.direction, gigstack.direction) as direction,
        sat.oldest_on as sat_oldest_on,
        sat.newest_on as sat_newest_on,
        coalesce(sat.records, 0) as sat_records,
        gigstack.oldest_on as gigstack_oldest_on

    from sat

    full join gigstack
        on
            sat.team_id = gigstack.team_id
            and sat.direction = gigstack.direction

)

select
    known.team_id,
    known.direction,
    greatest(known.sat_oldest_on, coalesce(of_sat.whole_from, known.sat_oldest_on)) as sat_from,
    known.sat_newest_on as sat_to,
    known.sat_records,
    coalesce(of_sat.seen_at, newest_run.ended_at) as sat_seen_at,
    greatest(
        known.gigstack_oldest_on, coalesce(of_gigstack.whole_from, known.gigstack_oldest_on)
    ) as gigstack_from,
    coalesce(of_gigstack.seen_at, newest_run.ended_at) as gigstack_seen_at

from known

cross join newest_run

left join looks as of_sat
    on
        known.team_id = of_sat.team_id
        and of_sat.is_sat

left join looks as of_gigstack
    on
        known.team_id = of_gigstack.team_id
        and not of_gigstack.is_sat

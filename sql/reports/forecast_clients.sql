-- Which clients pay alike: those paid sooner or later after the due date, in four groups.
-- Grain: one row per company and client with credit sales in the two years before the cut.
--   team_id: the company
--   client_key: the client: RFC, or the client's id where the RFC is generic
--   payments: payments behind mean_week
--   mean_week: weeks after the due date at which it paid on average; NULL when it never did
--   speed: 1 for the clients behind the quickest quarter of the payments, to 4; 0 for a client
--     with fewer than five payments, and for all where the company has fewer than a hundred

with

paying as (

    select
        team_id,
        client_key,
        cast(sum(payments) as bigint) as payments,
        sum(paid * week) / nullif(sum(paid), 0) as mean_week

    from forecast_cases

    group by
        team_id,
        client_key

),

ordered as (

    select
        *,
        sum(payments) over (partition by team_id) as whole,
        sum(payments) over (
            partition by team_id
            order by mean_week, client_key
            rows between unbounded preceding and current row
        ) as up_to

    from paying

)

select
    team_id,
    client_key,
    payments,
    mean_week,
    case
        when payments >= 5 and whole >= 100
            then least(4, 1 + cast(floor(4 * (up_to - payments / 2) / whole) as integer))
        else 0
    end as speed

from ordered

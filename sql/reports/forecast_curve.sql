-- How fast credit sales are paid: the hazard of payment by age, from the company's own complements.
-- Grain: one row per company, speed of clients and day of age, from 91 days before the due date to two years after it.
--   team_id: the company
--   speed: the group of clients, see forecast_clients; 0 for all of them
--   age: days after the due date, negative before it
--   paid: invoices paid in that week of age, parts as shares; see forecast_cases
--   at_risk: invoices open in that week, on average
--   weekly_rate: paid per invoice at risk, weighed with the weeks around it
--   cumulated: the rates of all earlier days added up; of what is open at age a, the share
--     exp(cumulated of a - cumulated of b) is still open at age b
--   cases: payments of all clients, which the curves rest on

with

weeks as (

    select
        cast(day - date '2000-01-01' as integer) - 13 as week

    from calendar

    where day - date '2000-01-01' < 118

),

by_week as (

    select
        team_id,
        0 as speed,
        week,
        sum(entered) as entered,
        sum(paid) as paid,
        sum(left_open) as left_open,
        sum(payments) as payments

    from forecast_cases

    group by
        team_id,
        week

    union all

    select
        forecast_cases.team_id,
        forecast_clients.speed,
        forecast_cases.week,
        sum(forecast_cases.entered) as entered,
        sum(forecast_cases.paid) as paid,
        sum(forecast_cases.left_open) as left_open,
        sum(forecast_cases.payments) as payments

    from forecast_cases

    inner join forecast_clients
        on
            forecast_cases.team_id = forecast_clients.team_id
            and forecast_cases.client_key = forecast_clients.client_key
            and forecast_clients.speed > 0

    group by
        forecast_cases.team_id,
        forecast_clients.speed,
        forecast_cases.week

),

exposed as (

    select
        groups.team_id,
        groups.speed,
        weeks.week,
        coalesce(by_week.paid, 0) as paid,
        coalesce(by_week.payments, 0) as payments,
        coalesce(
            sum(by_week.entered - by_week.paid - by_week.left_open) over (
                partition by groups.team_id, groups.speed
                order by weeks.week
                rows between unbounded preceding and 1 preceding
            ),
            0
        )
        + coalesce(by_week.entered - by_week.paid - by_week.left_open, 0) / 2 as at_risk

    from (select distinct team_id, speed from by_week) as groups

    cross join weeks

    left join by_week
        on
            groups.team_id = by_week.team_id
            and groups.speed = by_week.speed
            and weeks.week = by_week.week

),

around as (

    select
        team_id,
        speed,
        week,
        paid,
        greatest(at_risk, 0.0) as open_weeks,
        cast(sum(payments) over (partition by team_id, speed) as bigint) as payments,
        sum(paid) over near as paid_near,
        sum(greatest(at_risk, 0.0)) over near as open_near,
        sum(paid) over late / (sum(greatest(at_risk, 0.0)) over late + 0.5) as late_rate

    from exposed

    window
        near as (
            partition by team_id, speed order by week
            rows between 2 preceding and 2 following
        ),
        late as (
            partition by team_id, speed order by week
            rows between 12 preceding and current row
        )

),

everybody as (

    select
        team_id,
        week,
        payments as cases,
        greatest(
            (paid + 5 * (paid_near + late_rate) / (open_near + 1)) / (open_weeks + 5), 0.0
        ) as rate

    from around

    where speed = 0

),

rated as (

    -- a group without own experience at an age is taken to be like everybody
    select
        around.team_id,
        around.speed,
        around.week,
        around.paid,
        around.open_weeks,
        everybody.cases,
        case
            when around.speed = 0 then everybody.rate
            else greatest(
                (
                    around.paid
                    + 5 * (around.paid_near + 3 * everybody.rate) / (around.open_near + 3)
                ) / (around.open_weeks + 5),
                0.0
            )
        end as rate

    from around

    inner join everybody
        on
            around.team_id = everybody.team_id
            and around.week = everybody.week

),

cumulated_weeks as (

    select
        *,
        coalesce(
            sum(rate) over (
                partition by team_id, speed
                order by week
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as before

    from rated

)

select
    cumulated_weeks.team_id,
    cumulated_weeks.speed,
    cumulated_weeks.week * 7 + days.day as age,
    cumulated_weeks.paid,
    cumulated_weeks.open_weeks as at_risk,
    cumulated_weeks.rate as weekly_rate,
    cumulated_weeks.before + cumulated_weeks.rate * days.day / 7 as cumulated,
    cumulated_weeks.cases

from cumulated_weeks

cross join (
    select cast(day - date '2000-01-01' as integer) as day
    from calendar
    where day - date '2000-01-01' < 7
) as days

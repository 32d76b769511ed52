-- How fast credit sales are paid: the hazard of payment by age, from the company's own complements.
-- Grain: one row per company and day of age, from 91 days before the due date to two years after it.
--   team_id: the company
--   age: days after the due date, negative before it
--   paid: invoices paid in that week of age, parts as shares; see forecast_cases
--   at_risk: invoices open in that week, on average
--   weekly_rate: paid per invoice at risk, weighed with the weeks around it
--   cumulated: the rates of all earlier days added up; of what is open at age a, the share
--     exp(cumulated of a - cumulated of b) is still open at age b
--   cases: payments the whole curve rests on

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
        week,
        sum(entered) as entered,
        sum(paid) as paid,
        sum(left_open) as left_open,
        sum(payments) as payments

    from forecast_cases

    group by
        team_id,
        week

),

exposed as (

    select
        teams.team_id,
        weeks.week,
        coalesce(by_week.paid, 0) as paid,
        coalesce(by_week.payments, 0) as payments,
        coalesce(
            sum(by_week.entered - by_week.paid - by_week.left_open) over (
                partition by teams.team_id
                order by weeks.week
                rows between unbounded preceding and 1 preceding
            ),
            0
        )
        + coalesce(by_week.entered - by_week.paid - by_week.left_open, 0) / 2 as at_risk

    from (select distinct team_id from by_week) as teams

    cross join weeks

    left join by_week
        on
            teams.team_id = by_week.team_id
            and weeks.week = by_week.week

),

around as (

    select
        *,
        greatest(at_risk, 0.0) as open_weeks,
        cast(sum(payments) over (partition by team_id) as bigint) as cases,
        sum(paid) over (partition by team_id)
        / nullif(sum(greatest(at_risk, 0.0)) over (partition by team_id), 0) as usual_rate,
        sum(paid) over near as paid_near,
        sum(greatest(at_risk, 0.0)) over near as open_near,
        sum(paid) over late as paid_late,
        sum(greatest(at_risk, 0.0)) over late as open_late

    from exposed

    window
        near as (
            partition by team_id order by week
            rows between 2 preceding and 2 following
        ),
        late as (
            partition by team_id order by week
            rows between 13 preceding and current row
        )

),

rated as (

    select
        team_id,
        week,
        paid,
        open_weeks,
        cases,
        case
            when open_near >= 2
                then (
                    paid
                    + 5 * (paid_near + usual_rate) / (open_near + 1)
                ) / (open_weeks + 5)
            else (paid_late + usual_rate / 2) / (open_late + 1)
        end as rate

    from around

),

cumulated_weeks as (

    select
        *,
        coalesce(
            sum(rate) over (
                partition by team_id
                order by week
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as before

    from rated

)

select
    cumulated_weeks.team_id,
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

-- What is expected of the open credit invoices in each week and month to come.
-- Grain: one row per company, currency and period: 13 weeks, 13 months (the first one runs from the
-- cut to its month's end) and one year, all beginning on the day after the cut.
--   team_id: the company
--   currency: ISO code; amounts of this row are in it
--   kind: week, month or year
--   starts_on: first day of the period
--   ends_on: last day of the period
--   expected: of the invoices that can be given a date
--   variance: of that, in the currency squared, as if each invoice were paid whole and by itself
--   undated_expected: of the invoices older than nine in ten are when paid; see forecast_open
--   high_risk_open: of the balances issued more than 90 days before the cut, what is expected to be
--     still open at the end of the period

with

curve as (

    select
        team_id,
        speed,
        age,
        cumulated

    from forecast_curve

),

boundaries as (

    select
        'week' as kind,
        cut.as_of + 7 * weeks.n - 6 as starts_on,
        cut.as_of + 7 * weeks.n as ends_on,
        cut.as_of

    from cut

    cross join (
        select cast(day - date '2000-01-01' as integer) + 1 as n
        from calendar
        where day - date '2000-01-01' < 13
    ) as weeks

    union all

    select
        'month' as kind,
        greatest(calendar.month_start, cut.as_of + 1) as starts_on,
        calendar.month_end as ends_on,
        cut.as_of

    from calendar

    inner join cut
        on
            calendar.is_month_end
            and calendar.day > cut.as_of
            and calendar.day <= last_day(cut.as_of + interval 12 month)

    union all

    select
        'year' as kind,
        cut.as_of + 1 as starts_on,
        cut.as_of + 365 as ends_on,
        cut.as_of

    from cut

),

sized as (

    select
        team_id,
        currency,
        least(greatest(age, -91), 734) as age,
        speed,
        pace,
        is_undated,
        days_open > 90 as is_high_risk,
        sum(cast(balance as double)) as balance,
        sum(cast(balance as double) * cast(balance as double)) as squares

    from forecast_open

    where is_estimated

    group by
        team_id,
        currency,
        least(greatest(age, -91), 734),
        speed,
        pace,
        is_undated,
        days_open > 90

),

shifted as (

    -- which age each day of age has come to when a period begins and ends
    select
        curve.team_id,
        curve.speed,
        curve.age,
        curve.cumulated,
        boundaries.kind,
        boundaries.starts_on,
        boundaries.ends_on,
        least(curve.age + (boundaries.starts_on - boundaries.as_of) - 1, 734) as start_age,
        least(curve.age + (boundaries.ends_on - boundaries.as_of), 734) as end_age

    from curve

    cross join boundaries

    group by all

),

hazards as (

    -- left joins keep their order: any other multiplies the curves by themselves
    select
        shifted.*,
        at_start.cumulated - shifted.cumulated as until_start,
        at_end.cumulated - shifted.cumulated as until_end

    from shifted

    left join curve as at_start
        on
            shifted.team_id = at_start.team_id
            and shifted.speed = at_start.speed
            and shifted.start_age = at_start.age

    left join curve as at_end
        on
            shifted.team_id = at_end.team_id
            and shifted.speed = at_end.speed
            and shifted.end_age = at_end.age

),

chances as (

    select
        sized.*,
        hazards.kind,
        hazards.starts_on,
        hazards.ends_on,
        exp(-sized.pace * hazards.until_start) as open_before,
        exp(-sized.pace * hazards.until_end) as open_after

    from sized

    inner join hazards
        on
            sized.team_id = hazards.team_id
            and sized.speed = hazards.speed
            and sized.age = hazards.age

)

select
    team_id,
    currency,
    kind,
    starts_on,
    ends_on,
    cast(
        coalesce(
            sum(balance * (open_before - open_after)) filter (where not is_undated), 0
        ) as decimal(38, 2)
    ) as expected,
    coalesce(
        sum(
            squares * (open_before - open_after) * (1 - open_before + open_after)
        ) filter (where not is_undated),
        0
    ) as variance,
    cast(
        coalesce(
            sum(balance * (open_before - open_after)) filter (where is_undated), 0
        ) as decimal(38, 2)
    ) as undated_expected,
    cast(
        coalesce(sum(balance * open_after) filter (where is_high_risk), 0) as decimal(38, 2)
    ) as high_risk_open

from chances

group by
    team_id,
    currency,
    kind,
    starts_on,
    ends_on

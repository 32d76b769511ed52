-- Every day from 2000 to 2040, so that no view needs a series or a date function of one engine.

select
    day::date as day,
    year(day)::integer as year,
    quarter(day)::integer as quarter,
    month(day)::integer as month,
    date_trunc('month', day)::date as month_start,
    last_day(day) as month_end,
    date_trunc('week', day)::date as week_start,
    isoyear(day)::integer as iso_year,
    weekofyear(day)::integer as iso_week,
    isodow(day)::integer as weekday,
    isodow(day) >= 6 as is_weekend,
    day::date = last_day(day) as is_month_end

from range(timestamp '2000-01-01', timestamp '2041-01-01', interval 1 day) as days(day)

order by 1

-- Every day from 2000 to 2040.
-- Grain: one row per day.
--   day: the date
--   year: calendar year
--   quarter: 1 to 4
--   month: 1 to 12
--   month_start: first day of the month
--   month_end: last day of the month
--   week_start: Monday of the week
--   iso_year: year the ISO week belongs to; differs from `year` around January 1st
--   iso_week: ISO week number, 1 to 53
--   weekday: 1 is Monday, 7 is Sunday
--   is_weekend: Saturday or Sunday
--   is_month_end: the last day of its month

select
    day,
    year,
    quarter,
    month,
    month_start,
    month_end,
    week_start,
    iso_year,
    iso_week,
    weekday,
    is_weekend,
    is_month_end

from reference.calendar

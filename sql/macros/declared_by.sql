-- The day by which the monthly returns of a day's month are filed: the 17th of the next month.
-- Source: LIVA art. 5-D and LISR art. 14.
create or replace macro declared_by(day) as cast(last_day(day) + 17 as date);

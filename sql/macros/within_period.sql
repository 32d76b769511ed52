-- Whether a day lies in a period, both ends included. Without a beginning there is no limit before;
-- a row whose day is unknown then counts, and else it does not.
create or replace macro within_period(day, from_on, to_on) as
    coalesce(day >= from_on, from_on is null) and coalesce(day <= to_on, true);

-- The day of a UTC timestamp in Central Mexico, UTC-6 all year: for the sync's own moments.
create or replace macro central_day(utc) as cast(utc - interval 6 hour as date);

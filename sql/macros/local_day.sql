-- A naive UTC timestamp → the day it was in the business's zone (variable `zone`).
create or replace macro local_day(utc) as
    timezone(
        coalesce(getvariable('zone'), 'America/Mexico_City'), timezone('UTC', utc)
    )::date;

-- Whether a document was in force at the end of a day: NULL where nobody can tell. `is_past` says
-- that the day is before the newest look at it.
create or replace macro in_force(is_live, held_until_on, ended_on, day, is_past) as case
    when is_live then true
    when not is_past or ended_on <= day then false
    when held_until_on >= day then true
end;

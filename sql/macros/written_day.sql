-- A day as a person writes it (2026-03-05), or an instant on the wire → the local day.
create or replace macro written_day(wire) as case
    when wire like '____-__-__' then try_cast(wire as date)
    else local_day(moment(wire))
end;

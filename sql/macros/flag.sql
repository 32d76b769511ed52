-- A JSON boolean as text → BOOLEAN, NULL for any other word.
create or replace macro flag(wire) as case lower(wire)
    when 'true' then true
    when 'false' then false
end;

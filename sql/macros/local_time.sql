-- SAT's wall-clock text (Central Mexico, no offset) → timestamp as written.
-- Should an instant arrive instead (an offset, or epoch numbers), it is moved to that wall clock.
create or replace macro local_time(wire) as case
    when regexp_matches(wire, '^2\d{3}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?$')
        then try_cast(wire as timestamp)
    else timezone('America/Mexico_City', timezone('UTC', moment(wire)))
end;

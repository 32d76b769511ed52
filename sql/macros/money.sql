-- An amount as text → DECIMAL(18, 6), NULL when it does not fit. `exact` is the same field read by
-- its digits: the text of a number longer than is_too_long allows has passed through a double.
create or replace macro money(exact, wire) as case
    when wire not in ('true', 'false')
        then coalesce(try_cast(exact as decimal(18, 6)), try_cast(wire as decimal(18, 6)))
end;

-- Text of a field as received, NULL when empty: an empty string is how some answers say nothing.
create or replace macro given(wire) as nullif(trim(wire), '');

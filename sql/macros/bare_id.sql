-- The text of a field that holds either an object or a bare id → the bare id.
create or replace macro bare_id(wire) as case
    when wire not like '{%' and wire not like '[%' then nullif(trim(wire), '')
end;

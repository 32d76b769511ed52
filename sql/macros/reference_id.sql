-- A link to another record → its id. It arrives as bare text or as {id} or {uuid}.
create or replace macro reference_id(wire) as case
    when wire like '{%' then coalesce(try(wire ->> '$.id'), try(wire ->> '$.uuid'))
    when wire not like '[%' then nullif(trim(wire), '')
end;

-- A folio fiscal in upper case, NULL for anything that is not a UUID
-- (some answers carry the internal id in the same field).
create or replace macro fiscal_uuid(wire) as case
    when regexp_full_match(
        trim(wire), '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}'
    ) then upper(trim(wire))
end;

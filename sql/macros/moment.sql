-- An instant on the wire → naive UTC timestamp.
-- Reads seconds, milliseconds (numbers or numeric text), ISO text with or without an offset
-- (none means UTC) and Firestore's {_seconds, _nanoseconds} or {seconds}. What lies outside
-- 2000–2099, or is none of these, is NULL.
create or replace macro moment(wire) as case
    when try_cast(wire as decimal(24, 6)) between 946684800 and 4102444799
        then make_timestamp((try_cast(wire as decimal(24, 6)) * 1000000)::bigint)
    when try_cast(wire as decimal(24, 6)) between 946684800000 and 4102444799999
        then make_timestamp((try_cast(wire as decimal(24, 6)) * 1000)::bigint)
    when wire like '{%' then moment_of_parts(
        -- not by JSON functions: the text may be a name that begins with a brace
        try_cast(regexp_extract(wire, '"_?seconds" ?: ?"?(\d+)', 1) as bigint),
        try_cast(regexp_extract(wire, '"_?nanoseconds" ?: ?"?(\d+)', 1) as bigint)
    )
    when wire like '20__-__-__%' then moment_of_text(wire)
end;

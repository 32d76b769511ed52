-- An instant on the wire → naive UTC timestamp.
-- Reads seconds, milliseconds (numbers or numeric text), ISO text with or without an offset
-- (none means UTC) and Firestore's {_seconds, _nanoseconds} or {seconds}. What lies outside
-- 2000–2100, or is none of these, is NULL.
create or replace macro moment(wire) as case
    when try_cast(wire as decimal(24, 6)) between 946684800 and 4102444799
        then make_timestamp((try_cast(wire as decimal(24, 6)) * 1000000)::bigint)
    when try_cast(wire as decimal(24, 6)) between 946684800000 and 4102444799999
        then make_timestamp((try_cast(wire as decimal(24, 6)) * 1000)::bigint)
    when wire like '{%'
        then moment_of_parts(
            try_cast(coalesce(wire ->> '$._seconds', wire ->> '$.seconds') as bigint),
            try_cast(coalesce(wire ->> '$._nanoseconds', wire ->> '$.nanoseconds') as bigint)
        )
    when wire like '2___-__-__%' then moment_of_text(wire)
end;

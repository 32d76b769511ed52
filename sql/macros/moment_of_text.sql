-- ISO text → naive UTC timestamp. DuckDB's cast to TIMESTAMP drops an offset without a word,
-- so text that carries one goes through TIMESTAMPTZ.
create or replace macro moment_of_text(wire) as case
    when regexp_matches(wire, ':\d\d([.,]\d+)? ?([Zz]|[+-]\d\d(:?\d\d)?)$')
        then timezone('UTC', try_cast(upper(wire) as timestamptz))
    else try_cast(wire as timestamp)
end;

-- Payment terms as written on an invoice (free text, up to 1,000 characters) → days of credit.
-- Reads contado, inmediato, net 30, neto 30, 30 días, 30 d; NULL for anything else.
-- Source: CondicionesDePago of CFDI 4.0.
create or replace macro term_days(wire) as case
    when regexp_matches(
        strip_accents(lower(wire)), '\b(contado|inmediato|inmediata|al recibir|due on receipt)\b'
    ) then 0
    else try_cast(nullif(coalesce(
        nullif(regexp_extract(
            strip_accents(lower(wire)), '\b([0-9]{1,3}) ?(?:d\b|dias?\b|days?\b|dd\b)', 1
        ), ''),
        regexp_extract(strip_accents(lower(wire)), '\bnet[ao]? ?(?:a )?([0-9]{1,3})\b', 1)
    ), '') as integer)
end;

-- SAT's words for a CFDI's state → valid, cancelled; others stay as sent.
create or replace macro sat_status(word) as case lower(trim(word))
    when 'vigente' then 'valid'
    when '1' then 'valid'
    when 'cancelado' then 'cancelled'
    when '0' then 'cancelled'
    else word
end;

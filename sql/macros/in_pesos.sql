-- An amount in pesos at the document's own rate; NULL when a foreign one tells no rate.
-- Each branch is rounded by itself: rounding after the case costs ten times as much.
create or replace macro in_pesos(amount, currency, exchange_rate) as case
    when currency = 'MXN' then cast(amount as decimal(38, 6))
    else cast(cast(amount as decimal(38, 6)) * nullif(exchange_rate, 0) as decimal(38, 6))
end;

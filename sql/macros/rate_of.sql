-- Pesos per unit of a currency on a document; NULL where a foreign one tells none.
create or replace macro rate_of(currency, exchange_rate) as
    case when currency = 'MXN' then 1::decimal(18, 6) else nullif(exchange_rate, 0) end;

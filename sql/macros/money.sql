-- An amount read with six decimals → DECIMAL(18, 6), NULL when it does not fit.
-- `wire` is the same field as text: JSON true would otherwise count as 1.
create or replace macro money(amount, wire) as case
    when wire not in ('true', 'false') then try_cast(amount as decimal(18, 6))
end;

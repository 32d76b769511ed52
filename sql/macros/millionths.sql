-- The size of an amount in whole millionths, without its sign.
create or replace macro millionths(amount) as
    (abs(amount)::decimal(38, 6) * 1000000)::hugeint;

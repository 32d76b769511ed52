-- Base × rate, six decimals. Exento is 0; without a factor a tax is a Tasa.
create or replace macro tax_amount(factor, rate, base) as case
    when lower(factor) = 'exento' then 0::decimal(18, 6)
    else try_cast(base::decimal(38, 6) * try_cast(rate as decimal(18, 6)) as decimal(18, 6))
end;

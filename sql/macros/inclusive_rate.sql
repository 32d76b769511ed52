-- The sum of the rates that a price already contains.
create or replace macro inclusive_rate(taxes) as coalesce(
    list_sum(list_transform(
        taxes, lambda tax: case
            when flag(tax.inclusive) and coalesce(lower(tax.factor), 'tasa') = 'tasa'
                then try_cast(tax.rate as decimal(18, 6))
        end
    )), 0
);

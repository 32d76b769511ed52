-- What a tax is charged on. The base as sent; but quantity × price − discount when none is sent,
-- when the one sent is only the unit price of several units, or when the price contains the tax,
-- which is then taken out. A Cuota is charged per unit.
create or replace macro tax_base(tax, net, quantity, unit_price, included) as case
    when flag(tax.inclusive) then divide(net, 1 + included)
    when tax.base is not null and not (tax.base = unit_price and quantity <> 1)
        then try_cast(tax.base as decimal(18, 6))
    when lower(tax.factor) = 'cuota' then try_cast(coalesce(quantity, 1) as decimal(18, 6))
    else net
end;

-- One tax of one concept, six decimals. Exento is 0; a Cuota is pesos per unit; a Tasa, the
-- default, is a share of quantity × price − discount.
create or replace macro tax_amount(item, tax) as (case
    when lower(tax.factor) = 'exento' then 0
    when lower(tax.factor) = 'cuota'
        then coalesce(item.quantity, 1)::decimal(38, 6) * coalesce(tax.rate, 0)
    else round(item_net(item), 6)::decimal(38, 6) * coalesce(tax.rate, 0)
end)::decimal(38, 6);

-- One concept with its taxes added and its withholdings taken off.
create or replace macro item_total(item) as (item_net(item) + coalesce(
    list_sum(list_transform(item.taxes, lambda tax: case
        when tax.is_inclusive then 0
        when tax.is_withholding then -tax_amount(item, tax)
        else tax_amount(item, tax)
    end)), 0
))::decimal(38, 6);

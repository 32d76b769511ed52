-- Stored concepts → what they add up to: amount − discount, plus taxes, less withholdings.
-- Inclusive taxes are in the price already. NULL for an empty list.
create or replace macro items_total(items) as list_sum(list_transform(
    items,
    lambda item: item.amount - coalesce(item.discount, 0) + coalesce(
        list_sum(list_transform(item.taxes, lambda tax: case
            when tax.is_inclusive then 0::decimal(18, 6)
            when tax.is_withholding then -tax.amount
            else tax.amount
        end)), 0
    )
));

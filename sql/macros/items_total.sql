-- Stored concepts → what they add up to: quantity × price − discount, plus taxes, less
-- withholdings. Inclusive taxes are in the price already. NULL for an empty list.
create or replace macro items_total(items) as list_sum(
    list_transform(items, lambda item: round(item_total(item), 6))
);

-- Quantity × unit price of one concept as read, six decimals; a missing quantity is 1.
create or replace macro item_amount(item) as try_cast(
    coalesce(try_cast(item.quantity as decimal(18, 6)), 1)::decimal(38, 6)
    * try_cast(item.unit_price as decimal(18, 6))
    as decimal(18, 6)
);

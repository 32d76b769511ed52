-- One concept as read, before taxes: quantity × unit price − discount.
create or replace macro item_net(item) as try_cast(
    item_amount(item) - coalesce(try_cast(item.discount as decimal(18, 6)), 0)
    as decimal(18, 6)
);

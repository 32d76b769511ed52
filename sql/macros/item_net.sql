-- One concept before taxes: quantity × price − discount. A missing quantity is 1.
create or replace macro item_net(item) as
    coalesce(item.quantity, 1)::decimal(38, 6) * item.unit_price
    - coalesce(item.discount, 0);

-- One concept as read by item_shape() → the stored struct.
create or replace macro typed_item(item, place) as struct_pack(
    position := place::integer,
    id := item.id,
    description := item.description,
    product_key := item.product_key,
    unit_key := item.unit_key,
    unit_name := item.unit_name,
    sku := item.sku,
    taxability := item.taxability,
    quantity := try_cast(item.quantity as decimal(18, 6)),
    unit_price := try_cast(item.unit_price as decimal(18, 6)),
    amount := item_amount(item),
    discount := try_cast(item.discount as decimal(18, 6)),
    taxes := typed_taxes(item.taxes, item_net(item), item.quantity, item.unit_price)
);

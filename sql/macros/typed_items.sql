-- Concepts as read by item_shape() → the stored struct list, null entries left out.
-- `wire` is the same list as text: a list where JSON true stands for a number is NULL as a whole,
-- since it would otherwise count as 1.
create or replace macro typed_items(items, wire) as case
    when not regexp_matches(
        wire, '"(quantity|unit_price|discount|rate|base)":(true|false)'
    ) then list_transform(
        list_filter(items, lambda item: item is not null),
        lambda item, place: struct_pack(
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
            discount := try_cast(item.discount as decimal(18, 6)),
            taxes := typed_taxes(item.taxes)
        )
    )
end;

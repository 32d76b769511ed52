-- Concepts as read by item_shape() → the stored struct list, null entries left out.
-- `wire` is the same list as text: a list where JSON true stands for a number is NULL as a whole,
-- since it would otherwise count as 1.
create or replace macro typed_items(items, wire) as case
    when not regexp_matches(
        wire, '"(quantity|unit_price|discount|rate|base)":(true|false)'
    ) then list_transform(
        list_filter(items, lambda item: item is not null),
        lambda item, place: typed_item(item, place)
    )
end;
